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
    sum.userConnections = house.people.connections
    return sum
  }
}

extension Worker {
  struct Part: Sendable {
    var connections: Int
    var webSockets: Int
    var users: Set<String>
    var topics: Int
    var subscriptions: Int
    var followedTopics: Int
    var counters: [String: Int]
  }

  func statistics() -> Part {
    Part(
      connections: connections.count, webSockets: webSockets, users: Set(users.keys),
      topics: topicHomes.count,
      subscriptions: fanout.subscriptionCount, followedTopics: fanout.topicCount,
      counters: counters.all.merging(told) { first, _ in first })
  }

  /// Errors and closes by their codes, under names with labels.
  private var told: [String: Int] {
    var told: [String: Int] = [:]
    for error in ClientError.allCases {
      told["client_errors_total{code=\"\(error.rawValue)\",reason=\"\(error.reason)\"}"] =
        errors[error] ?? 0
    }
    for (code, count) in closings {
      told["closes_total{code=\"\(code.rawValue)\",reason=\"\(code.name ?? "")\"}"] = count
    }
    return told
  }

  /// The bytes that wait here for clients to read them, and the events that slow clients were not
  /// sent. Walks through all connections: for collectors only.
  func queues() -> (bytes: Int, dropped: Int) {
    var sum = (bytes: 0, dropped: counters.dropped.current)
    // Those whose conversation has ended are counted by then.
    for connection in connections.all where connection.ending == nil {
      sum.bytes += connection.outbox.bytes + connection.unsent.count
      sum.dropped += connection.outbox.dropped
    }
    return sum
  }
}

extension WorkerCounters {
  /// By the names under which `/metrics` shows them.
  var all: [String: Int] {
    [
      "connections_accepted_total": accepted.current,
      "connections_refused_total": refused.current,
      "connections_closed_total": closed.current,
      "tls_handshakes_total": handshakes.current,
      "tls_resumptions_total": resumptions.current,
      "tls_handshake_failures_total": failedHandshakes.current,
      "received_bytes_total": bytesIn.current,
      "sent_bytes_total": bytesOut.current,
      "http_requests_total": requests.current,
      "http_bad_requests_total": badRequests.current,
      "websocket_upgrades_total": upgrades.current,
      "websocket_messages_received_total": framesIn.current,
      "websocket_bad_frames_total": badFrames.current,
      "events_published_total": published.current,
      "events_delivered_total": deliveries.current,
      "slow_consumers_closed_total": slowClosed.current,
      "heartbeats_lost_total": heartbeatClosed.current,
    ]
  }
}
