/// The elements of a list header (RFC 9110, 5.6.1) one after the other; empty ones are skipped.
/// A separator inside a quoted string separates nothing.
struct ListElements: ~Escapable {
  private let bytes: Span<UInt8>
  private let separator: UInt8
  private var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, separator: UInt8 = UInt8(ascii: ",")) {
    self.bytes = bytes
    self.separator = separator
  }

  @_lifetime(copy self)
  mutating func next() -> Span<UInt8>? {
    while position < bytes.count {
      let start = position
      let end = endOfElement()
      position = end + 1
      let element = bytes.extracting(start..<end).trimmed()
      if !element.isEmpty { return element }
    }
    return nil
  }

  private func endOfElement() -> Int {
    var isQuoted = false
    var index = position
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if isQuoted && byte == UInt8(ascii: "\\") {
        index += 1
      } else if !isQuoted && byte == separator {
        return index
      }
      index += 1
    }
    return bytes.count
  }
}
