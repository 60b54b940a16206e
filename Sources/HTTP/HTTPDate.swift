public import Bytes

/// A moment in whole seconds as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
public struct HTTPDate: Hashable, Sendable, Comparable {
  /// Since 1970 began in Greenwich; between the years 0 and 9999.
  public let unixSeconds: Int

  private static let bounds = -62_167_219_200...253_402_300_799

  /// A moment outside the years that HTTP can write becomes the nearest one inside.
  public init(unixSeconds: Int) {
    let bounds = HTTPDate.bounds
    self.unixSeconds = min(max(unixSeconds, bounds.lowerBound), bounds.upperBound)
  }

  public static func < (left: HTTPDate, right: HTTPDate) -> Bool {
    left.unixSeconds < right.unixSeconds
  }

  /// Appends the 29 bytes of the IMF-fixdate (RFC 9110, 5.6.7).
  public func write(into buffer: inout ByteBuffer) {
    let (days, second) = unixSeconds.divided(by: 86400)
    let date = CivilDate(days: days)
    buffer.append(name: date.weekday, of: HTTPDate.weekdays)
    buffer.append(", ")
    buffer.append(date.day, digits: 2)
    buffer.append(UInt8(ascii: " "))
    buffer.append(name: date.month - 1, of: HTTPDate.months)
    buffer.append(UInt8(ascii: " "))
    buffer.append(date.year, digits: 4)
    buffer.append(UInt8(ascii: " "))
    buffer.append(second / 3600, digits: 2)
    buffer.append(UInt8(ascii: ":"))
    buffer.append(second / 60 % 60, digits: 2)
    buffer.append(UInt8(ascii: ":"))
    buffer.append(second % 60, digits: 2)
    buffer.append(" GMT")
  }

  public var text: String {
    var buffer = ByteBuffer(capacity: 29)
    write(into: &buffer)
    return String(buffer)
  }

  static var weekdays: StaticString { "SunMonTueWedThuFriSat" }
  static var months: StaticString { "JanFebMarAprMayJunJulAugSepOctNovDec" }
}

/// A day of the Gregorian calendar, by the arithmetic of 400-year cycles that begin in March.
struct CivilDate {
  let year: Int
  let month: Int
  let day: Int
  /// 0 is Sunday.
  let weekday: Int

  /// `days` count from 1 January 1970, a Thursday.
  init(days: Int) {
    weekday = (days + 4).divided(by: 7).rest
    let (era, dayOfEra) = (days + 719_468).divided(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Days from 1 January 1970, or nil if there is no such day.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    guard (1...12).contains(month), (1...31).contains(day), (0...9999).contains(year) else {
      return nil
    }
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).divided(by: 400)
    let shifted = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * shifted + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    // 31 April would be counted as 1 May.
    return CivilDate(days: days).day == day ? days : nil
  }
}

extension Int {
  /// The quotient rounded down, and a rest that is never negative.
  fileprivate func divided(by divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}

extension ByteBuffer {
  fileprivate mutating func append(_ number: Int, digits: Int) {
    var unit = digits == 4 ? 1000 : 10
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / unit % 10))
      unit /= 10
    }
  }

  fileprivate mutating func append(name index: Int, of names: StaticString) {
    append(names.bytes.extracting(index * 3..<index * 3 + 3))
  }
}
