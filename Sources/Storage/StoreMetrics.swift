/// Counters of a store since it was opened.
public struct StoreMetrics: Sendable {
  public var reads = 0
  public var writes = 0
  /// Units of work that ended in an error of any kind.
  public var failures = 0
  /// Units of work that were refused because too many were waiting.
  public var refused = 0
  /// Units of work that wait now.
  public var waiting = 0
  /// Commits on disk; `writes / commits` is how many callers shared one on average.
  public var commits = 0
  public var largestGroup = 0
  /// Units of work that ran again because the engine asked for it.
  public var repetitions = 0
  /// How often a lost connection was made anew.
  public var reconnects = 0
  /// How often the log was moved into the database file, and how long it is now, in bytes.
  public var checkpoints = 0
  public var logBytes = 0
  /// From the call to the answer, waiting included.
  public var readTime = LatencyHistogram()
  public var writeTime = LatencyHistogram()

  public init() {}

  /// Adds what another part of the same store has counted.
  public mutating func add(_ other: StoreMetrics) {
    reads += other.reads
    writes += other.writes
    failures += other.failures
    refused += other.refused
    waiting += other.waiting
    commits += other.commits
    largestGroup = max(largestGroup, other.largestGroup)
    repetitions += other.repetitions
    reconnects += other.reconnects
    checkpoints += other.checkpoints
    logBytes += other.logBytes
    readTime.add(other.readTime)
    writeTime.add(other.writeTime)
  }
}

/// How many calls took how long, in buckets that double from one microsecond to eight seconds.
public struct LatencyHistogram: Sendable, Equatable {
  /// `counts[n]` calls took at most `1 << n` microseconds and more than half of that; the last
  /// bucket takes everything longer.
  public private(set) var counts = [Int](repeating: 0, count: 24)
  public private(set) var total = Duration.zero

  public init() {}

  public var count: Int { counts.reduce(0, +) }

  public mutating func record(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    let microseconds = max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    let bucket = Int64.bitWidth - max(0, microseconds - 1).leadingZeroBitCount
    counts[min(bucket, counts.count - 1)] += 1
    total += time
  }

  public mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    total += other.total
  }

  /// A time that the given share of all calls did not exceed, rounded up to the bucket's end.
  public func quantile(_ share: Double) -> Duration {
    let wanted = Int((Double(count) * share).rounded(.up))
    var seen = 0
    for (bucket, number) in counts.enumerated() {
      seen += number
      if seen >= max(1, wanted) { return .microseconds(1 << bucket) }
    }
    return .zero
  }
}
