internal import JSON
internal import PluginKit

extension Documents {
  /// Members that documented clients do not send.
  static let scanManner: [Schema.Property] = [
    .init(
      "device", .string, optional: true,
      "A name that the phone chose for itself; a digest of it is kept."),
    .init(
      "explain", .boolean, optional: true,
      "A refusal then names the activity, the item and its times."),
  ]

  static let holdScan = Operation(
    "Scan a code before the login",
    details: """
      A scan counts with the moment of its arrival if a login on the same phone follows within two \
      minutes: the answer sets a cookie for `/activities/scans/claimed`.
      """,
    body: body([.init("key", .string, "The scanned text.")] + scanManner),
    answers: [
      .init(
        201, "It is kept.",
        .object([
          .init("label", .string), .init("activity_name", .string),
          .init("seconds", .integer, "So long it is kept."),
        ])),
      .init(400, "The code is not the current one, or the item is not open now.", refusal),
      otherType,
    ], limit: .perMinute(600))

  static let claimScan = Operation(
    "Clock in with the code that was scanned before the login",
    body: body(scanManner, optional: true),
    answers: [
      .ok(.object([.init("label", .string), .init("activity_name", .string)]), "Clocked in."),
      .init(
        400,
        "It is too late, or the caller is not enrolled or has clocked in before.",
        refusal), otherType,
    ], access: .signedIn, limit: changes)
}
