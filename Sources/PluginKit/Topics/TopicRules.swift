public import JSON

/// How the hub treats the topics of one pattern: who may come in, what is remembered, who sees whom.
public struct TopicRules: Sendable {
  public enum History: Sendable, Hashable {
    case none
    /// The newest event, for topics whose events are states.
    case latest
    /// The last `count` events, none older than `seconds`; kept in the store when `stored`.
    case stream(count: Int, seconds: Int, stored: Bool)
  }
  public enum Publisher: Sendable, Hashable {
    /// Only plugins and the server interface.
    case server
    /// Also whoever is subscribed.
    case member
  }

  public typealias Authorize =
    @Sendable (_ who: Identity, _ topic: Topic, _ action: TopicAction) async throws -> Void
  public typealias Snapshot =
    @Sendable (_ topic: Topic, _ who: Identity) async throws -> JSONValue?
  public typealias Compose = @Sendable (_ message: MemberMessage) throws -> Event
  public typealias Watch = @Sendable (_ change: MembershipChange) async -> Void

  public var history = History.none
  public var presence = false
  public var publisher = Publisher.server
  /// A slow reader may skip to the newest event.
  public var conflate = false
  /// Events of a busy topic wait for up to so many milliseconds and go out together. The first one
  /// after a quiet time goes out at once, and everybody still gets each of them, in order.
  public var gatherMilliseconds = 0
  public var maxMembers: Int?
  /// May somebody without an account subscribe?
  public var allowsGuests = false
  /// Provisional accounts come in as themselves; elsewhere they count as guests.
  public var allowsProvisional = false
  /// Throws a `TopicRefusal`. Asked on subscribe, and on publish the first time.
  public var authorize: Authorize = { _, _, _ in }
  /// The state for a new subscriber, beside history and presence.
  public var snapshot: Snapshot?
  /// Makes an event of what a member published; throws `TopicRefusal.bad` for what it refuses.
  /// Nil sends on the member's object with `"event":"message"`.
  public var compose: Compose?
  /// Told of everybody who came or went, one after another per topic.
  public var membership: Watch?
  /// The plugin whose rules these are.
  package var owner = ""

  public init() {}
}

/// A publish of a member.
public struct MemberMessage: Sendable {
  public let topic: Topic
  public let sender: Identity
  public let data: JSONValue
  public let id: String
  public let at: Int64

  public init(topic: Topic, sender: Identity, data: JSONValue, id: String, at: Int64) {
    self.topic = topic
    self.sender = sender
    self.data = data
    self.id = id
    self.at = at
  }
}

/// A user entered a topic or left it for good; flickering connections are not reported.
public struct MembershipChange: Sendable, Equatable {
  public enum Kind: Sendable, Hashable {
    case joined
    case left(LeaveReason)
  }
  public enum LeaveReason: String, Sendable, Hashable { case bye, timeout, removed, closed }

  public let topic: Topic
  public let who: Identity
  public let kind: Kind
  /// Members after the change.
  public let total: Int

  public init(topic: Topic, who: Identity, kind: Kind, total: Int) {
    self.topic = topic
    self.who = who
    self.kind = kind
    self.total = total
  }
}
