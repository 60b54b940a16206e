public import TimeZones

/// Where the server's wall clock hangs: what `time_zone` of the configuration says.
public struct LocalZone: Sendable, Hashable {
  private enum Base: Sendable, Equatable {
    case fixed(Int)
    case named(TimeZoneRules)
  }

  private let base: Base

  /// A clock that is never changed.
  /// - Parameter offsetSeconds: east of Greenwich.
  public init(offsetSeconds: Int) { base = .fixed(offsetSeconds) }

  /// A zone of the machine's time zone database, such as `Europe/Berlin`; nil if it has none of that name.
  public init?(named name: String) {
    guard let rules = try? TimeZoneDatabase.system.rules(named: name) else { return nil }
    base = .named(rules)
  }

  package init(_ rules: TimeZoneRules) { base = .named(rules) }

  /// Asia/Shanghai, the zone of the documented systems, which has had no summer time since 1991.
  public static let shanghai = LocalZone(offsetSeconds: 8 * 3600)

  /// `Europe/Berlin`, or `+08:00`.
  public var name: String {
    switch base {
    case .named(let rules): return rules.name
    case .fixed(let seconds):
      let minutes = abs(seconds) / 60
      return "\(seconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
    }
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// Seconds east of Greenwich at a moment in Unix seconds.
  public func offsetSeconds(at unixSeconds: Int64) -> Int {
    switch base {
    case .fixed(let seconds): seconds
    case .named(let rules): rules.offsetSeconds(at: unixSeconds)
    }
  }

  /// The local time at a moment in Unix milliseconds.
  public func time(at unixMilliseconds: Int64) -> LocalTime {
    let seconds = unixMilliseconds.flooredDivision(by: 1000)
    return LocalTime(unixMilliseconds, offsetSeconds: offsetSeconds(at: seconds))
  }

  /// The moment at which the clock here shows `2022-08-31 17:58:55`; nil if it never does. Of two such moments it is
  /// the first.
  public func time(_ text: String) -> LocalTime? {
    guard let written = LocalTime(text, offsetSeconds: 0) else { return nil }
    let shown = written.unixMilliseconds / 1000
    let moment = moment(showing: shown)
    guard moment + Int64(offsetSeconds(at: moment)) == shown else { return nil }
    return LocalTime(moment * 1000, offsetSeconds: offsetSeconds(at: moment))
  }

  /// The moment, in Unix milliseconds, at which a day reaches a time of day.
  ///
  /// Where the clock is put back and shows that time twice, it is the first one. Where the clock is put forward and
  /// skips that time, it is as long after the change as the time lies in the gap: 02:30 is 03:30 then.
  public func moment(of time: TimeOfDay, on date: CivilDate) -> Int64 {
    moment(showing: Int64(date.days * 86_400 + time.hour * 3600 + time.minute * 60)) * 1000
  }

  /// The first moment, in Unix milliseconds, of the day that it is here at a moment.
  public func startOfDay(at unixMilliseconds: Int64) -> Int64 {
    moment(of: TimeOfDay(0, 0), on: time(at: unixMilliseconds).civilDate)
  }

  /// - Parameter shown: what the clock shows, in seconds as if it hung in Greenwich.
  private func moment(showing shown: Int64) -> Int64 {
    // Two days around it hold at most one change.
    let before = shown - Int64(offsetSeconds(at: shown - 86_400))
    let after = shown - Int64(offsetSeconds(at: shown + 86_400))
    let first = min(before, after)
    let second = max(before, after)
    if first + Int64(offsetSeconds(at: first)) == shown { return first }
    if second + Int64(offsetSeconds(at: second)) == shown { return second }
    return before
  }
}
