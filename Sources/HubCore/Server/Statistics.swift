internal import Bytes
internal import HubProtocol
internal import Loop
internal import PluginKit
internal import WebSocket

/// Counters and levels of the server, for people and for collectors.
public struct Statistics: Sendable, Equatable {
  /// Of all kinds: a page that loads has several for its files.
  public var connections = 0
  /// WebSockets, each with its own conversation.
  public var webSockets = 0
  /// People with an account, however many pages each has open.
  public var accounts = 0
  /// Pages and programs without an account.
  public var guests = 0
  public var users: Int { accounts + guests }
  public var topics = 0
  public var subscriptions = 0
  /// Topics that a worker has subscribers of, counted for each worker.
  public var followedTopics = 0
  /// Connections that count for the limit of their user.
  public var userConnections = 0
  public var counters: [String: Int] = [:]
  public var turns: [Turns] = []

  public struct Turns: Sendable, Equatable {
    public var count: Int
    public var long: Int
    public var longestNanoseconds: Int
  }
}

extension HubServer {
  /// Asks all workers.
  public func statistics() async -> Statistics {
    var sum = Statistics()
    var users: Set<String> = []
    for worker in workers {
      let part = await worker.statistics()
      sum.connections += part.connections
      sum.webSockets += part.webSockets
      sum.topics += part.topics
      sum.subscriptions += part.subscriptions
      sum.followedTopics += part.followedTopics
      sum.counters.merge(part.counters, uniquingKeysWith: +)
      users.formUnion(part.users)
      let turns = worker.loop.statistics
      sum.turns.append(
        .init(
          count: Int(clamping: turns.turns), long: Int(clamping: turns.longTurns),
          longestNanoseconds: Int(clamping: turns.longest)))
    }
    sum.guests = users.count { Identity.isGuest(id: $0) }
    sum.accounts = users.count - sum.guests
    sum.userConnections = shared.sessions.users.connections
    return sum
  }
}
