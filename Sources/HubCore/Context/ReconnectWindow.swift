internal import HubTopics
internal import Limits
internal import Synchronization

/// Over how long clients that come back spread their return, so that no more than the planned
/// number of handshakes a second have to be made.
final class ReconnectWindow: Sendable {
  private let longestTold = Atomic<Int>(0)
  private let inherited = Atomic<Int>(0)

  /// Milliseconds for this many connections.
  func milliseconds(for connections: Int, _ limits: ServerLimits) -> Int {
    let window = ReconnectPlan(handshakesPerSecond: limits.handshakesPerSecond)
      .window(connections: connections)
    longestTold.max(window, ordering: .relaxed)
    return window
  }

  /// The longest window that any client was told since the start.
  var longest: Int { longestTold.load(ordering: .relaxed) }

  /// The same with what those were told who are still expected from before.
  var toStore: Int { max(longest, inherited.load(ordering: .relaxed)) }

  func inherit(_ milliseconds: Int) { inherited.store(milliseconds, ordering: .relaxed) }
}
