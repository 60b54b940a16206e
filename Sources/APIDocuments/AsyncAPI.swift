internal import HubProtocol
package import JSON
package import PluginHost
internal import PluginKit

/// The AsyncAPI 3 document of all topics and their events.
package struct AsyncAPI {
  private var schemas = SchemaWriter()
  private var channels: JSONObject = [:]
  private var operations: JSONObject = [:]

  package static func document(
    units: [LoadedPlugin], version: String, port: UInt16 = 8443, isEncrypted: Bool = true
  ) -> JSONValue {
    var document = AsyncAPI()
    for frame in FrameDescription.all { document.add(frame) }
    for unit in units {
      for topic in unit.topics { document.add(topic) }
      for message in unit.messages { document.add(message, of: unit.name) }
    }
    return document.finished(
      version,
      server: [
        "host": .string("localhost:\(port)"), "pathname": "/ws",
        "protocol": isEncrypted ? "wss" : "ws",
      ])
  }

  private mutating func add(_ topic: TopicRegistration) {
    let name = AsyncAPI.identifier(topic.pattern)
    var messages: JSONObject = [:]
    for event in topic.events { messages[AsyncAPI.identifier(event.name)] = message(event) }
    if topic.rules.publisher == .member {
      messages["publish"] = [
        "name": "publish", "summary": "What a member says.",
        "payload": [
          "type": "object",
          "properties": [
            "type": ["const": "publish"], "id": ["type": "string"], "topic": ["type": "string"],
            "data": ["type": "object"],
          ], "required": ["type", "topic", "data"],
        ],
      ]
    }
    var channel: JSONObject = [
      "address": .string(topic.pattern), "description": .string(topic.summary),
      "messages": .object(messages),
    ]
    if let parameter = AsyncAPI.parameter(topic.pattern) {
      channel["parameters"] = .object([parameter: ["description": "The rest of the topic's name."]])
    }
    channels[name] = .object(channel)
    addOperations(name, topic)
  }

  /// A frame of protocol 2 that belongs to no topic's events.
  private mutating func add(_ frame: FrameDescription) {
    let key = "\(frame.sender.rawValue)_\(frame.type)"
    let members = [Schema.Property("type", .constant(.string(frame.type)))] + frame.members
    addFrame(
      key,
      [
        "name": .string(frame.type), "summary": .string(frame.summary),
        "payload": schemas.object(members),
      ])
    var operation: JSONObject = [
      "action": frame.sender == .client ? "receive" : "send", "channel": AsyncAPI.channel,
      "summary": .string(frame.summary), "messages": [AsyncAPI.reference(to: key)],
    ]
    if let answer = frame.answer {
      operation["reply"] = [
        "channel": AsyncAPI.channel,
        "messages": [
          AsyncAPI.reference(to: "server_\(answer)"), AsyncAPI.reference(to: "server_error"),
        ],
      ]
    }
    operations["protocol_\(key)"] = .object(operation)
  }

  private mutating func addFrame(_ key: String, _ message: JSONValue) {
    var frames = channels[AsyncAPI.connection]?["messages"]?.object ?? [:]
    frames[key] = message
    channels[AsyncAPI.connection] = [
      "address": nil, "title": "connection", "messages": .object(frames),
      "description":
        "The connection itself: the frames of protocol 2, and those that plugins take beside them.",
    ]
  }

  private static let channel: JSONValue = ["$ref": .string("#/channels/\(connection)")]

  private static func reference(to key: String) -> JSONValue {
    ["$ref": .string("#/channels/\(connection)/messages/\(key)")]
  }

  /// A frame of a plugin's own type belongs to no topic: it is answered on the connection.
  private mutating func add(_ message: MessageRegistration, of plugin: String) {
    let name = AsyncAPI.identifier(message.type)
    addFrame(
      name,
      AsyncAPI.frame(
        message.type, message.summary,
        [
          "type": ["const": .string(message.type)], "id": AsyncAPI.id,
          "topic": ["type": "string"], "data": schemas.json(message.data),
        ]))
    addFrame(
      "\(name)_ack",
      AsyncAPI.frame(
        "ack", "The answer.",
        [
          "type": ["const": "ack"], "re": AsyncAPI.id, "ts": ["type": "integer"],
          "data": schemas.json(message.answer),
        ]))
    operations[name] = [
      "action": "receive", "channel": AsyncAPI.channel, "summary": .string(message.summary),
      "tags": [["name": .string(plugin)]], "messages": [AsyncAPI.reference(to: name)],
      "reply": [
        "channel": AsyncAPI.channel, "messages": [AsyncAPI.reference(to: "\(name)_ack")],
      ],
    ]
  }

  private static let connection = "connection"
  private static let id: JSONValue = ["type": ["string", "number"]]

  private static func frame(
    _ name: String, _ summary: String, _ properties: JSONObject
  ) -> JSONValue {
    [
      "name": .string(name), "summary": .string(summary),
      "payload": [
        "type": "object", "properties": .object(properties), "required": ["type"],
      ],
    ]
  }

  /// The document is the server's: it sends events and receives what members publish.
  private mutating func addOperations(_ name: String, _ topic: TopicRegistration) {
    let channel: JSONValue = ["$ref": .string("#/channels/\(name)")]
    operations["\(name)_events"] = [
      "action": "send", "channel": channel, "summary": .string(topic.summary),
      "messages": .array(
        topic.events.map { event in
          [
            "$ref": .string(
              "#/channels/\(name)/messages/\(AsyncAPI.identifier(event.name))")
          ]
        }),
    ]
    guard topic.rules.publisher == .member else { return }
    operations["\(name)_publish"] = [
      "action": "receive", "channel": channel,
      "messages": [["$ref": .string("#/channels/\(name)/messages/publish")]],
    ]
  }

  private mutating func message(_ event: EventDescription) -> JSONValue {
    let data = schemas.object(
      [Schema.Property("event", .constant(.string(event.name)))] + event.fields)
    return [
      "name": .string(event.name), "summary": .string(event.summary),
      "payload": [
        "type": "object",
        "properties": [
          "type": ["const": "event"], "topic": ["type": "string"],
          "offset": ["type": "integer"], "ts": ["type": "integer"], "data": data,
        ], "required": ["type", "topic", "ts", "data"],
      ],
    ]
  }

  /// Letters, digits and underscores, for keys that are pointed to.
  private static func identifier(_ text: String) -> String {
    String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : Character("_") })
  }

  private static func parameter(_ pattern: String) -> String? {
    guard let open = pattern.firstIndex(of: "{"), pattern.last == "}" else { return nil }
    return String(pattern[pattern.index(after: open)...].dropLast())
  }

  private func finished(_ version: String, server: JSONValue) -> JSONValue {
    [
      "asyncapi": "3.0.0",
      "info": [
        "title": "Muster", "version": .string(version),
        "description": "The topics of this server, over protocol 2 at /ws.",
      ],
      "defaultContentType": "application/json",
      "servers": ["hub": server],
      "channels": .object(channels),
      "operations": .object(operations),
      "components": ["schemas": .object(schemas.named)],
    ]
  }
}
