internal import Loop
public import PluginKit
public import TLS
public import WebSocket

// Reloading, draining, stopping.
extension HubServer {
  /// Takes new values for everything that may change while the server runs.
  public func reload(limits: ServerLimits, origins: OriginRules) {
    house.reload(limits: limits, origins: origins)
  }

  /// Greets new connections with these certificates from now on. Throws, and keeps the old ones,
  /// unless every pair is good.
  public func reloadCertificates(_ pairs: [CertificatePair]) throws {
    guard let certificates else { return }
    certificates.replace(with: try certificates.current.reloaded(pairs))
  }

  /// What the certificates in force have to say for themselves, e.g. that one expires soon.
  public var certificateWarnings: [String] { certificates?.current.warnings ?? [] }

  public var isDraining: Bool { house.isDraining }

  /// Sends everybody away and waits until they are gone, `seconds` at most.
  ///
  /// Clients are told in batches, and told to spread their return; what they are owed still goes
  /// out first.
  public func drain(seconds: Int) async {
    house.beginDraining()
    let window = house.reconnectWindow(house.limits)
    for worker in workers { await worker.sendAllGathered() }
    // What was published before now is on its way between workers for a turn: it goes out first.
    for worker in workers { await worker.loop.finishTurn() }
    await withTaskGroup { group in
      for worker in workers { group.addTask { await worker.sayGoodbye(window: window) } }
    }
    // Many come back while the last are still leaving, and are refused: the server would never be
    // empty if it waited for them, too.
    for _ in 0..<max(seconds, 1) * 20 where await !areGone() {
      try? await Task.sleep(for: .milliseconds(50))
    }
    house.closeDoors()
    // Whoever came through the door in the last moment is still answered.
    for _ in 0..<10 where house.admission.total > 0 {
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

  /// Closes the connections whose credentials are not good any more: those of a user, those that
  /// came in with a token.
  public func revoke(user: String?, tokenHash: [UInt8]?, _ reason: DisconnectReason) async {
    for worker in workers {
      await worker.revoke(user: user, tokenHash: tokenHash, reason)
    }
  }
}

extension Worker {
  private static var batch: Int { 250 }

  func sayGoodbye(window: Int) async {
    isDraining = true
    readLetters()
    distribute()
    leaving = connections.all.map(\.token)
    for (number, token) in leaving.enumerated() {
      if let connection = connections[token] { sayGoodbye(connection, window: window) }
      if number % Worker.batch == Worker.batch - 1 {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Is nobody here any more who was told goodbye?
  func hasSeenOff() -> Bool {
    leaving.removeAll { connections[$0] == nil }
    return leaving.isEmpty
  }

  private func sayGoodbye(_ connection: Connection, window: Int) {
    switch connection.stage {
    case .webSocket(let link):
      guard case .hub = link.speaker else { return close(connection, .goingAway) }
      tell(connection) {
        ServerFrame.goodbye(.shutdown, reconnect: true, windowMilliseconds: window, into: &$0)
      }
      close(connection, .shutdown)
    case .http(let exchange):
      if case .head = exchange.state { part(connection) }
    case .greeting: drop(connection, .ended)
    case .parting, .gone: return
    }
  }

  /// Closes a user's connections; with `tokenHash` only those that came in with that token.
  func revoke(user: String?, tokenHash: [UInt8]?, _ reason: DisconnectReason) {
    for connection in connections.all {
      if let user, !isOf(user, connection) { continue }
      if let tokenHash, !tokenHashes(of: connection).contains(tokenHash) { continue }
      close(connection, reason == .permissionsChanged ? .permissionsChanged : .revoked)
    }
  }

  private func isOf(_ user: String, _ connection: Connection) -> Bool {
    connection.hub?.identity.id == user || connection.dialect?.isOf(user) ?? false
  }

  private func tokenHashes(of connection: Connection) -> [[UInt8]] {
    connection.hub?.tokenHashes ?? connection.dialect?.tokenHashes ?? []
  }
}
