internal import JSON
internal import PluginKit

// The server interface in the generated documents.
extension ServerAPI {
  private static let topic = Schema.Property("topic", .string, "The name of the topic.")

  static func operation(
    _ summary: String, _ body: [Schema.Property], _ answer: [Schema.Property]
  ) -> Operation {
    Operation(
      summary,
      details: "For keys with this scope, and for staff: `Authorization: Bearer KEY`.",
      body: .init(.json(.object(body))),
      answers: [
        .ok(.object(answer)), .init(400, "The body makes no sense.", failure),
        .init(401, "No key, or one that is not good.", failure),
        .init(403, "The key may not do that.", failure),
        .init(404, "There is no such topic.", failure),
        .init(503, "Not now; try again.", failure),
      ], access: .keyHolder)
  }

  static let failure = Schema.named(
    "Failure", .object([.init("error", .string), .init("message", .string)]))

  static let publish = operation(
    "Publish an event",
    [
      topic, .init("event", .string, optional: true, "The event's name; `message` if missing."),
      .init("data", .map(of: .anything), "The event's other members."),
      .init("id", .string, optional: true, "The same id within five minutes is published once."),
    ], [.init("topic", .string), .init("offset", .integer), .init("epoch", .string)])

  static let presence = operation(
    "Who is in a topic",
    [
      topic, .init("after", .integer, optional: true, "`next` of the page before."),
      .init("limit", .integer, optional: true),
    ],
    [
      .init("total", .integer), .init("members", .array(of: .map(of: .anything))),
      .init("next", .integer, optional: true),
    ])

  static let history = operation(
    "What was published in a topic",
    [
      topic, .init("before", .integer, optional: true), .init("limit", .integer, optional: true),
    ],
    [
      .init("type", .constant("history")), .init("topic", .string), .init("offset", .integer),
      .init("epoch", .string), .init("data", .map(of: .anything)),
    ])

  static let disconnect = operation(
    "Close all connections of a user",
    [
      .init("user", .string),
      .init(
        "reason", .choice(["kicked", "rebalance"]), optional: true,
        "`kicked`, if missing: its clients stay away. `rebalance`: they come back at once."),
    ], [.init("disconnected", .integer)])

  private static let listing: [Schema.Property] = [
    .init("matching", .string, optional: true, "What is looked for."),
    .init("limit", .integer, optional: true, "1000 if missing."),
  ]

  static let topics = operation(
    "The topics that live now", listing,
    [
      .init(
        "topics",
        .array(
          of: .object([
            .init("topic", .string), .init("subscribers", .integer),
            .init("members", .nullable(.integer), "Null where nobody is shown."),
            .init("offset", .integer), .init("epoch", .string),
          ])))
    ])

  static let connections = operation(
    "The connections that live now",
    [.init("user", .string, optional: true, "Only those of this user.")] + listing,
    [
      .init(
        "connections",
        .array(
          of: .object([
            .init("conn", .string), .init("user", .string), .init("name", .string),
            .init("address", .string),
            .init("protocol", .string, "`muster.v2`, or the name of an older one."),
            .init("silent_ms", .integer), .init("topics", .array(of: .string)),
          ])))
    ])
}
