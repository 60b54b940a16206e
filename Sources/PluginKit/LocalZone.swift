/// Where the server's wall clock hangs: what `time_zone` of the configuration says.
public struct LocalZone: Sendable, Hashable {
  /// Seconds east of Greenwich.
  public let offsetSeconds: Int

  public init(offsetSeconds: Int) { self.offsetSeconds = offsetSeconds }

  /// Asia/Shanghai, the zone of the documented systems.
  public static let shanghai = LocalZone(offsetSeconds: LocalTime.shanghai)

  /// The local time at a moment in Unix milliseconds.
  public func time(at unixMilliseconds: Int64) -> LocalTime {
    LocalTime(unixMilliseconds, offsetSeconds: offsetSeconds)
  }

  /// The moment at which the clock here shows `2022-08-31 17:58:55`; nil if there is none.
  public func time(_ text: String) -> LocalTime? {
    LocalTime(text, offsetSeconds: offsetSeconds)
  }
}
