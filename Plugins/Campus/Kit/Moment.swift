internal import PluginKit
internal import TimeZones

/// A moment to the microsecond in the document's notation: ISO 8601 in Asia/Shanghai.
struct Moment: Sendable, Hashable, Comparable {
  private static let zoneSeconds = 8 * 3600

  /// Since 1970-01-01 UTC; the form in which tables keep it.
  let microseconds: Int64

  /// The years 1 to 9999 in every zone. Arithmetic with these cannot overflow.
  private static let possible: ClosedRange<Int64> =
    -62_135_510_400_000_000...253_402_214_399_999_999

  /// A number outside of the possible years counts as the nearest inside.
  init(microseconds: Int64) {
    self.microseconds = min(
      max(microseconds, Moment.possible.lowerBound), Moment.possible.upperBound)
  }

  init(milliseconds: Int64) {
    let (microseconds, isTooLarge) = milliseconds.multipliedReportingOverflow(by: 1000)
    self.init(microseconds: isTooLarge ? (milliseconds < 0 ? .min : .max) : microseconds)
  }

  /// From `2020-02-22T17:02:00+08:00` and its variants; without an offset the zone is
  /// Asia/Shanghai. Nil if it is no such moment.
  init?(_ text: String) {
    var scanner = MomentScanner(text)
    guard let moment = scanner.moment(zoneSeconds: Moment.zoneSeconds) else { return nil }
    self.init(microseconds: moment)
  }

  /// `2020-02-20T10:11:12.123456+08:00`; without the fraction if that is zero.
  var text: String {
    let (milliseconds, rest) = microseconds.flooredQuotientAndRemainder(dividingBy: 1000)
    let local = LocalTime(milliseconds, offsetSeconds: Moment.zoneSeconds)
    let fraction = local.millisecond * 1000 + Int(rest)
    let digits = String(fraction)
    let padded = String(repeating: "0", count: 6 - digits.utf8.count) + digits
    return "\(local.date)T\(local.time)\(fraction == 0 ? "" : ".\(padded)")+08:00"
  }

  static func < (a: Moment, b: Moment) -> Bool { a.microseconds < b.microseconds }

  static func + (a: Moment, seconds: Int64) -> Moment {
    let bounded = min(max(seconds, -1_000_000_000_000), 1_000_000_000_000)
    return Moment(microseconds: a.microseconds + bounded * 1_000_000)
  }
}

extension Int64 {
  fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}

/// Reads the notations of a moment that the original framework takes.
private struct MomentScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  /// In Unix microseconds.
  mutating func moment(zoneSeconds: Int) -> Int64? {
    guard let date = date(), take("T") || take(" "), let second = secondOfDay(),
      let fraction = fraction(), let offset = offset(defaultSeconds: zoneSeconds), rest.isEmpty
    else { return nil }
    // The first and the last day of the calendar have no moment in some zones.
    return Int64(date.days * 86_400 + second - offset) * 1_000_000 + Int64(fraction)
  }

  private mutating func date() -> CivilDate? {
    guard let year = number(4...4), year >= 1, take("-"), let month = number(1...2), take("-"),
      let day = number(1...2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return CivilDate(days: date.days) == date ? date : nil
  }

  private mutating func secondOfDay() -> Int? {
    guard let hour = number(1...2), hour < 24, take(":"), let minute = number(1...2), minute < 60
    else { return nil }
    guard take(":") else { return hour * 3600 + minute * 60 }
    guard let second = number(1...2), second < 60 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// In microseconds; digits after the sixth are dropped.
  private mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    let digits = rest.prefix { (48...57).contains($0) }
    guard (1...12).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let kept = digits.prefix(6).reduce(0) { $0 * 10 + Int($1 - 48) }
    return (digits.count..<max(6, digits.count)).reduce(kept) { number, _ in number * 10 }
  }

  private mutating func offset(defaultSeconds: Int) -> Int? {
    guard !rest.isEmpty else { return defaultSeconds }
    if take("Z") || take("z") { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard take("+") || take("-"), let hours = number(2...2), hours < 24 else { return nil }
    let hasColon = take(":")
    guard hasColon || !rest.isEmpty else { return (isWest ? -1 : 1) * hours * 3600 }
    guard let minutes = number(2...2), minutes < 60 else { return nil }
    return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard let first = rest.first, first == UInt8(ascii: sign) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func number(_ width: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix(width.upperBound).prefix { (48...57).contains($0) }
    guard digits.count >= width.lowerBound else { return nil }
    rest = rest.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}
