/// An older WebSocket protocol on its own path: a codec between its frames and the hub.
///
/// Its clients are subscribers of the same topics as everybody else, with the same order and the
/// same presence. The hub pings them by RFC 6455 and closes the silent ones.
public protocol Dialect: Sendable {
  /// A client connected. Throw `PluginError` to refuse it before the upgrade.
  func accept(_ connection: any DialectConnection, _ request: Request) async throws
    -> any DialectSession

  /// How an event looks here; nil if it is not seen. Called once per event, not per subscriber.
  func frame(for event: Event, in topic: Topic) -> DialectFrame?
}

/// One connection's state in a dialect. Frames are handed in one after another.
///
/// It is never touched by two threads: a plain class will do.
public protocol DialectSession: AnyObject {
  func received(_ text: [UInt8]) async

  /// The connection is gone; its subscriptions end by themselves.
  func closed(_ how: Departure) async
}

/// How a connection ended.
public enum Departure: Sendable, Hashable {
  /// The client closed properly.
  case closed(code: UInt16)
  /// The line broke or the heartbeat was lost.
  case lost
  /// The server closed it.
  case ended
}

/// A text frame of a dialect.
public struct DialectFrame: Sendable, Equatable {
  public let text: [UInt8]
  /// Not sent to the event's author.
  public let skipsAuthor: Bool

  public init(_ text: [UInt8], skipsAuthor: Bool = false) {
    self.text = text
    self.skipsAuthor = skipsAuthor
  }
}

/// The operations of a dialect on its client.
public protocol DialectConnection: Sendable {
  /// Unlike any other connection's for as long as the server runs.
  var id: String { get }

  /// Sends one text frame to this client only, in order with the events.
  func send(_ text: [UInt8]) async

  /// Joins a topic under `identity`; returns once events flow. Throws `TopicRefusal`.
  func subscribe(_ topic: Topic, as identity: Identity) async throws

  /// Leaves a topic; events published before this call were still sent.
  func unsubscribe(_ topic: Topic) async

  /// Charges its user, on all connections together, with a publish. False if that user publishes
  /// faster than `limits.publishes_per_second` allows: then nothing is to be published.
  func mayPublish() async -> Bool

  /// Closes after what was sent.
  func close(code: UInt16, reason: String) async
}
