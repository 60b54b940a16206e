/// The name of a stream of events that connections can subscribe to, e.g. `chat.room.TEST`.
public struct Topic: Hashable, Sendable, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  public let description: String

  public init(_ name: String) { description = name }
  public init(stringLiteral name: String) { description = name }

  public static func == (a: Topic, b: Topic) -> Bool {
    a.description.hasSameBytes(as: b.description)
  }

  // The hash of a string is the same for equal bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }

  /// The name after `prefix`: `Topic("chat.room.TEST").rest(after: "chat.room.")` is `TEST`.
  public func rest(after prefix: String) -> String? {
    guard description.utf8.starts(with: prefix.utf8) else { return nil }
    let rest = description.utf8.dropFirst(prefix.utf8.count)
    return rest.isEmpty ? nil : String(Substring(rest))
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
