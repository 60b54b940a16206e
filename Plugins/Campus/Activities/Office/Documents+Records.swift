internal import JSON
internal import PluginKit

// The roll, the history of clock-ins and its corrections.
extension Documents {
  private static let unknown = Operation.Answer(404, "There is none.", refusal)
  private static let badFields = Operation.Answer(400, "Fields are missing or wrong.", refusal)
  private static let notStaff = Operation.Answer(
    403, "For administrators, and for the staff of the item.", refusal)
  private static let reason = "At most 200 characters; the history and the audit trail keep it."

  private static func filter(_ name: String, _ note: String) -> Operation.Parameter {
    .query(name, .integer, optional: true, note)
  }

  private static let filters = [
    filter("activity", "Of this activity."),
    filter("clockin", "Of this item; the staff of an item has to name it."),
    filter("user", "Of this user."), pageQuery,
  ]

  static let roll = Operation(
    "The roll of a clock-in item: everybody who is enrolled, and who is in",
    parameters: [.path("clockin", .integer, "The clock-in item.", example: 12)],
    answers: [
      .ok(
        .object([
          .init("id", .integer), .init("activity", .integer), .init("activity_name", .string),
          .init("label", .string), .init("from_time", .string), .init("to_time", .string, time),
          .init("records", .integer), .init("enrolled", .integer),
          .init(
            "people",
            .array(
              of: .object([
                .init("user", .integer), .init("username", .string), .init("fullname", .string),
                .init("is_enrolled", .boolean), .init("record", .nullable(.integer)),
                .init("created", .nullable(.string)),
                .init("is_by_hand", .boolean, "A correction added the record."),
                .init(
                  "shares_phone_with", .array(of: .string),
                  "Others whom the same phone clocked in at this activity."),
                .init(
                  "is_confirmed", .nullable(.boolean),
                  "Whether the newest second look saw the person."),
              ])), "By staff number."),
          .init("look_closes", .nullable(.string), "The end of the newest second look."),
          .init("plans_looks", .boolean, "Whether second looks are switched on."),
        ])), notStaff, unknown,
    ], access: .signedIn)

  private static let recordObject = Schema.named(
    "CampusClockinRecord",
    .object([
      .init("id", .integer), .init("clockin", .integer), .init("activity", .integer),
      .init("label", .string), .init("user", .integer), .init("username", .string),
      .init("fullname", .string), .init("created", .string, time),
    ]))

  static let clockinRecords = Operation(
    "Clock-ins", parameters: filters,
    answers: [
      .ok(page(of: recordObject, named: "CampusClockinRecordPage"), "The newest first."),
      badFields, notStaff, unknown,
    ], access: .signedIn)

  static let addClockinRecord = Operation(
    "Add a clock-in by hand",
    body: body([
      .init("clockin", .integer), .init("user", .integer), .init("reason", .string, reason),
    ]),
    answers: [
      .init(
        201, "Added.",
        .object([.init("id", .integer), .init("clockin", .integer), .init("user", .integer)])),
      badFields, notStaff, otherType,
    ], access: .signedIn)

  static let deleteClockinRecord = Operation(
    "Take a clock-in back by hand",
    parameters: [
      .path("record", .integer, "The clock-in.", example: 1),
      .query("reason", .string, reason, example: "scanned for somebody else"),
    ],
    answers: [.init(204, "Deleted."), badFields, notStaff, unknown], access: .signedIn)

  private static let correctionObject = Schema.named(
    "CampusCorrection",
    .object([
      .init("id", .integer), .init("clockin", .integer), .init("activity", .integer),
      .init("label", .string), .init("user", .integer), .init("username", .string),
      .init("fullname", .string), .init("kind", .choice(["added", "removed"])),
      .init("record_at", .string, "The moment of the record."), .init("reason", .string),
      .init("actor", .string, "The name of the person who corrected."), .init("at", .string, time),
      .init("undone_at", .nullable(.string)),
    ]))

  static let corrections = Operation(
    "Corrections of the history", parameters: filters,
    answers: [
      .ok(page(of: correctionObject, named: "CampusCorrectionPage"), "The newest first."),
      badFields, notStaff, unknown,
    ], access: .signedIn)

  static let undoCorrection = Operation(
    "Undo a correction", details: "A clock-in that was taken back returns with its own moment.",
    parameters: [.path("correction", .integer, "The correction.", example: 1)],
    answers: [
      .ok(correctionObject),
      .init(400, "It was undone before, or the record has changed since.", refusal), notStaff,
      unknown,
    ], access: .signedIn)

  static let clockinRemoved = EventDescription(
    "clockin.removed", "A clock-in was taken back by hand.",
    [
      .init("clockin", .integer), .init("activity", .integer), .init("label", .string),
      .init("user", .integer), .init("fullname", .string),
      .init("total", .integer, "Records of the item, without this one."),
    ])
}
