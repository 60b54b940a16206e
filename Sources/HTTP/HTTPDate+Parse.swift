internal import Bytes

extension HTTPDate {
  /// Reads the form that is in use, and the two that RFC 9110, 5.6.7 keeps for old senders;
  /// anything else is nil, which callers treat as a missing header.
  public init?(_ bytes: Span<UInt8>) {
    let moment: Int?
    if bytes.count == 29 {
      moment = HTTPDate.parseFixed(bytes)
    } else if bytes.count == 24 {
      moment = HTTPDate.parseC(bytes)
    } else {
      moment = HTTPDate.parseShortYear(bytes)
    }
    guard let moment else { return nil }
    self.init(unixSeconds: moment)
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`
  private static func parseFixed(_ bytes: Span<UInt8>) -> Int? {
    guard position(of: bytes.extracting(0..<3), in: weekdays) != nil,
      matches(bytes, "???, ?? ??? ???? ??:??:?? GMT"),
      let day = bytes.number(5, 2), let year = bytes.number(12, 4),
      let month = position(of: bytes.extracting(8..<11), in: months)
    else { return nil }
    return moment(year, month + 1, day, bytes, clockAt: 17)
  }

  /// `Sun Nov  6 08:49:37 1994`
  private static func parseC(_ bytes: Span<UInt8>) -> Int? {
    guard position(of: bytes.extracting(0..<3), in: weekdays) != nil,
      matches(bytes, "??? ??? ?? ??:??:?? ????"),
      let day = bytes[8] == .space ? bytes.number(9, 1) : bytes.number(8, 2),
      let year = bytes.number(20, 4),
      let month = position(of: bytes.extracting(4..<7), in: months)
    else { return nil }
    return moment(year, month + 1, day, bytes, clockAt: 11)
  }

  /// `Sunday, 06-Nov-94 08:49:37 GMT`; two digits mean the years 1970 to 2069, since no page here
  /// is older than the web.
  private static func parseShortYear(_ bytes: Span<UInt8>) -> Int? {
    guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")), (6...9).contains(comma),
      position(of: bytes.extracting(0..<3), in: weekdays) != nil
    else { return nil }
    let rest = bytes.extracting(comma...)
    guard rest.count == 24, matches(rest, ", ??-???-?? ??:??:?? GMT"),
      let day = rest.number(2, 2), let year = rest.number(9, 2),
      let month = position(of: rest.extracting(5..<8), in: months)
    else { return nil }
    return moment(year < 70 ? year + 2000 : year + 1900, month + 1, day, rest, clockAt: 12)
  }

  private static func moment(
    _ year: Int, _ month: Int, _ day: Int, _ bytes: Span<UInt8>, clockAt start: Int
  ) -> Int? {
    guard let days = CivilDate.days(year: year, month: month, day: day),
      let hour = bytes.number(start, 2), let minute = bytes.number(start + 3, 2),
      let second = bytes.number(start + 6, 2),
      // A leap second counts as the one before it.
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return days * 86400 + hour * 3600 + minute * 60 + min(second, 59)
  }

  /// Whether the bytes are those of the pattern, where a question mark stands for any byte.
  private static func matches(_ bytes: Span<UInt8>, _ pattern: StaticString) -> Bool {
    let pattern = pattern.bytes
    for index in pattern.indices {
      if pattern[index] != UInt8(ascii: "?") && pattern[index] != bytes[index] { return false }
    }
    return true
  }

  private static func position(of name: Span<UInt8>, in names: StaticString) -> Int? {
    let names = names.bytes
    for index in 0..<names.count / 3 {
      if names.extracting(index * 3..<index * 3 + 3).elementsEqual(name) { return index }
    }
    return nil
  }
}

extension Span where Element == UInt8 {
  /// The decimal number in exactly `length` digits from `start` on.
  fileprivate func number(_ start: Int, _ length: Int) -> Int? {
    var number = 0
    for index in start..<start + length {
      guard self[index].isDigit else { return nil }
      number = number * 10 + Int(self[index] &- 0x30)
    }
    return number
  }
}
