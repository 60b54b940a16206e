/// The name of a stream of events that connections can subscribe to, e.g. `chat.room.TEST`.
public struct Topic: Hashable, Sendable, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  public let description: String

  public init(_ name: String) { description = name }
  public init(stringLiteral name: String) { description = name }

  /// The name after `prefix`: `Topic("chat.room.TEST").rest(after: "chat.room.")` is `TEST`.
  public func rest(after prefix: String) -> String? {
    guard description.hasPrefix(prefix), description.utf8.count > prefix.utf8.count else {
      return nil
    }
    return String(description.dropFirst(prefix.count))
  }
}

/// Where an event stands in its topic. `epoch` changes only if history was truly lost.
public struct Position: Sendable, Hashable {
  public let offset: UInt64
  public let epoch: String

  public init(offset: UInt64, epoch: String) {
    self.offset = offset
    self.epoch = epoch
  }
}

public enum TopicAction: Sendable, Hashable { case subscribe, publish, presence, history }

/// Why somebody may not do something with a topic; the client sees the error of that number.
public enum TopicRefusal: Error, Sendable, Hashable {
  /// Error 101: log in first.
  case unauthorized
  /// Error 103.
  case denied
  /// Error 102.
  case unknown
  /// Error 120: no place left.
  case full
  /// Error 107 with this sentence.
  case bad(String)
  /// Error 108: not now.
  case unavailable
}
