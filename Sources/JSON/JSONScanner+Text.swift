extension JSONScanner {
  /// Takes a string and gives its place.
  public mutating func string() throws(JSONError) -> Text {
    try count()
    guard try significantByte() == UInt8(ascii: "\"") else {
      throw JSONError(.unexpectedByte, at: position)
    }
    return try text()
  }

  /// Takes a string, the current position being its opening quote.
  mutating func text() throws(JSONError) -> Text {
    position &+= 1
    let start = position
    var isEscaped = false
    while true {
      position = WordScan.endOfPlainRun(in: bytes, from: position, stopAtNonASCII: true)
      guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position &+= 1
        return Text(range: start..<position &- 1, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        try skipEscape()
      case 0x80...: try skipUTF8()
      default: throw JSONError(.controlCharacter, at: position)
      }
    }
  }

  private mutating func skipEscape() throws(JSONError) {
    let start = position
    guard start &+ 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
    switch bytes[start &+ 1] {
    case UInt8(ascii: "u"): break
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position &+= 2
      return
    default: throw JSONError(.badEscape, at: start)
    }
    let unit = try codeUnit(at: start)
    position &+= 6
    if unit & 0xFC00 == 0xDC00 { throw JSONError(.loneSurrogate, at: start) }
    guard unit & 0xFC00 == 0xD800 else { return }
    for offset in start &+ 6...start &+ 7 {
      guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
      let expected = offset == start &+ 6 ? UInt8(ascii: "\\") : UInt8(ascii: "u")
      guard bytes[offset] == expected else { throw JSONError(.loneSurrogate, at: start) }
    }
    guard try codeUnit(at: position) & 0xFC00 == 0xDC00 else {
      throw JSONError(.loneSurrogate, at: start)
    }
    position &+= 6
  }

  /// The value of the `\uXXXX` at `start`.
  func codeUnit(at start: Int) throws(JSONError) -> UInt32 {
    guard start &+ 6 <= bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
    var unit: UInt32 = 0
    for offset in start &+ 2..<start &+ 6 {
      guard let digit = Self.hexDigit(bytes[offset]) else {
        throw JSONError(.badEscape, at: start)
      }
      unit = unit << 4 | digit
    }
    return unit
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- 0x30)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- 0x57)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- 0x37)
    default: nil
    }
  }

  /// Skips one character that is not ASCII (RFC 3629, 4: the table of well-formed sequences).
  private mutating func skipUTF8() throws(JSONError) {
    let first = bytes[position]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONError(.invalidUTF8, at: position)
    }
    guard position &+ length <= bytes.count else {
      throw JSONError(.unexpectedEnd, at: bytes.count)
    }
    guard second.contains(bytes[position &+ 1]) else {
      throw JSONError(.invalidUTF8, at: position)
    }
    for offset in 2..<max(length, 2) where bytes[position &+ offset] & 0xC0 != 0x80 {
      throw JSONError(.invalidUTF8, at: position)
    }
    position &+= length
  }
}

// The decoded text of a scanned string.
extension JSONScanner {
  /// Whether `text` says exactly `word`; an escaped spelling of it counts too.
  public func says(_ word: StaticString, _ text: Text) -> Bool {
    if text.isEscaped { return string(text) == word.description }
    guard text.range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<text.range.count
    where bytes[text.range.lowerBound &+ index] != word.utf8Start[index] { return false }
    return true
  }

  /// The text as a string. It must have been scanned by this scanner.
  public func string(_ text: Text) -> String {
    let content = bytes.extracting(text.range)
    // The scan has checked the encoding already.
    guard text.isEscaped else { return String(copying: UTF8Span(unchecked: content)) }
    return unescaped(text)
  }

  private func unescaped(_ text: Text) -> String {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.range.count)
    var offset = text.range.lowerBound
    while offset < text.range.upperBound {
      guard bytes[offset] == UInt8(ascii: "\\") else {
        plain.append(bytes[offset])
        offset &+= 1
        continue
      }
      offset = appendEscape(at: offset, to: &plain)
    }
    return String(copying: UTF8Span(unchecked: plain.span))
  }

  /// Appends what the escape at `offset` stands for; gives the position behind it.
  private func appendEscape(at offset: Int, to plain: inout [UInt8]) -> Int {
    switch bytes[offset &+ 1] {
    case UInt8(ascii: "b"): plain.append(0x08)
    case UInt8(ascii: "f"): plain.append(0x0C)
    case UInt8(ascii: "n"): plain.append(0x0A)
    case UInt8(ascii: "r"): plain.append(0x0D)
    case UInt8(ascii: "t"): plain.append(0x09)
    case UInt8(ascii: "u"):
      let (scalar, length) = scalar(at: offset)
      plain.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
      return offset &+ length
    case let byte: plain.append(byte)
    }
    return offset &+ 2
  }

  private func scalar(at offset: Int) -> (Unicode.Scalar, length: Int) {
    guard let high = try? codeUnit(at: offset) else { preconditionFailure("not scanned before") }
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    guard let low = try? codeUnit(at: offset &+ 6),
      let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + low & 0x3FF)
    else { preconditionFailure("not scanned before") }
    return (scalar, 12)
  }
}
