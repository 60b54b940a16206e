internal import JSON
internal import PluginKit

extension Documents {
  private static let screenMembers: [Schema.Property] = [
    .init("screen", .string, "The name that the screen chose."), .init("clockin", .integer),
    .init("activity", .integer), .init("activity_name", .string), .init("label", .string),
    .init("user", .integer, "The user who is logged in on it."), .init("fullname", .string),
    .init(
      "state", .choice(["current", "outdated", "silent"]),
      "`outdated`: it shows an old code or none; `silent`: no report for 40 seconds."),
    .init("since", .string, time), .init("seen", .string, "Its last report."),
  ]
  private static let clockinPath = Operation.Parameter.path(
    "clockin", .integer, "The clock-in item.", example: 12)
  private static let screenPath = Operation.Parameter.path(
    "screen", .string, "The name of the screen.", example: "wall-1")
  private static let noScreen = Operation.Answer(404, "There is none.", refusal)

  static let reportScreen = Operation(
    "Report what a screen shows",
    details: "Every 15 seconds, and when it changes. For those who may show the code.",
    parameters: [clockinPath],
    body: body([
      .init("screen", .string, "Letters, digits and hyphens, at most 64."),
      .init(
        "generated_at", .nullable(.string), optional: true,
        "That of the code on the screen; left out while it shows none."),
    ]),
    answers: [
      .ok(.object([.init("state", .choice(["current", "outdated"]))])),
      .init(400, "Fields are missing or wrong, or the item has 100 screens.", refusal),
      .init(403, "For administrators and the staff of the item only.", refusal), noScreen,
      otherType,
    ], access: .signedIn, limit: .perMinute(600, by: .account))

  static let endScreen = Operation(
    "A screen is switched off", parameters: [clockinPath, screenPath],
    answers: [.init(204, "It is in the list no more."), noScreen], access: .signedIn,
    limit: changes)

  static let screens = Operation(
    "The screens that show codes", answers: [.ok(.array(of: .object(screenMembers)))],
    access: staff)

  static let dismissScreen = Operation(
    "Take a screen out of the list", parameters: [clockinPath, screenPath],
    answers: [.init(204, "It is in the list no more."), noScreen], access: staff)

  static let screenEvents = [
    EventDescription(
      "screen.stale", "A screen shows an old code or none, or is silent.", screenMembers),
    EventDescription("screen.current", "A screen that was stale shows the code.", screenMembers),
  ]
}
