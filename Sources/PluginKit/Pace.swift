/// How often somebody may do something: so many times a second, and so many at once.
public struct Pace: Sendable {
  // In milliseconds: what one time costs, what may be saved up, and what is saved.
  private let price: Int64
  private let most: Int64
  private var saved: Int64
  private var last: Int64?

  public init(perSecond: Int, atOnce: Int) {
    price = 1000 / Int64(perSecond)
    most = Int64(atOnce) * price
    saved = most
  }

  /// Whether it may be done at `now` (milliseconds of any clock), which then counts.
  public mutating func allows(at now: Int64) -> Bool {
    saved = min(most, saved + max(0, now - (last ?? now)))
    last = now
    guard saved >= price else { return false }
    saved -= price
    return true
  }
}
