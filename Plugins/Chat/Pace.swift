/// Thirty frames a second, and sixty at once.
struct Pace: Sendable {
  private static let perFrame: Int64 = 1000 / 30
  private static let most: Int64 = 60 * perFrame
  private var saved = most
  private var last: Int64?

  mutating func allows(at now: Int64) -> Bool {
    saved = min(Pace.most, saved + max(0, now - (last ?? now)))
    last = now
    guard saved >= Pace.perFrame else { return false }
    saved -= Pace.perFrame
    return true
  }
}
