package import PluginKit

/// One kind of frame of protocol 2, for the documents. It stands beside the code that reads or
/// writes the frame.
package struct FrameDescription: Sendable {
  package enum Sender: String, Sendable {
    case client, server
  }

  package let type: String
  package let sender: Sender
  package let summary: String
  /// The members beside `type`.
  package let members: [Schema.Property]
  /// The type of the frame that answers a client's; an `error` may come instead of each.
  package let answer: String?

  init(
    _ type: String, by sender: Sender, _ summary: String, _ members: [Schema.Property],
    answer: String? = nil
  ) {
    self.type = type
    self.sender = sender
    self.summary = summary
    self.members = members
    self.answer = answer
  }

  /// All frames that belong to no topic of a plugin.
  package static let all: [FrameDescription] = [
    .hello, .welcome, .clientPing, .clientPong, .serverPing, .serverPong, .subscribe, .subscribed,
    .unsubscribe, .unsubscribed, .events, .presenceRequest, .presence, .historyRequest, .history,
    .status, .refresh, .bye, .goodbye, .ack, .error,
  ]
}

// Members that many frames have.
extension Schema.Property {
  static let id = Schema.Property(
    "id", .oneOf([.string, .number]), optional: true, "Named again in the answer.")
  static let re = Schema.Property(
    "re", .oneOf([.string, .number]), optional: true, "The id of the frame that this answers.")
  static let topic = Schema.Property("topic", .string)
  static let ts = Schema.Property("ts", .integer, "Unix milliseconds.")
  static let offset = Schema.Property("offset", .integer)
  static let epoch = Schema.Property("epoch", .string)

  static func data(_ properties: [Schema.Property], optional: Bool = false) -> Schema.Property {
    Schema.Property("data", .object(properties), optional: optional)
  }
}
