internal import JSON
internal import PluginKit

/// The objects of this system in the generated documents.
enum Documents {
  static let access = Access.openNetworks(setting: AccessRules.networks)

  static let user = Schema.named("CheckInUser", .object(userProperties))

  /// A user as topics show it, with moments in Unix milliseconds beside the documented texts.
  static let liveUser = Schema.named(
    "CheckInLiveUser",
    .object(
      userProperties + [
        .init("startedAt", .nullable(.integer), "`startTime` in Unix milliseconds."),
        .init("endedAt", .nullable(.integer), "`endTime` in Unix milliseconds."),
      ]))

  private static let userProperties: [Schema.Property] = [
    .init("name", .string), .init("id", .integer, "Goes into `/mytimerecored?userid=`."),
    .init("endTime", .nullable(.string), "The last check-out, by the clock of `time_zone`."),
    .init("startTime", .nullable(.string), "The last check-in, by the clock of `time_zone`."),
    .init("status", .choice([0, 1]), "1 is present."),
    .init("weekTime", .number, "Counted hours of this week."),
    .init("totalTime", .number, "Counted hours ever."),
    .init("studentid", .string, "The first two digits are the grade."),
  ]

  static let record = Schema.named(
    "TimeRecord",
    .object([
      .init("id", .integer), .init("userid", .integer), .init("duration", .number, "Hours."),
      .init(
        "status", .choice([0, 1, 2]),
        "0 closed by the nightly job, 1 by the person and counted, 2 by a report."),
      .init("reporterid", .string, "`0` without a report."), .init("endTime", .string),
      .init("startTime", .string),
    ]))

  static let message = Schema.named(
    "CheckInMessage",
    .object(
      ["avatar", "type", "name", "id", "studentid", "from", "to", "message", "time"].map {
        .init($0, .nullable($0 == "type" ? .integer : .string))
      }))

  static func envelope(_ data: Schema) -> Schema {
    .object([
      .init("flag", .boolean, "Whether it was done."), .init("msg", .nullable(.string)),
      .init("recordtime", .nullable(.string), "Hours of the stay just closed, two decimals."),
      .init("data", data), .init("code", .nullable(.integer)),
    ])
  }

  /// The error shape that `Refusal` writes.
  static let refusal = Schema.named("CheckInRefusal", envelope(.nullable(.string)))

  /// The answer to a browser that only fetches ahead.
  static let prefetch = Operation.Answer(
    403, "A browser that fetches ahead is not let in.", refusal)

  /// An example in the words of the documents, or of a recorded answer.
  static func example(_ text: String) -> JSONValue { .raw(Array(text.utf8)) }
}
