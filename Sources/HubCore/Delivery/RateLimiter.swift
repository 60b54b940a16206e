/// A bucket that fills at a steady rate and lets a burst through. Times are nanoseconds.
struct RateLimiter: Equatable {
  private let nanosecondsPerToken: UInt64
  private let capacity: UInt64
  // When the bucket was, or will be, empty: what lies between that and now is in it.
  private(set) var emptyAt: UInt64

  /// One that was used before.
  init(perSecond: Int, burst: Int, emptyAt: UInt64) {
    nanosecondsPerToken = 1_000_000_000 / UInt64(max(perSecond, 1))
    capacity = UInt64(max(burst, 1)) * nanosecondsPerToken
    self.emptyAt = emptyAt
  }

  init(perSecond: Int, burst: Int, now: UInt64) {
    self.init(perSecond: perSecond, burst: burst, emptyAt: 0)
    emptyAt = now > capacity ? now - capacity : 0
  }

  /// Takes one; if there is none, the milliseconds until there is.
  mutating func take(at now: UInt64) -> Int? {
    if now > capacity { emptyAt = max(emptyAt, now - capacity) }
    let after = emptyAt + nanosecondsPerToken
    guard after <= now else { return Int((after - now + 999_999) / 1_000_000) }
    emptyAt = after
    return nil
  }

  /// Nobody has taken anything for so long that a new one would be the same.
  func isFull(at now: UInt64) -> Bool { now >= emptyAt + capacity }
}
