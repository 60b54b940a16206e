internal import JSON
internal import PluginKit

/// What the generated documents say of the objects and events of this system.
enum Documents {
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
      .init("reporterid", .string, "`0` if nobody reported it."), .init("endTime", .string),
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

  /// What `Refusal` makes.
  static let refusal = Schema.named("CheckInRefusal", envelope(.nullable(.string)))

  /// The answer to a browser that only fetches ahead.
  static let prefetch = Operation.Answer(
    403, "A browser that fetches ahead is not let in.", refusal)

  /// Text of the documents themselves, or of an answer that was seen.
  static func example(_ text: String) -> JSONValue { .raw(Array(text.utf8)) }

  private static let one: Schema.Property = .init("user", liveUser)

  private static let moves: [EventDescription] = [
    EventDescription("checkin.in", "Somebody has checked in.", [one]),
    EventDescription(
      "checkin.out", "Somebody has checked out.",
      [one, .init("recordtime", .string, "Hours of the stay, two decimals.")]),
    EventDescription(
      "checkin.auto_out", "The nightly job has checked somebody out; the stay does not count.",
      [one, .init("record", record)]),
    EventDescription(
      "checkin.reported", "Somebody was reported and so checked out; the stay does not count.",
      [one]),
  ]

  static let presenceEvents: [EventDescription] =
    moves + [
      EventDescription(
        "checkin.week_reset", "The hours of the week begin anew.", [.init("at", .string)]),
      EventDescription("checkin.user_added", "Somebody was added; sent to staff only.", [one]),
    ]

  static let gradeEvents: [EventDescription] =
    moves + [
      EventDescription(
        "checkin.rank", "The first three of the grade have changed.",
        [.init("grade", .string), .init("top", .array(of: user))])
    ]

  static let personalEvents: [EventDescription] = [
    moves[0],
    EventDescription(
      "checkin.out", "The student has checked out.",
      [one, .init("recordtime", .string), .init("record", record)]),
    moves[2],
    EventDescription(
      "checkin.reported", "The student was reported and so checked out.",
      [one, .init("reporterid", .string), .init("record", record)]),
  ]

  static let chatEvents: [EventDescription] = [
    EventDescription(
      "presence", "Somebody came or went: all who are there, by student number, as members."),
    EventDescription("checkin.msg", "A message to all.", [.init("message", message)]),
    EventDescription(
      "checkin.private", "A message to this student only.", [.init("message", message)]),
  ]
}
