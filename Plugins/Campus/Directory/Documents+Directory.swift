internal import JSON
internal import PluginKit

extension Documents {
  static let department = Schema.named(
    "CampusDepartment", .object([.init("id", .integer), .init("name", .string)]))

  static let user = Schema.named(
    "CampusUser",
    .object([
      .init("id", .integer), .init("username", .string, "The staff number."),
      .init("first_name", .string), .init("last_name", .string, "The family name."),
      .init("email", .nullable(.string)), .init("is_staff", .boolean),
      .init("is_active", .boolean), .init("date_joined", .string, time),
      .init("groups", .array(of: .integer)), .init("department", .nullable(department)),
    ]))

  private static let cardFields: [Schema.Property] = [
    .init("department", .nullable(.string), optional: true, "At most 255 characters."),
    .init("post", .nullable(.string), optional: true, "At most 255 characters."),
    .init("qq", .nullable(.string), optional: true, "At most 32 characters."),
    .init("wechat", .nullable(.string), optional: true, "At most 255 characters."),
    .init("tel", .nullable(.string), optional: true, "At most 32 characters."),
    .init("phone", .nullable(.string), optional: true, "At most 32 characters."),
    .init("description", .nullable(.string), optional: true),
  ]

  static let contactCard = Schema.named(
    "CampusContact",
    .object(
      [
        .init("user", .integer, "The id of the user."), .init("user_meta", user),
        .init("fullname", .string, "The family name, then the given name."),
        .init("alpha", .string, "The first letter of the family name in pinyin, or `?`."),
        .init("is_friend", .boolean, "The caller has this user as a colleague."),
        .init("id", .integer, "The id of the card."),
      ] + cardFields.map { Schema.Property($0.name, $0.schema) }))

  private static let exampleUser: JSONValue = [
    "id": 7, "username": "20120001", "first_name": "伟", "last_name": "陈",
    "email": "chen@example.edu", "is_staff": false, "is_active": true,
    "date_joined": "2020-02-13T09:00:00+08:00", "groups": [],
    "department": ["id": 2, "name": "计算机系"],
  ]

  private static let token = Schema.object([.init("token", .string, "40 hexadecimal digits.")])
  private static let exampleToken: JSONValue = [
    "token": "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"
  ]
  private static let noUser = Operation.Answer(404, "There is no such user.", refusal)
  private static let userPath = Operation.Parameter.path(
    "user", .integer, "The id of the user.", example: 7)
  private static let code = [Schema.Property("code", .string, "The client's code of WeChat.")]

  static let getToken = Operation(
    "Log in",
    details: """
      The token is for `Authorization: Token` of other calls and for the hub, and lives three \
      hours. Earlier tokens of the same user stay good until their own end.
      """,
    body: body(
      [.init("username", .string, "The staff number."), .init("password", .string)],
      example: ["username": "20120001", "password": "chen123456"]),
    answers: [
      .ok(token, "An earlier token is still good.", example: exampleToken),
      .init(201, "The user held no good token.", token, example: exampleToken), otherType,
    ], limit: .perMinute(300))

  static let codeToToken = Operation(
    "Log in with WeChat", details: "For users whose WeChat account is bound.",
    body: body(code, example: ["code": "demo-code-b"]),
    answers: [
      .ok(token, "An earlier token is still good.", example: exampleToken),
      .init(201, "The user held no good token.", token, example: exampleToken),
      .init(401, "The user is inactive.", refusal), otherType,
    ], limit: .perMinute(300), timeoutSeconds: 20)

  static let bind = Operation(
    "Bind the caller's WeChat account", details: "Another user who is bound to it loses it.",
    body: body(code, example: ["code": "demo-code-a"]),
    answers: [.ok(user, example: exampleUser), otherType], access: .signedIn, limit: changes,
    timeoutSeconds: 20)

  static let unbind = Operation(
    "Unbind the caller's WeChat account and end the token", answers: [.ok(user)],
    access: .signedIn, limit: changes)

  static let logOut = Operation(
    "End the token of this call", answers: [.init(204, "It is not good any more.")],
    access: .signedIn, limit: changes)

  static let currentUser = Operation(
    "The caller", answers: [.ok(user, example: exampleUser)], access: .signedIn)

  static let changeUser = Operation(
    "Change the caller", details: "A new password ends all tokens of the account.",
    body: body([
      .init("first_name", .string, "At most 30 characters."),
      .init("last_name", .string, "At most 150 characters."),
      .init("email", .nullable(.string), optional: true),
      .init("department", .nullable(.integer), optional: true),
      .init("password", .string, optional: true, "At least 8 characters, not easy to guess."),
    ]), answers: [.ok(user), otherType], access: .signedIn, limit: .perMinute(30, by: .account))

  static let ownCard = Operation(
    "The caller's contact card", details: "The first call makes an empty one.",
    answers: [.ok(contactCard)], access: .signedIn)

  static let changeCard = Operation(
    "Change the caller's contact card", body: body(cardFields, maxBytes: 65_536, optional: true),
    answers: [.ok(contactCard), otherType], access: .signedIn, limit: changes)

  static let contacts = Operation(
    "The contacts", details: "By `alpha`. Users without a card are not listed.",
    parameters: [
      .query("my", .choice(["yes", "no"]), optional: true, "`yes`: only colleagues."), search,
    ], answers: [.ok(.array(of: contactCard))], access: .signedIn)

  static let contact = Operation(
    "A contact",
    parameters: [.path("card", .integer, "The id of the card, not of the user.", example: 1)],
    answers: [.ok(contactCard), .init(404, "There is no such card.", refusal)], access: .signedIn)

  static let addFriend = Operation(
    "Add a colleague", details: "In one direction.", parameters: [userPath],
    answers: [.init(200, "Added."), noUser], access: .signedIn, limit: changes)

  static let removeFriend = Operation(
    "Remove a colleague", parameters: [userPath],
    answers: [.init(200, "Removed."), .init(404, "This is no colleague.", refusal)],
    access: .signedIn, limit: changes)

  static let departments = Operation(
    "The departments", answers: [.ok(.array(of: department))], access: .signedIn)

  static let userEvents = [
    EventDescription(
      "friend.changed", "A colleague was added or removed.",
      [.init("user", .integer), .init("is_friend", .boolean)]),
    EventDescription(
      "enrollment.created", "The user is enrolled in an activity.",
      [.init("id", .integer), .init("activity", .integer)]),
    EventDescription(
      "enrollment.deleted", "The user is not enrolled in an activity any more.",
      [.init("id", .integer), .init("activity", .integer)]),
    clockinRecorded, clockinRemoved,
  ]
}
