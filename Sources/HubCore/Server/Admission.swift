internal import Loop

/// Counts connections, all in all and by address, across the workers.
final class Admission: Sendable {
  private struct Counts {
    var total = 0
    var byAddress: [IPAddress: Int] = [:]
  }

  private let counts = Locked(Counts())

  /// False if there are as many as may be.
  func enter(_ peer: PeerAddress, _ limits: ServerLimits) -> Bool {
    counts.withLock { counts in
      let here = counts.byAddress[peer.address] ?? 0
      if limits.connections > 0 && counts.total >= limits.connections { return false }
      if limits.connectionsPerAddress > 0 && here >= limits.connectionsPerAddress { return false }
      counts.total += 1
      counts.byAddress[peer.address] = here + 1
      return true
    }
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
