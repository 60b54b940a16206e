internal import JSON
internal import PluginKit

// Clock-ins and their codes.
extension Documents {
  private static let qrMembers: [Schema.Property] = [
    .init("clockin", .integer), .init("activity_id", .integer), .init("label", .string),
    .init("payload", .string, "The text of the code."), .init("generated_at", .string, time),
    .init("expires_at", .string, "The moment of the next change."),
    .init("period", .integer, "Seconds."),
    .init("size", .integer, "Modules on each side of the picture, without a margin."),
    .init(
      "modules", .string, "Base64: one bit for each module, row after row; dark is 1."),
    .init("is_link", .boolean, "Whether the picture is a link, as `campus.qr_link` has it."),
  ]

  static let qrObject = Schema.named("CampusQRCode", .object(qrMembers))

  private static let scanned = body(
    [.init("key", .string, "The scanned text.")] + scanManner,
    example: ["key": "eyJhY3Rpdml0eV9pZCI6IDMsIC4uLn0="])

  private static let clockedIn: [Operation.Answer] = [
    .ok(
      .object([.init("label", .string), .init("activity_name", .string)]), "Clocked in.",
      example: ["label": "签到", "activity_name": "教学研讨"]),
    .init(
      400,
      "In this order: the code is wrong or not the current one; it has expired; the item is not"
        + " open now; the caller is not enrolled; the caller has clocked in before.", refusal),
    otherType,
  ]

  private static let activityPath = Operation.Parameter.path(
    "activity", .integer, "The activity.", example: 3)

  static let clockIn = Operation(
    "Clock in with a scanned code",
    details: "The code is judged by the moment at which the call arrives.", body: scanned,
    answers: clockedIn, access: .signedIn, limit: changes)

  static let clockInAt = Operation(
    "Clock in at an activity", details: "The code must be one of this activity.",
    parameters: [activityPath], body: scanned,
    answers: clockedIn + [.init(404, "This is no id.", refusal)], access: .signedIn,
    limit: changes)

  static let clockins = Operation(
    "The clock-in items of an activity, and which the caller has done",
    parameters: [activityPath],
    answers: [
      .ok(
        .array(of: .object([.init("label", .string), .init("is_clockin", .boolean)])),
        example: [["label": "签到", "is_clockin": true]]),
      .init(400, "There is no such activity.", refusal),
    ], access: .signedIn)

  private static let clockinPath = Operation.Parameter.path(
    "clockin", .integer, "The clock-in item.", example: 12)

  private static let notShown: [Operation.Answer] = [
    .init(403, "For administrators and the staff of the item only.", refusal),
    .init(404, "There is no such item.", refusal),
  ]

  static let qr = Operation(
    "The current code of a clock-in item", parameters: [clockinPath],
    answers: [.ok(qrObject)] + notShown, access: .signedIn)

  static let qrPage = Operation(
    "The original address of the page that shows a code", parameters: [clockinPath],
    answers: [
      .init(302, "The page is `/projector/{clockin}`, and asks for a login itself."),
      .init(404, "This is no id.", refusal),
    ])

  static let qrPicture = Operation(
    "The current code as a picture", parameters: [clockinPath],
    answers: [.init(200, "A PNG file.", .string, contentType: "image/png")] + notShown,
    access: .signedIn)

  static let qrSeconds = Operation(
    "Seconds until the code changes", parameters: [clockinPath],
    answers: [
      .ok(.object([.init("timedelta", .integer)]), example: ["timedelta": 17])
    ] + notShown, access: .signedIn)

  static let clockinRecorded = EventDescription(
    "clockin.recorded", "Somebody clocked in.",
    [
      .init("clockin", .integer), .init("activity", .integer), .init("label", .string),
      .init("user", .integer), .init("fullname", .string), .init("created", .string, time),
      .init("total", .integer, "Records of the item, with this one."),
    ])

  static let qrEvents = [
    EventDescription("qr.rotated", "The code has changed.", qrMembers), clockinRecorded,
    clockinRemoved, clockinConfirmed, lookOpened,
  ]
}
