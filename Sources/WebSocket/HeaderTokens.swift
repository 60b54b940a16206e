/// Header values that are lists of tokens (RFC 9110, 5.6.1).
enum HeaderTokens {
  /// The tokens of all lines; nil when something else stands between the commas.
  static func list(_ lines: [String]) -> [String]? {
    var tokens: [String] = []
    for line in lines {
      var scanner = TokenScanner(line)
      repeat {
        scanner.skipBlanks()
        if let token = scanner.token() { tokens.append(token) }
        scanner.skipBlanks()
      } while scanner.take(",")
      guard scanner.isAtEnd else { return nil }
    }
    return tokens
  }

  /// Whether `token` (in lower case) is one of the elements, in any case of letters. Elements
  /// that are no tokens, such as `h2c/2`, are passed over.
  static func contain(_ token: String, in lines: [String]) -> Bool {
    lines.contains { line in
      line.split(separator: ",").contains { isElement($0, token) }
    }
  }

  private static func isElement(_ element: Substring, _ token: String) -> Bool {
    var scanner = TokenScanner(String(element))
    scanner.skipBlanks()
    let first = scanner.token()
    scanner.skipBlanks()
    return scanner.isAtEnd && first?.lowercased() == token
  }
}
