public import TimeZones

/// A moment as a calendar and a wall clock show it.
///
/// It keeps the offset that held at that moment, so that every conversion is exact both ways; in a
/// zone whose clock is changed, another moment may have another one. `LocalZone` knows which.
public struct LocalTime: Sendable, Hashable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  public var millisecond: Int
  public let offsetSeconds: Int

  public init(_ unixMilliseconds: Int64, offsetSeconds: Int) {
    let local = unixMilliseconds + Int64(offsetSeconds) * 1000
    let days = Int(local.flooredDivision(by: 86_400_000))
    let rest = Int(local - Int64(days) * 86_400_000)
    let date = CivilDate(days: days)
    (year, month, day) = (date.year, date.month, date.day)
    hour = rest / 3_600_000
    minute = rest / 60_000 % 60
    second = rest / 1000 % 60
    millisecond = rest % 1000
    self.offsetSeconds = offsetSeconds
  }

  /// From `2022-08-31 17:58:55` (a `T` between is fine); nil if it is no such moment.
  public init?(_ text: String, offsetSeconds: Int) {
    let bytes = Array(text.utf8)
    guard bytes.count == 19, bytes[4] == 45, bytes[7] == 45, bytes[13] == 58, bytes[16] == 58,
      bytes[10] == 32 || bytes[10] == 84
    else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].reduce(0) { sum, byte in
        sum.flatMap { (48...57).contains(byte) ? $0 * 10 + Int(byte - 48) : nil }
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    let days = date.days
    guard CivilDate(days: days) == date else { return nil }
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds
    self.init(Int64(seconds) * 1000, offsetSeconds: offsetSeconds)
  }

  public var unixMilliseconds: Int64 {
    let days = civilDate.days
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds
    return Int64(seconds) * 1000 + Int64(millisecond)
  }

  public var civilDate: CivilDate { CivilDate(year: year, month: month, day: day) }

  public var weekday: Weekday {
    Weekday(rawValue: civilDate.weekday) ?? .sunday
  }

  /// `2022-08-31`
  public var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  /// `2022-08-31 17:58:55`
  ///
  /// Long lists print two of these per line: the digits go straight into the text.
  public var dateTime: String {
    String(unsafeUninitializedCapacity: 19) { text in
      func put(_ number: Int, _ width: Int, at start: Int, then separator: UInt8?) {
        var rest = max(number, 0)
        for index in (start..<start + width).reversed() {
          text[index] = 48 + UInt8(rest % 10)
          rest /= 10
        }
        if let separator { text[start + width] = separator }
      }
      put(year, 4, at: 0, then: UInt8(ascii: "-"))
      put(month, 2, at: 5, then: UInt8(ascii: "-"))
      put(day, 2, at: 8, then: UInt8(ascii: " "))
      put(hour, 2, at: 11, then: UInt8(ascii: ":"))
      put(minute, 2, at: 14, then: UInt8(ascii: ":"))
      put(second, 2, at: 17, then: nil)
      return 19
    }
  }

  /// `17:58:55`
  public var time: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Int64 {
  func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
