internal import Storage

/// The server's types, as far as values of theirs become something else than text.
enum ServerType {
  case integer, real, numeric, truth, bytes, text

  init(oid: UInt32) {
    self =
      switch oid {
      case 20, 21, 23, 26: .integer
      case 700, 701: .real
      case 1700: .numeric
      case 16: .truth
      case 17: .bytes
      default: .text
      }
  }

  /// - Parameter text: as the server writes it in text form.
  func value(_ text: String) -> Value {
    switch self {
    case .integer: Int64(text).map(Value.int) ?? .text(text)
    case .real: Double(text).map(Value.real) ?? .text(text)
    // Sums of integers are of this type here, and integers on SQLite; averages have a point.
    case .numeric: Int64(text).map(Value.int) ?? Double(text).map(Value.real) ?? .text(text)
    case .truth: .int(text == "t" ? 1 : 0)
    case .bytes: Self.bytes(text).map(Value.blob) ?? .text(text)
    case .text: .text(text)
    }
  }

  /// `\x00ff`: two digits for each byte.
  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2),
      digits.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")])
    else { return nil }
    return stride(from: 2, to: digits.count, by: 2).map {
      digit(digits[$0]) << 4 | digit(digits[$0 + 1])
    }
  }

  private static func digit(_ letter: UInt8) -> UInt8 {
    letter < UInt8(ascii: "a") ? letter - UInt8(ascii: "0") : letter - UInt8(ascii: "a") + 10
  }
}
