internal import Limits
internal import Loop
internal import PluginKit
internal import Primitives

/// Counts connections across the workers: all of them, and those of each client.
///
/// A trusted proxy is no client. Its connections count as the client that the current request was
/// forwarded for; otherwise all clients behind it together would get what one may have.
final class ConnectionLimiter: Sendable {
  private struct Counts {
    var total = 0
    var byClient: [ClientKey: Int] = [:]

    mutating func subtract(_ client: ClientKey) {
      let here = (byClient[client] ?? 1) - 1
      byClient[client] = here > 0 ? here : nil
    }
  }

  /// The outcome for a new connection.
  enum Verdict: Equatable, Sendable {
    case welcome
    /// The client has as many as it may have: this one is told so, with plain HTTP.
    case surplusOfClient
    /// There are as many altogether as may be.
    case surplus
    /// Not even worth a handshake.
    case refused
  }

  // This many more than allowed are let in only to be told why they cannot stay.
  private static let told = 64

  private let counts = Locked(Counts())

  /// Counts a new connection, unless it is refused.
  ///
  /// - Parameter client: nil for a trusted proxy.
  func enter(_ client: ClientKey?, _ limits: ServerLimits) -> Verdict {
    counts.withLock { counts in
      let tooMany = ConnectionLimiter.excess(counts.total, over: limits.connections)
      let here = client.map { counts.byClient[$0] ?? 0 } ?? 0
      let tooManyHere =
        client == nil ? 0 : ConnectionLimiter.excess(here, over: limits.connectionsPerAddress)
      if max(tooMany, tooManyHere) > ConnectionLimiter.told { return .refused }
      counts.total += 1
      if let client { counts.byClient[client] = here + 1 }
      return tooMany > 0 ? .surplus : tooManyHere > 0 ? .surplusOfClient : .welcome
    }
  }

  /// Counts a proxy's connection as that of `client`, unless the client has too many.
  func enterForwarded(_ client: ClientKey, _ limits: ServerLimits) -> Bool {
    counts.withLock { counts in
      let here = counts.byClient[client] ?? 0
      guard ConnectionLimiter.excess(here, over: limits.connectionsPerAddress) == 0 else {
        return false
      }
      counts.byClient[client] = here + 1
      return true
    }
  }

  /// By how many one more is too many; 0 is no limit.
  private static func excess(_ count: Int, over limit: Int) -> Int {
    limit > 0 ? max(0, count + 1 - limit) : 0
  }

  /// The end of a connection that counted for `client`.
  func leave(_ client: ClientKey?) {
    counts.withLock { counts in
      counts.total -= 1
      if let client { counts.subtract(client) }
    }
  }

  /// A proxy's connection is not used for `client` any more.
  func leaveForwarded(_ client: ClientKey) { counts.withLock { $0.subtract(client) } }

  var total: Int { counts.withLock { $0.total } }

  /// Connections that count for `client` now.
  func count(of client: ClientKey) -> Int { counts.withLock { $0.byClient[client] ?? 0 } }
}
