internal import JSON
internal import PluginKit

/// What the generated documents say of the calls and events of this system.
enum Documents {
  private static let access = Access.openNetworks(setting: ChatPlugin.networks)

  static let user = Schema.named(
    "ChatUser",
    .object([
      .init("user_tel", .nullable(.integer)), .init("user_name", .string),
      .init("user_password", .constant(""), "Always empty."), .init("user_avatar_url", .string),
    ]))

  private static func res(_ texts: String...) -> Schema { .choice(texts.map { .string($0) }) }

  /// What the calls that cannot be answered get; `data` only those about the caller.
  static let refusal = Schema.named(
    "ChatRefusal",
    .object([
      .init("res", .choice(Answers.texts.map { .string($0) })),
      .init("data", .object([]), optional: true),
    ]))

  private static func parameter(
    _ name: String, _ schema: Schema, _ note: String, _ value: JSONValue
  )
    -> Operation.Parameter
  {
    .query(name, schema, note, example: value)
  }

  private static let telephone = parameter("user_tel", .integer, "The telephone number.", 0)
  private static let password = parameter(
    "user_password", .string, "Better sent in the form of a POST than in the address.", "123456")
  private static let userName = parameter("user_name", .string, "The name in the rooms.", "admin")
  private static let room = parameter(
    "room_name", .string, "1 to 64 characters.", "TEST")

  static let login = Operation(
    "Log in by telephone number",
    details: """
      `res` is `login successfully`, `user not exist`, `password wrong` or `missing parameters`; \
      only after a success `data` has members. `token` is for the header `token` of other calls \
      and for the hub; it ends a week after its last use.
      """,
    parameters: [telephone, password],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res("login successfully", "user not exist", "password wrong", "missing parameters")),
          .init("data", .oneOf([user, .object([])])),
        ]),
        example: [
          "res": "login successfully",
          "data": [
            "user_tel": 0, "user_name": "admin", "user_password": "", "user_avatar_url": "",
            "token": "...",
          ],
        ]),
      Operation.Answer(
        429, "Too many wrong passwords.", example: ["res": "too many requests", "data": [:]]),
    ], limit: .perMinute(300), changesByGET: true)

  static let register = Operation(
    "Make an account",
    details: """
      Both the number and the name must be free. Where people may register is the operator's \
      choice (`accounts.registration`); elsewhere `res` is `registration closed`. A password, \
      number or name that is refused is answered like a missing one; `message` says why.
      """,
    parameters: [telephone, userName, password],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res(
              "register successfully", "user exist", "missing parameters", "registration closed")),
          .init("data", .object([]), optional: true),
          .init("message", .string, optional: true),
        ]), example: ["res": "register successfully"])
    ], limit: .perMinute(60), changesByGET: true)

  static let userData = Operation(
    "Look somebody up",
    details: """
      Without a token, and for accounts that the staff has not confirmed, by name only and with \
      `user_tel` null; everybody finds themselves.
      """,
    parameters: [
      .query("user_tel", .integer, optional: true, "Wins over the name."),
      .query("user_name", optional: true, "The name in the rooms.", example: "admin"),
    ],
    answers: [
      .ok(
        .object([
          .init("res", res("get user data successfully", "user not exist", "missing parameters")),
          .init("data", .object([.init("user", user, optional: true)])),
        ]),
        example: [
          "res": "get user data successfully",
          "data": [
            "user": [
              "user_tel": 0, "user_name": "admin", "user_password": "", "user_avatar_url": "",
            ]
          ],
        ])
    ], access: access, limit: .perMinute(120), admitsProvisional: true)

  private static let rooms = Schema.array(
    of: .named(
      "ChatRoom",
      .object([.init("name", .string), .init("population", .integer, "Seats taken.")])))

  static let list = Operation(
    "The rooms, in order of creation",
    answers: [
      .ok(
        .object([
          .init("room_list", rooms),
          .init("rooms", rooms, "The same: the document has both names."),
        ]),
        example: [
          "room_list": [
            ["name": "TEST", "population": 0], ["name": "YOU", "population": 2],
          ]
        ])
    ], access: access, admitsProvisional: true)

  static let create = Operation(
    "Make a room",
    details: """
      Takes no seat. A room that nobody enters is released after five minutes, any other one as \
      soon as its last seat is free.
      """,
    parameters: [room],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res("chatroom create successfully", "chatroom already exist", "missing parameters"))
        ]), example: ["res": "chatroom create successfully"]),
      Operation.Answer(
        429, "More than three new rooms a minute.", example: ["res": "too many requests"]),
    ], access: access, limit: .perMinute(3), changesByGET: true, admitsProvisional: true)

  static let seat = Operation(
    "Book a seat or give it back",
    details: """
      A booked seat is kept for 30 seconds, or for as long as somebody of that name is in the \
      room. Giving it back puts that name out of the room; within a minute after leaving it is \
      answered with `leave chatroom` too.
      """,
    parameters: [
      room, userName,
      parameter("status", .choice([0, 1]), "1 enters, 0 leaves.", 1),
    ],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res(
              "join chatroom", "leave chatroom", "invalid room", "invalid status",
              "user not exist", "full room", "missing parameters"))
        ]), example: ["res": "full room"])
    ], access: access, changesByGET: true, admitsProvisional: true)
}

extension Documents {
  private static let name = Schema.Property("name", .string)
  private static let population = Schema.Property("population", .integer)

  static let listEvents = [
    EventDescription("room.opened", "There is a new room.", [name, population]),
    EventDescription(
      "room.population", "A seat was taken or is free again.",
      [name, population, .init("full", .boolean)]),
    EventDescription("room.released", "The room is gone and its name free.", [name]),
  ]

  private static let common: [Schema.Property] = [
    .init("user", .object([.init("user_name", .string), .init("user_avatar", .string)])),
    .init("room_name", .string),
  ]

  static let roomEvents = [
    EventDescription(
      "chat.user", "Somebody came or goes.",
      common + [.init("msg", .choice(["create", "join", "leave"]))]),
    EventDescription(
      "chat.msg", "Somebody said something. Published as `{\"msg\":\"…\"}`.",
      common + [
        .init("msg", .string, "At most 4096 characters."),
        .init("from", .string, "The sender's id, as in presence: two people may share a name."),
        .init("id", .string, "Unlike that of any other message."),
        .init("at", .integer, "Unix milliseconds."),
      ]),
  ]
}
