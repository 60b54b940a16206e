/// The heartbeat of protocol version 2 and of the dialects.
public struct HeartbeatRules: Sendable, Hashable {
  public var pingSeconds = 10
  /// Silent for this long, a member is shown as unstable.
  public var unstableSeconds = 15
  public var timeoutSeconds = 60
  /// A closed or reloaded page has so long to come back before others see it leave.
  public var leaveGraceSeconds = 5
  /// A connection that the server closed to stop has so long to come back.
  public var resumeSeconds = 60

  public init() {}

  /// Milliseconds for those who were told to spread their return over `window` milliseconds. Not
  /// every first try gets through: half of the usual time is added.
  package func timeToReturn(in window: Int) -> Int64 {
    let usual = Int64(resumeSeconds) * 1000
    return max(usual, Int64(window) + usual / 2)
  }
}
