internal import Synchronization

/// Keeps one plugin's troubles its own: bounds what runs in it at once and counts how it goes.
public final class PluginHealth: Sendable {
  private let running = Atomic<Int>(0)
  private let calls = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let refusals = Atomic<Int>(0)
  private let timeouts = Atomic<Int>(0)
  private let failedJobs = Atomic<Int>(0)

  public struct Counts: Sendable, Equatable {
    public var running: Int
    public var calls: Int
    public var failures: Int
    public var refusals: Int
    public var timeouts: Int
    public var failedJobs: Int
  }

  /// False when `capacity` calls are running already.
  ///
  /// - Parameter isCounted: whether this call was counted before, when it was admitted.
  package func enter(capacity: Int, isCounted: Bool = false) -> Bool {
    if running.add(1, ordering: .relaxed).newValue > capacity {
      running.subtract(1, ordering: .relaxed)
      refusals.add(1, ordering: .relaxed)
      return false
    }
    if !isCounted { calls.add(1, ordering: .relaxed) }
    return true
  }

  package func leave() { running.subtract(1, ordering: .relaxed) }
  package func countFailure() { failures.add(1, ordering: .relaxed) }
  package func countRefusal() { refusals.add(1, ordering: .relaxed) }
  package func countFailedJob() { failedJobs.add(1, ordering: .relaxed) }
  package func countTimeout() { timeouts.add(1, ordering: .relaxed) }

  public var counts: Counts {
    Counts(
      running: running.load(ordering: .relaxed), calls: calls.load(ordering: .relaxed),
      failures: failures.load(ordering: .relaxed), refusals: refusals.load(ordering: .relaxed),
      timeouts: timeouts.load(ordering: .relaxed),
      failedJobs: failedJobs.load(ordering: .relaxed))
  }
}
