/// How many subscribers of a topic each worker has.
package struct WorkerCounts {
  private var counts: [Int32]

  package init(workers: Int) { counts = Array(repeating: 0, count: workers) }

  package private(set) var total = 0

  /// The workers that have any, ascending.
  package var workers: some Sequence<Int> {
    counts.indices.lazy.filter { [counts] in counts[$0] > 0 }
  }

  package mutating func add(_ worker: Int) {
    counts[worker] += 1
    total += 1
  }

  /// Ignores a subscriber that was never counted: a wrong count must not end the process.
  package mutating func remove(_ worker: Int) {
    guard counts.indices.contains(worker), counts[worker] > 0 else { return }
    counts[worker] -= 1
    total -= 1
  }
}
