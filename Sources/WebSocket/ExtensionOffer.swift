/// One element of a `Sec-WebSocket-Extensions` header (RFC 6455, 9.1).
struct ExtensionOffer: Equatable {
  struct Parameter: Equatable {
    let name: String
    /// Without its quotes, if it had any.
    let value: String?
  }

  let name: String
  let parameters: [Parameter]

  /// All elements of all lines of the header; nil when one of them is not well formed.
  static func list(_ lines: [String]) -> [ExtensionOffer]? {
    var offers: [ExtensionOffer] = []
    for line in lines {
      var scanner = TokenScanner(line)
      repeat {
        // The list grammar of RFC 2616 allows empty elements.
        scanner.skipBlanks()
        if scanner.isAtEnd || scanner.isAt(",") { continue }
        guard let offer = scanner.offer() else { return nil }
        offers.append(offer)
      } while scanner.take(",")
      guard scanner.isAtEnd else { return nil }
    }
    return offers
  }
}

/// Walks over the tokens and quoted strings of a header value.
struct TokenScanner {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { at == bytes.count }

  func isAt(_ character: Unicode.Scalar) -> Bool {
    at < bytes.count && bytes[at] == UInt8(ascii: character)
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isAt(character) else { return false }
    at += 1
    return true
  }

  mutating func skipBlanks() {
    while isAt(" ") || isAt("\t") { at += 1 }
  }

  /// A token (RFC 9110, 5.6.2); nil if there is none here.
  mutating func token() -> String? {
    let start = at
    while at < bytes.count, TokenScanner.isTokenByte(bytes[at]) { at += 1 }
    return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
  }

  /// The text between quotes; RFC 6455, 9.1: unquoted it must be a token.
  private mutating func quoted() -> String? {
    var content: [UInt8] = []
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") { at += 1 }
      guard at < bytes.count, TokenScanner.isTokenByte(bytes[at]) else { return nil }
      content.append(bytes[at])
      at += 1
    }
    guard take("\""), !content.isEmpty else { return nil }
    return String(decoding: content, as: UTF8.self)
  }

  mutating func offer() -> ExtensionOffer? {
    guard let name = token() else { return nil }
    var parameters: [ExtensionOffer.Parameter] = []
    skipBlanks()
    while take(";") {
      skipBlanks()
      guard let parameter = parameter() else { return nil }
      parameters.append(parameter)
      skipBlanks()
    }
    return ExtensionOffer(name: name, parameters: parameters)
  }

  private mutating func parameter() -> ExtensionOffer.Parameter? {
    guard let name = token() else { return nil }
    skipBlanks()
    guard take("=") else { return .init(name: name, value: nil) }
    skipBlanks()
    guard let value = take("\"") ? quoted() : token() else { return nil }
    return .init(name: name, value: value)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
