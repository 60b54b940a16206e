extension JSONScanner {
  public enum Number: Sendable, Equatable {
    case int(Int64)
    case double(Double)
  }

  /// Takes a number: a whole one that fits is an integer, all others are doubles, `-0` too.
  public mutating func number() throws(JSONError) -> Number {
    try count()
    _ = try significantByte()
    let start = position
    var digits = Digits()
    if bytes[start] == UInt8(ascii: "-") {
      digits.isNegative = true
      position &+= 1
    }
    try whole(&digits, from: start)
    let isWhole = try fraction(&digits, from: start)
    let hasExponent = try exponent(&digits, from: start)
    if isWhole, !hasExponent, let value = digits.integer { return .int(value) }
    if let value = digits.exactDouble { return .double(value) }
    return .double(try slowDouble(from: start))
  }

  // RFC 8259, 6: a zero in front stands alone.
  private mutating func whole(_ digits: inout Digits, from start: Int) throws(JSONError) {
    let first = position
    takeDigits(&digits)
    let length = position &- first
    guard length > 0 else { throw fault(from: start) }
    if bytes[first] == UInt8(ascii: "0"), length > 1 { throw JSONError(.badNumber, at: start) }
  }

  /// Whether there is no fraction.
  private mutating func fraction(_ digits: inout Digits, from start: Int) throws(JSONError)
    -> Bool
  {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return true }
    position &+= 1
    let first = position
    takeDigits(&digits)
    guard position > first else { throw fault(from: start) }
    digits.exponent = first &- position
    return false
  }

  private mutating func exponent(_ digits: inout Digits, from start: Int) throws(JSONError)
    -> Bool
  {
    guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return false }
    position &+= 1
    var isNegative = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == 0x2B {
      isNegative = bytes[position] == UInt8(ascii: "-")
      position &+= 1
    }
    var power = Digits()
    let first = position
    takeDigits(&power)
    guard position > first else { throw fault(from: start) }
    // Nothing beyond a few hundred has a meaning; the slow way sorts it out.
    let amount = power.overflowed ? 100_000 : Int(min(power.mantissa, 100_000))
    digits.exponent += isNegative ? -amount : amount
    return true
  }

  private mutating func takeDigits(_ digits: inout Digits) {
    while position < bytes.count {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit <= 9 else { return }
      digits.add(digit)
      position &+= 1
    }
  }

  /// A number broken off by the end of the text might have become a good one.
  private func fault(from start: Int) -> JSONError {
    position == bytes.count
      ? JSONError(.unexpectedEnd, at: position) : JSONError(.badNumber, at: start)
  }

  private func slowDouble(from start: Int) throws(JSONError) -> Double {
    let text = String(copying: UTF8Span(unchecked: bytes.extracting(start..<position)))
    guard let value = Double(text), value.isFinite else {
      throw JSONError(.numberOutOfRange, at: start)
    }
    return value
  }
}

/// The digits of a number, as far as 64 bits hold them.
private struct Digits {
  var isNegative = false
  var mantissa: UInt64 = 0
  var overflowed = false
  var exponent = 0

  @inline(__always) mutating func add(_ digit: UInt8) {
    let (high, overflow) = mantissa.multipliedReportingOverflow(by: 10)
    let (sum, carry) = high.addingReportingOverflow(UInt64(digit))
    mantissa = sum
    if overflow || carry { overflowed = true }
  }

  /// `nil` for what is too large, and for `-0`, which only a double can hold.
  var integer: Int64? {
    if overflowed { return nil }
    if !isNegative { return Int64(exactly: mantissa) }
    if mantissa == 0 || mantissa > UInt64(Int64.max) + 1 { return nil }
    return Int64(truncatingIfNeeded: 0 &- mantissa)
  }

  /// The number, if one rounding is enough to have it right: the digits and the power of ten are
  /// both exact as doubles then, and IEEE 754 rounds a single operation correctly.
  var exactDouble: Double? {
    guard !overflowed, mantissa <= 1 << 53, exponent.magnitude < powersOfTen.count else {
      return nil
    }
    let power = powersOfTen[Int(exponent.magnitude)]
    let size = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    return isNegative ? -size : size
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
