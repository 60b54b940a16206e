internal import Synchronization

/// A number that one thread raises and others may read.
struct Counter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  // With one thread that writes, two plain moves do what a locked addition would.
  borrowing func add(_ amount: Int) {
    value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }
  borrowing func set(_ amount: Int) { value.store(amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// Counters of one worker since the start.
final class WorkerCounters: Sendable {
  let accepted = Counter()
  let refused = Counter()
  let closed = Counter()
  let handshakes = Counter()
  let resumptions = Counter()
  let failedHandshakes = Counter()
  let bytesIn = Counter()
  let bytesOut = Counter()
  let requests = Counter()
  let badRequests = Counter()
  let upgrades = Counter()
  let framesIn = Counter()
  let badFrames = Counter()
  let published = Counter()
  let deliveries = Counter()
  let slowClosed = Counter()
  /// Events that slow readers were not sent, of connections that have ended.
  let dropped = Counter()
  let heartbeatClosed = Counter()
}
