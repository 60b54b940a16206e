/// Bytes as pairs of hexadecimal digits.
public enum Hex {
  /// Lower-case digits.
  public static func encode(_ bytes: Span<UInt8>) -> String {
    unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { target in
      for index in bytes.indices {
        unsafe target[2 * index] = digit(bytes[index] >> 4)
        unsafe target[2 * index + 1] = digit(bytes[index] & 15)
      }
      return bytes.count * 2
    }
  }

  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

  /// The bytes that `text` stands for, in either case; nil when a digit is missing or none.
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    for index in 0..<text.count / 2 {
      guard let high = value(of: text[2 * index]), let low = value(of: text[2 * index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  public static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { unsafe decode($0.span) }
  }

  /// The value of one digit in either case.
  @inlinable public static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  @inline(__always) private static func digit(_ value: UInt8) -> UInt8 {
    value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }
}
