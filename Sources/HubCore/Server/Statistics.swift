internal import Loop

/// What the server has done and what it holds, for people and for collectors.
public struct Statistics: Sendable, Equatable {
  public var connections = 0
  public var users = 0
  public var topics = 0
  public var subscriptions = 0
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
      sum.topics += part.topics
      sum.subscriptions += part.subscriptions
      sum.counters.merge(part.counters, uniquingKeysWith: +)
      users.formUnion(part.users)
      let turns = worker.loop.statistics
      sum.turns.append(
        .init(
          count: Int(clamping: turns.turns), long: Int(clamping: turns.longTurns),
          longestNanoseconds: Int(clamping: turns.longest)))
    }
    sum.users = users.count
    return sum
  }
}

extension Worker {
  struct Part: Sendable {
    var connections: Int
    var users: Set<String>
    var topics: Int
    var subscriptions: Int
    var counters: [String: Int]
  }

  func statistics() -> Part {
    Part(
      connections: connections.count, users: Set(users.keys), topics: homes.count,
      subscriptions: locals.values.reduce(0) { $0 + $1.count },
      counters: counters.all)
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
