/// Base64 in one of its spellings (RFC 4648), both ways; decoding accepts exactly one spelling of
/// every value, so that a signed or compared text cannot be varied.
@safe public struct Base64: Sendable {
  /// `+`, `/` and padding with `=`.
  public static let standard = Base64(digits: Base64.digits("+/"), isPadded: true)
  /// `+` and `/`, never padded.
  public static let unpadded = Base64(digits: Base64.digits("+/"), isPadded: false)
  /// `-` and `_`, never padded: for tokens in URLs and headers.
  public static let url = Base64(digits: Base64.digits("-_"), isPadded: false)

  private static let pad = UInt8(ascii: "=")
  private static let invalid: UInt8 = 0xFF

  private let encoding: [64 of UInt8]
  private let decoding: [256 of UInt8]
  private let isPadded: Bool

  private init(digits: [64 of UInt8], isPadded: Bool) {
    encoding = digits
    var table: [256 of UInt8] = .init(repeating: Self.invalid)
    for value in 0..<64 { table[Int(digits[value])] = UInt8(value) }
    decoding = table
    self.isPadded = isPadded
  }

  private static func digits(_ lastTwo: StaticString) -> [64 of UInt8] {
    var digits: [64 of UInt8] = .init(repeating: 0)
    for value in 0..<26 {
      digits[value] = UInt8(ascii: "A") + UInt8(value)
      digits[26 + value] = UInt8(ascii: "a") + UInt8(value)
    }
    for value in 0..<10 { digits[52 + value] = UInt8(ascii: "0") + UInt8(value) }
    digits[62] = unsafe lastTwo.utf8Start[0]
    digits[63] = unsafe lastTwo.utf8Start[1]
    return digits
  }

  /// How many characters `count` bytes become.
  public func encodedCount(_ count: Int) -> Int {
    isPadded ? (count + 2) / 3 * 4 : (count * 4 + 2) / 3
  }
}

extension Base64 {
  public func encode(_ bytes: Span<UInt8>) -> String {
    unsafe String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { target in
      unsafe bytes.withUnsafeBytes { unsafe encode($0, to: UnsafeMutableRawBufferPointer(target)) }
    }
  }

  public func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

  /// Appends the encoded form of `bytes` without a detour through a string.
  public func append(_ bytes: Span<UInt8>, to buffer: inout ByteBuffer) {
    unsafe buffer.appendUnsafe(minimum: encodedCount(bytes.count)) { target in
      unsafe bytes.withUnsafeBytes { unsafe encode($0, to: target) }
    }
  }

  private func encode(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
  ) -> Int {
    var read = 0
    var written = 0
    while read + 3 <= source.count {
      let group =
        unsafe UInt32(source[read]) << 16 | UInt32(source[read + 1]) << 8
        | UInt32(source[read + 2])
      unsafe put(group, digits: 4, to: target, at: written)
      read += 3
      written += 4
    }
    let rest = source.count - read
    guard rest > 0 else { return written }
    let group = unsafe UInt32(source[read]) << 16 | (rest == 2 ? UInt32(source[read + 1]) << 8 : 0)
    unsafe put(group, digits: rest + 1, to: target, at: written)
    written += rest + 1
    while isPadded, written % 4 != 0 {
      unsafe target[written] = Self.pad
      written += 1
    }
    return written
  }

  @inline(__always)
  private func put(
    _ group: UInt32, digits: Int, to target: UnsafeMutableRawBufferPointer, at start: Int
  ) {
    for index in 0..<digits {
      let value = Int(group >> (18 - 6 * UInt32(index)) & 63)
      unsafe target[start + index] = encoding[value]
    }
  }
}

extension Base64 {
  /// The bytes that `text` stands for; nil unless it is exactly what `encode` would have written.
  public func decode(_ text: Span<UInt8>) -> [UInt8]? {
    let digits = digitCount(of: text)
    guard let digits, digits % 4 != 1 else { return nil }
    var isValid = true
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: digits * 3 / 4) { target, count in
      unsafe text.withUnsafeBytes {
        isValid = unsafe decode($0, digits: digits, to: target)
      }
      count = isValid ? digits * 3 / 4 : 0
    }
    return isValid ? bytes : nil
  }

  public func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { unsafe decode($0.span) }
  }

  /// How many characters carry bits; nil when the padding is not what it must be.
  private func digitCount(of text: Span<UInt8>) -> Int? {
    guard isPadded else { return text.count }
    guard text.count % 4 == 0 else { return nil }
    var digits = text.count
    while digits > 0, text.count - digits < 2, text[digits - 1] == Self.pad { digits -= 1 }
    return digits
  }

  private func decode(
    _ text: UnsafeRawBufferPointer, digits: Int, to target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    var bits: UInt32 = 0
    var seen: UInt8 = 0
    var written = 0
    for index in 0..<digits {
      let value = unsafe decoding[Int(text[index])]
      seen |= value
      bits = bits << 6 | UInt32(value & 63)
      guard index % 4 == 3 else { continue }
      unsafe target[written] = UInt8(truncatingIfNeeded: bits >> 16)
      unsafe target[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
      unsafe target[written + 2] = UInt8(truncatingIfNeeded: bits)
      written += 3
      bits = 0
    }
    // A digit's value is below 64; only the mark for "no digit" has the top bits.
    guard seen < 64 else { return false }
    return unsafe decodeRest(bits, digits % 4, target, written)
  }

  /// The last, partial group. Bits that stand for nothing must be zero, or two texts would decode
  /// to the same bytes (RFC 4648, 3.5).
  private func decodeRest(
    _ bits: UInt32, _ digits: Int, _ target: UnsafeMutableBufferPointer<UInt8>, _ written: Int
  ) -> Bool {
    switch digits {
    case 2:
      unsafe target[written] = UInt8(truncatingIfNeeded: bits >> 4)
      return bits & 0xF == 0
    case 3:
      unsafe target[written] = UInt8(truncatingIfNeeded: bits >> 10)
      unsafe target[written + 1] = UInt8(truncatingIfNeeded: bits >> 2)
      return bits & 0x3 == 0
    default:
      return true
    }
  }
}
