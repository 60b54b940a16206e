/// The hub as a plugin sees it. Every call may be made from anywhere.
public protocol Hub: Sendable {
  /// Sends `event` to everybody in `topic`. Returns once it is stored where the topic has
  /// stored history; throws `HubError` if it could not be.
  @discardableResult
  func publish(_ event: Event, to topic: Topic) async throws -> Position

  /// Sends `event` to several topics and does not wait until it has a number there: who has done
  /// something that was stored can be answered. Announcements come in the order in which they were
  /// made. Where there is nobody nothing happens; there is no error.
  func announce(_ event: Event, to topics: [Topic]) async

  /// Sends `event` to the connections of one user in `topic` only. Not part of its history.
  func send(_ event: Event, to user: String, in topic: Topic) async

  /// Deletes what a topic remembers of its events up to now, in memory and in the database. Its
  /// numbers go on, so that clients notice. Throws `HubError` if the database is not available.
  func forgetHistory(of topic: Topic) async throws

  /// The members now.
  func members(of topic: Topic) async -> [Member]

  /// How many are there: members where the topic has presence, otherwise connections.
  func population(of topic: Topic) async -> Int

  /// Puts a user out of a topic. True if it was there.
  @discardableResult
  func remove(_ user: String, from topic: Topic) async -> Bool

  /// Closes all connections of a user and says how many.
  @discardableResult
  func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int

  /// Tells the receiver of webhooks. Returns once the event is in the outbox; events about one
  /// subject are delivered in order. Without a receiver that wants this event nothing happens.
  func notify(_ event: Event, about subject: String) async throws
}

extension Hub {
  public func announce(_ event: Event, to topics: [Topic]) async {
    for topic in topics { _ = try? await publish(event, to: topic) }
  }

  public func notify(_ event: Event, about subject: String) async throws {}
}

public struct Member: Sendable, Hashable {
  public enum State: String, Sendable { case online, unstable }

  public let id: String
  public let name: String
  public let avatar: String
  public let state: State
  public let connections: Int
  /// Unix milliseconds.
  public let since: Int64

  public init(
    id: String, name: String, avatar: String, state: State, connections: Int, since: Int64
  ) {
    self.id = id
    self.name = name
    self.avatar = avatar
    self.state = state
    self.connections = connections
    self.since = since
  }
}

/// Close codes a plugin may end connections with.
public enum DisconnectReason: Sendable, Hashable {
  case kicked
  case replaced
  case revoked
  case permissionsChanged
  /// Comes back at once, and may be served elsewhere then. Its leaving is not announced.
  case rebalance
}

/// The hub could not do what it was asked, through no fault of the caller.
public struct HubError: Error, Sendable, Equatable {
  public enum Code: Sendable, Equatable {
    case unknownTopic, overloaded, storeUnavailable, stopping
  }
  public let code: Code

  public init(_ code: Code) { self.code = code }
}
