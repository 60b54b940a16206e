internal import Bytes

/// A set of ASCII bytes as two words: a question costs a shift, and no table is loaded.
struct ByteSet {
  private let low: UInt64
  private let high: UInt64

  @inline(__always) func contains(_ byte: UInt8) -> Bool {
    let half = byte < 64 ? low : byte < 128 ? high : 0
    return half &>> UInt64(byte & 63) & 1 != 0
  }

  /// RFC 9110, 5.6.2: `tchar`.
  static var token: ByteSet { ByteSet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe) }
  /// RFC 3986, 3.3: `pchar` and the slash; the percent sign stands for its triplet.
  static var path: ByteSet { ByteSet(low: 0x2fff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff) }
  /// RFC 3986, 3.4, and what browsers leave unencoded there: brackets, braces, bar, caret,
  /// backtick and backslash.
  static var query: ByteSet { ByteSet(low: 0xafff_fff2_0000_0000, high: 0x7fff_ffff_ffff_ffff) }
  /// RFC 3986, 2.3: `unreserved`.
  static var unreserved: ByteSet {
    ByteSet(low: 0x03ff_6000_0000_0000, high: 0x47ff_fffe_87ff_fffe)
  }
  /// RFC 6265, 4.1.1: `cookie-octet`.
  static var cookie: ByteSet { ByteSet(low: 0xf7ff_effa_0000_0000, high: 0x7fff_ffff_efff_ffff) }
  /// RFC 8187, 3.2.1: `attr-char`.
  static var attribute: ByteSet {
    ByteSet(low: 0x03ff_685a_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
  }
  /// RFC 2046, 5.1.1: `bchars`.
  static var boundary: ByteSet {
    ByteSet(low: 0xa7ff_fb81_0000_0000, high: 0x07ff_fffe_87ff_fffe)
  }
}

extension UInt8 {
  static var lineFeed: UInt8 { 0x0A }
  static var carriageReturn: UInt8 { 0x0D }
  static var space: UInt8 { 0x20 }
  static var tab: UInt8 { 0x09 }

  /// Space or tab (RFC 9110, 5.6.3).
  @inline(__always) var isBlank: Bool { self == .space || self == .tab }
  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

  /// The letter in lower case, any other byte as it is.
  @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// The value of the byte as a hexadecimal digit.
  @inline(__always) var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self &- 0x30
    case 0x41...0x46: self &- 0x37
    case 0x61...0x66: self &- 0x57
    default: nil
    }
  }
}

extension Span where Element == UInt8 {
  /// Equal but for the case of ASCII letters.
  @inline(__always) func matches(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index].lowercased != other[index].lowercased { return false }
    return true
  }

  /// The bytes without blanks at either end.
  @_lifetime(copy self)
  func trimmed() -> Span<UInt8> {
    var start = 0
    var end = count
    while start < end, self[start].isBlank { start += 1 }
    while end > start, self[end - 1].isBlank { end -= 1 }
    return extracting(start..<end)
  }

  /// Whether every byte may stand in a header value (RFC 9110, 5.5): no controls but tab.
  func isFieldValue() -> Bool {
    var index = 0
    while index &+ 8 <= count {
      if word(at: index).mayHoldControls, !hasOnlyText(from: index, to: index &+ 8) { return false }
      index &+= 8
    }
    return hasOnlyText(from: index, to: count)
  }

  private func hasOnlyText(from start: Int, to end: Int) -> Bool {
    for index in start..<end {
      let byte = self[index]
      if byte < 0x20 && byte != .tab || byte == 0x7F { return false }
    }
    return true
  }

  func isToken() -> Bool {
    for index in indices where !ByteSet.token.contains(self[index]) { return false }
    return !isEmpty
  }
}

extension UInt64 {
  /// Whether one of the eight bytes is below 0x20 or is 0x7F; may also say so when a neighbour is.
  @inline(__always) fileprivate var mayHoldControls: Bool {
    let tops: UInt64 = 0x8080_8080_8080_8080
    let below = (self &- 0x2020_2020_2020_2020) & ~self & tops
    let delete = self ^ 0x7F7F_7F7F_7F7F_7F7F
    return below | ((delete &- 0x0101_0101_0101_0101) & ~delete & tops) != 0
  }
}
