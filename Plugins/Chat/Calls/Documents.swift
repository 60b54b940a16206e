internal import JSON
internal import PluginKit

/// The objects and parameters that several calls share, for the generated documents.
enum Documents {
  static let access = Access.openNetworks(setting: ChatPlugin.networks)

  static let user = Schema.named(
    "ChatUser",
    .object([
      .init("user_tel", .nullable(.integer)), .init("user_name", .string),
      .init("user_password", .constant(""), "Always empty."), .init("user_avatar_url", .string),
    ]))

  static func res(_ texts: String...) -> Schema { .choice(texts.map { .string($0) }) }

  /// The error shape that `Answers` writes; `data` comes with calls about accounts only.
  static let refusal = Schema.named(
    "ChatRefusal",
    .object([
      .init("res", .choice(Answers.texts.map { .string($0) })),
      .init("data", .object([]), optional: true),
    ]))

  static func parameter(
    _ name: String, _ schema: Schema, _ note: String, _ value: JSONValue
  ) -> Operation.Parameter {
    .query(name, schema, note, example: value)
  }

  static let telephone = parameter("user_tel", .integer, "The telephone number.", 0)
  static let password = parameter(
    "user_password", .string, "Better sent in the form of a POST than in the address.", "123456")
  static let userName = parameter("user_name", .string, "The name in the rooms.", "admin")
  static let room = parameter(
    "room_name", .string, "1 to 64 characters.", "TEST")
}
