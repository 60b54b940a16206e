public import JSON

/// Where an event stands in its topic. `epoch` changes only if history was truly lost.
public struct TopicPosition: Hashable, Sendable {
  public let offset: UInt64
  public let epoch: String

  public init(offset: UInt64, epoch: String) {
    self.offset = offset
    self.epoch = epoch
  }
}

/// Something that happened in a topic.
public struct TopicEvent: Equatable, Sendable {
  /// Nil in topics without history.
  public let offset: UInt64?
  /// Unix milliseconds of the server.
  public let ts: Int64
  public let data: JSONValue

  /// `data.event`, such as `chat.msg`.
  public var name: String { data["event"]?.string ?? "" }
}

/// The events of a subscription: each event once and as the topic numbers it.
public enum TopicNews: Equatable, Sendable {
  case event(TopicEvent)
  /// The owner's state for a newcomer; it replaces what an earlier one said.
  case snapshot(JSONValue)
  /// The members have changed; this is the whole list.
  case presence(Presence)
  /// Missed events cannot be replayed, for this reason: forget what was built from events.
  case reset(String)
  /// Nothing was heard for a while, or the connection is gone: what is known may be old.
  case stale
  /// The known state is current (again).
  case live(recovered: Bool)
  /// The server refused the topic or took us out of it; nothing follows unless it was temporary.
  case refused(MusterError)
}

/// How the client is doing.
public enum ConnectionState: Equatable, Sendable {
  case connecting
  case live
  /// Lost; the next attempt comes after this time.
  case waiting(milliseconds: Int)
  /// The server said not to come back, or `close()` was called.
  case stopped(MusterError)
}
