internal import Synchronization

/// A bucket that fills at a steady rate and lets a burst through.
///
/// Times are nanoseconds of any clock, also of one that may be set back.
public struct TokenBucket: Equatable, Sendable {
  private let nanosecondsPerToken: Int64
  private let capacity: Int64
  // When the bucket was, or will be, empty: its content is the time between that and now.
  fileprivate var emptyAt: Int64

  /// A full bucket.
  public init(perSecond: Int, burst: Int) {
    self.init(perSecond: perSecond, burst: burst, emptyAt: .min)
  }

  fileprivate init(perSecond: Int, burst: Int, emptyAt: Int64) {
    nanosecondsPerToken = 1_000_000_000 / Int64(max(perSecond, 1))
    let full = nanosecondsPerToken.multipliedReportingOverflow(by: Int64(max(burst, 1)))
    capacity = full.overflow ? .max / 2 : min(full.partialValue, .max / 2)
    self.emptyAt = emptyAt
  }

  /// Takes one token; if there is none, the milliseconds until there is.
  public mutating func take(at now: UInt64) -> Int? {
    let now = Int64(clamping: now)
    // Beyond `now` it lies only if the clock was set back: the bucket is empty then.
    emptyAt = min(max(emptyAt, now - capacity), now)
    let after = emptyAt &+ nanosecondsPerToken
    guard after <= now else { return Int((after - now + 999_999) / 1_000_000) }
    emptyAt = after
    return nil
  }

  /// The same for a clock that counts milliseconds. True if a token was taken.
  public mutating func takes(atMilliseconds now: Int64) -> Bool {
    take(at: UInt64(min(max(now, 0), .max / 1_000_000)) * 1_000_000) == nil
  }

  /// Whether a new bucket would be the same, since none was taken for long enough.
  public func isFull(at now: UInt64) -> Bool { emptyAt <= Int64(clamping: now) - capacity }
}

/// A token bucket that any thread may take from without a lock.
public final class SharedTokenBucket: Sendable {
  private let emptyAt = Atomic<Int64>(.min)

  public init() {}

  /// Takes one token; if there is none, the milliseconds until there is.
  public func take(at now: UInt64, perSecond: Int, burst: Int) -> Int? {
    var seen = emptyAt.load(ordering: .relaxed)
    while true {
      var bucket = TokenBucket(perSecond: perSecond, burst: burst, emptyAt: seen)
      if let wait = bucket.take(at: now) { return wait }
      let outcome = emptyAt.compareExchange(
        expected: seen, desired: bucket.emptyAt, ordering: .relaxed)
      if outcome.exchanged { return nil }
      seen = outcome.original
    }
  }

  public func isFull(at now: UInt64, perSecond: Int, burst: Int) -> Bool {
    TokenBucket(perSecond: perSecond, burst: burst, emptyAt: emptyAt.load(ordering: .relaxed))
      .isFull(at: now)
  }
}
