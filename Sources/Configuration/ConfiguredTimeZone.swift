public import TimeZones

/// A time zone, written as a name of the time zone database, `Europe/Berlin`, or as a distance from UTC, `+08:00`.
public enum ConfiguredTimeZone: Configurable {
  case offset(seconds: Int)
  case named(TimeZoneRules)

  /// The names are of use only where the machine has the database.
  public static var kindName: String {
    TimeZoneDatabase.system.isInstalled
      ? "a time zone such as Europe/Berlin, or a distance from UTC such as +08:00"
      : "a distance from UTC such as +08:00 (names such as Europe/Berlin need the package tzdata)"
  }

  public init?(configured text: String) {
    if text == "UTC" || text == "Z" {
      self = .offset(seconds: 0)
    } else if let seconds = Self.offset(text) {
      self = .offset(seconds: seconds)
    } else if let rules = try? TimeZoneDatabase.system.rules(named: text) {
      self = .named(rules)
    } else {
      return nil
    }
  }

  private static func offset(_ text: String) -> Int? {
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = Int(parts[0]),
      let minutes = Int(parts[1]), (0...14).contains(hours), (0..<60).contains(minutes)
    else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }

  public var yaml: String {
    switch self {
    case .named(let rules): return rules.name.yaml
    case .offset(let seconds):
      let minutes = abs(seconds) / 60
      let hour = minutes / 60 < 10 ? "0\(minutes / 60)" : "\(minutes / 60)"
      let minute = minutes % 60 < 10 ? "0\(minutes % 60)" : "\(minutes % 60)"
      return "\"\(seconds < 0 ? "-" : "+")\(hour):\(minute)\""
    }
  }
}
