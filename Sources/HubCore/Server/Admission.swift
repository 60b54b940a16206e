internal import Loop

/// Counts connections, all in all and by address, across the workers.
final class Admission: Sendable {
  private struct Counts {
    var total = 0
    var byAddress: [IPAddress: Int] = [:]
  }

  /// What becomes of a new connection.
  enum Verdict: Equatable, Sendable {
    case welcome
    /// There are as many from its address as may be: it is told so, with plain HTTP.
    case surplusOfAddress
    /// There are as many altogether as may be.
    case surplus
    /// Not even worth a handshake.
    case refused
  }

  // So many more than allowed are let in only to be told why they cannot stay.
  private static let told = 64

  private let counts = Locked(Counts())

  /// Counts a new connection, unless it is refused.
  func enter(_ peer: PeerAddress, _ limits: ServerLimits) -> Verdict {
    counts.withLock { counts in
      let here = counts.byAddress[peer.address] ?? 0
      let tooMany = Admission.excess(counts.total, over: limits.connections)
      let tooManyHere = Admission.excess(here, over: limits.connectionsPerAddress)
      if max(tooMany, tooManyHere) > Admission.told { return .refused }
      counts.total += 1
      counts.byAddress[peer.address] = here + 1
      return tooMany > 0 ? .surplus : tooManyHere > 0 ? .surplusOfAddress : .welcome
    }
  }

  /// By how many one more is too many; 0 is no limit.
  private static func excess(_ count: Int, over limit: Int) -> Int {
    limit > 0 ? max(0, count + 1 - limit) : 0
  }

  func leave(_ peer: PeerAddress) {
    counts.withLock { counts in
      counts.total -= 1
      let here = (counts.byAddress[peer.address] ?? 1) - 1
      counts.byAddress[peer.address] = here > 0 ? here : nil
    }
  }

  var total: Int { counts.withLock { $0.total } }
}
