internal import HubProtocol
public import Limits
public import Loop
internal import PluginHost
public import PluginKit
public import TLS
public import WebSocket

// Reloading, draining, stopping.
extension HubServer {
  /// Takes new values for everything that may change while the server runs.
  public func reload(limits: ServerLimits, origins: OriginRules, proxies: [Network]) {
    shared.reload(limits: limits, origins: origins, proxies: proxies)
  }

  /// Greets new connections with these certificates from now on. Throws, and keeps the old ones,
  /// unless every pair is good.
  public func reloadCertificates(_ pairs: [CertificatePair]) throws {
    guard let certificates else { return }
    certificates.replace(with: try certificates.current.reloaded(pairs))
  }

  /// Warnings about the certificates in force, e.g. that one expires soon.
  public var certificateWarnings: [String] { certificates?.current.warnings ?? [] }

  public var isDraining: Bool { shared.drain.isOn }

  /// Sends everybody away and waits until they are gone, `seconds` at most.
  ///
  /// Clients are told in batches, and told to spread their return; what they are owed still goes
  /// out first.
  public func drain(seconds: Int) async {
    shared.drain.turnOn()
    let window = shared.reconnectWindow(shared.limits)
    for worker in workers { await worker.sendAllGathered() }
    // Events that were published before now may still be between workers: they go out first.
    for worker in workers { await worker.loop.finishTurn() }
    await withTaskGroup { group in
      for worker in workers { group.addTask { await worker.sayGoodbye(window: window) } }
    }
    // Many come back while the last are still leaving, and are refused: the server would never be
    // empty if it waited for them, too.
    for _ in 0..<max(seconds, 1) * 20 where await !areGone() {
      try? await Task.sleep(for: .milliseconds(50))
    }
    shared.transport.closeListeners()
    // Connections of the last moment are still answered.
    for _ in 0..<10 where shared.transport.limiter.total > 0 {
      try? await Task.sleep(for: .milliseconds(50))
    }
    await withTaskGroup { group in
      for worker in workers { group.addTask { await worker.finishMembers() } }
      group.addTask { [workers] in await workers[0].finishWebhooks() }
    }
    await workers[0].giveSignOfLife()
  }

  /// Has everybody left who was told goodbye?
  private func areGone() async -> Bool {
    for worker in workers where await !worker.hasSeenOff() { return false }
    return true
  }

  /// Closes a user's connections, because it may not come in any more or may do other things now.
  public func revoke(user: String, _ reason: DisconnectReason) async {
    for worker in workers { await worker.revoke(user: user, reason) }
  }

  /// Why a token is not good any more.
  public enum TokenEnd: Sendable {
    case ended
    /// Its holder may come back with a new one.
    case expired
  }

  /// Closes the connections that came in with one of these tokens, named by their hashes.
  public func revoke(tokens: Set<[UInt8]>, _ end: TokenEnd = .ended) async {
    let code: CloseCode =
      switch end {
      case .ended: .revoked
      case .expired: .tokenExpired
      }
    for worker in workers { await worker.revoke(tokens: tokens, code) }
  }

  /// The hashes of all tokens with which somebody is connected.
  public func tokensInUse() async -> Set<[UInt8]> {
    var tokens: Set<[UInt8]> = []
    for worker in workers { tokens.formUnion(await worker.tokensInUse()) }
    return tokens
  }
}

// Numbers.
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

  var pluginCounts: [(name: String, counts: PluginHealth.Counts)] {
    shared.units.map { unit in
      (unit.name, unit.health.counts)
    }
  }
}
