/// How fast each user may publish: so many a second, and so many at once after a pause.
///
/// Of each user only one number is kept: when the bucket will be full again. Times are
/// milliseconds that never go back.
struct RateLimiter {
  struct Limit: Equatable, Sendable {
    var perSecond = 30
    var burst = 60
  }

  let limit: Limit
  // In microseconds, so that 30 a second is exact enough.
  private var fullAt: [String: Int64] = [:]
  private var nextSweep = 1024

  init(_ limit: Limit = Limit()) { self.limit = limit }

  /// How many users are remembered; those with a full bucket are forgotten from time to time.
  var count: Int { fullAt.count }

  /// Takes one from the user's bucket; if it is empty, gives the milliseconds to wait.
  ///
  /// A limit of 0 a second is none.
  mutating func take(_ user: String, at now: Int64) -> Int64? {
    guard limit.perSecond > 0 else { return nil }
    let now = now * 1000
    let step = 1_000_000 / Int64(limit.perSecond)
    let full = max(fullAt[user] ?? now, now) + step
    let wait = full - now - step * Int64(max(limit.burst, 1))
    guard wait <= 0 else { return (wait + 999) / 1000 }
    if fullAt.count >= nextSweep { sweep(now) }
    fullAt[user] = full
    return nil
  }

  private mutating func sweep(_ now: Int64) {
    fullAt = fullAt.filter { $0.value > now }
    nextSweep = max(1024, fullAt.count * 2)
  }
}
