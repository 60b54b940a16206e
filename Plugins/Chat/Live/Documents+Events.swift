internal import JSON
internal import PluginKit

// The events of the topics.
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
      "chat.user", "A user came or goes.",
      common + [.init("msg", .choice(["create", "join", "leave"]))]),
    EventDescription(
      "chat.msg", "A message. Published as `{\"msg\":\"…\"}`.",
      common + [
        .init("msg", .string, "At most 4096 characters."),
        .init("from", .string, "The sender's id, as in presence: two members may share a name."),
        .init("id", .string, "Unlike that of any other message."),
        .init("at", .integer, "Unix milliseconds."),
      ]),
  ]
}
