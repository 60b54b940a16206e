/// When a delivery that failed is tried again.
public struct RetrySchedule: Sendable, Hashable {
  public var firstDelaySeconds: Int
  public var longestDelaySeconds: Int
  /// After so long it is given up.
  public var lifeSeconds: Int

  public init(firstDelaySeconds: Int, longestDelaySeconds: Int, lifeSeconds: Int) {
    self.firstDelaySeconds = firstDelaySeconds
    self.longestDelaySeconds = longestDelaySeconds
    self.lifeSeconds = lifeSeconds
  }

  /// More than any schedule allows.
  static let failures = 0...1_000_000

  /// Mail servers are down for a night sometimes (RFC 5321, 4.5.4.1 speaks of days).
  public static let mail = RetrySchedule(
    firstDelaySeconds: 15, longestDelaySeconds: 3600, lifeSeconds: 4 * 86_400)

  public static let web = RetrySchedule(
    firstDelaySeconds: 5, longestDelaySeconds: 1800, lifeSeconds: 86_400)

  /// Milliseconds after the failure number `failures`; each doubles the one before.
  ///
  /// - Parameter chance: 0 to 1. Up to a quarter is added, so that a thousand letters that failed
  ///   together do not come back together.
  func delay(after failures: Int, chance: Double) -> Int64 {
    let doubled = firstDelaySeconds << min(max(0, failures - 1), 20)
    let seconds = Double(min(doubled, longestDelaySeconds))
    return Int64(seconds * (1 + chance / 4) * 1000)
  }

  func isOver(since created: Int64, at now: Int64) -> Bool {
    now - created >= Int64(lifeSeconds) * 1000
  }
}
