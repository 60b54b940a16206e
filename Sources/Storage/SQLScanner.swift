/// Cuts a statement into what may be changed and what may not.
struct SQLScanner {
  enum Piece: Equatable {
    case other(String)
    /// A text literal or a quoted name, with its quotes.
    case quoted(String)
    case comment
    /// `?` or `?12`.
    case parameter(String)
    /// `{word}`.
    case token(String)
    /// A semicolon.
    case end
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ source: String) { bytes = Array(source.utf8) }

  mutating func next() -> Piece? {
    guard position < bytes.count else { return nil }
    let start = position
    switch (bytes[position], byte(after: 1)) {
    case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
      skipQuoted(bytes[position])
      return .quoted(text(from: start))
    case (UInt8(ascii: "-"), UInt8(ascii: "-")):
      skip(until: UInt8(ascii: "\n"))
      return .comment
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      skipBlockComment()
      return .comment
    case (UInt8(ascii: "?"), _):
      position += 1
      while let digit = byte(after: 0), isDigit(digit) { position += 1 }
      return .parameter(text(from: start))
    case (UInt8(ascii: "{"), _):
      skip(until: UInt8(ascii: "}"))
      position = min(position + 1, bytes.count)
      return .token(text(from: start))
    case (UInt8(ascii: ";"), _):
      position += 1
      return .end
    default:
      skipOther()
      return .other(text(from: start))
    }
  }

  private func byte(after distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func skip(until end: UInt8) {
    while let byte = byte(after: 0), byte != end { position += 1 }
  }

  /// A doubled quote inside needs no care: it ends one piece and begins the next.
  private mutating func skipQuoted(_ quote: UInt8) {
    position += 1
    skip(until: quote)
    position = min(position + 1, bytes.count)
  }

  private mutating func skipBlockComment() {
    position += 2
    while let byte = byte(after: 0) {
      if byte == UInt8(ascii: "*"), self.byte(after: 1) == UInt8(ascii: "/") { break }
      position += 1
    }
    position = min(position + 2, bytes.count)
  }

  /// Always takes one byte, which no case above wanted, then all that none of them would.
  private mutating func skipOther() {
    position += 1
    while let byte = byte(after: 0) {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"), UInt8(ascii: "{"),
        UInt8(ascii: ";"), UInt8(ascii: "-"), UInt8(ascii: "/"):
        return
      default: position += 1
      }
    }
  }
}
