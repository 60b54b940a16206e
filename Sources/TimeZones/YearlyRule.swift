/// How a zone changes every year: the text behind `TZ` (POSIX.1, 8.3), such as
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyRule: Sendable, Equatable {
  /// Seconds east of Greenwich.
  let standard: Int
  let daylight: (offset: Int, start: ChangeTime, end: ChangeTime)?

  static func == (a: YearlyRule, b: YearlyRule) -> Bool {
    a.standard == b.standard && a.daylight?.offset == b.daylight?.offset
      && a.daylight?.start == b.daylight?.start && a.daylight?.end == b.daylight?.end
  }

  /// nil if the text is no rule.
  init?(_ text: String) {
    var reader = RuleReader(text)
    guard reader.skipName(), let west = reader.time(hours: 24) else { return nil }
    standard = -west
    guard !reader.isAtEnd else {
      daylight = nil
      return
    }
    guard reader.skipName() else { return nil }
    var offset = standard + 3600
    if reader.next != UInt8(ascii: ",") {
      guard let west = reader.time(hours: 24) else { return nil }
      offset = -west
    }
    guard reader.skip(","), let start = ChangeTime(&reader), reader.skip(","),
      let end = ChangeTime(&reader), reader.isAtEnd
    else { return nil }
    daylight = (offset, start, end)
  }

  func offsetSeconds(at moment: Int64) -> Int {
    guard let (offset, start, end) = daylight else { return standard }
    let day = (Int(moment) + standard).flooredQuotient(by: 86_400)
    let year = CivilDate(days: day).year
    let begins = start.second(of: year) - standard
    let ends = end.second(of: year) - offset
    let now = Int(moment)
    // In the south the year begins and ends with daylight saving time.
    let isDaylight =
      begins < ends ? begins <= now && now < ends : !(ends <= now && now < begins)
    return isDaylight ? offset : standard
  }
}

/// A moment of the year at which a clock is changed.
struct ChangeTime: Sendable, Equatable {
  enum Day: Sendable, Equatable {
    /// 1 to 365, and February 29 is never counted.
    case julian(Int)
    /// 0 to 365.
    case ofYear(Int)
    /// The last one if `week` is 5.
    case weekday(Int, week: Int, month: Int)
  }

  let day: Day
  /// Seconds after the midnight at which the day begins, of the clock before the change.
  let time: Int

  init?(_ reader: inout RuleReader) {
    guard let day = Day(&reader) else { return nil }
    self.day = day
    guard reader.skip("/") else {
      time = 7200
      return
    }
    guard let time = reader.time(hours: 167) else { return nil }
    self.time = time
  }

  /// In the clock before the change, as if it showed UTC.
  func second(of year: Int) -> Int { day.days(in: year) * 86_400 + time }
}

extension ChangeTime.Day {
  fileprivate init?(_ reader: inout RuleReader) {
    if reader.skip("J") {
      guard let day = reader.number(1...365) else { return nil }
      self = .julian(day)
    } else if reader.skip("M") {
      guard let month = reader.number(1...12), reader.skip("."), let week = reader.number(1...5),
        reader.skip("."), let weekday = reader.number(0...6)
      else { return nil }
      self = .weekday(weekday, week: week, month: month)
    } else {
      guard let day = reader.number(0...365) else { return nil }
      self = .ofYear(day)
    }
  }

  /// Days since 1970-01-01.
  fileprivate func days(in year: Int) -> Int {
    let first = CivilDate(year: year, month: 1, day: 1)
    switch self {
    case .julian(let day): return first.days + day - (first.isInLeapYear && day >= 60 ? 0 : 1)
    case .ofYear(let day): return first.days + day
    case .weekday(let weekday, let week, let month):
      let start = CivilDate(year: year, month: month, day: 1)
      let next = CivilDate(
        year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
      let day = start.days + (weekday - start.weekday + 7) % 7 + (week - 1) * 7
      return day < next.days ? day : day - 7
    }
  }
}

extension Int {
  func flooredQuotient(by divisor: Int) -> Int {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
