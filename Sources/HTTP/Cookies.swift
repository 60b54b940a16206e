internal import Bytes

/// The cookies that came with a request.
///
/// A pair that is no cookie by RFC 6265, 4.1.1 is passed over and the others are kept: programs
/// on the same host may set what they like, and nobody should be locked out by it.
public struct Cookies: Sendable, Equatable {
  public struct Cookie: Sendable, Equatable {
    public let name: String
    public let value: String
  }

  public private(set) var cookies: [Cookie] = []

  public init(_ headers: Headers) {
    var next = headers.index(of: .cookie)
    while let index = next {
      add(headers.value(at: index))
      next = headers.index(of: .cookie, from: index + 1)
    }
  }

  private mutating func add(_ value: Span<UInt8>) {
    var start = 0
    while start < value.count {
      let end = value.firstIndex(of: UInt8(ascii: ";"), from: start) ?? value.count
      if let cookie = Cookie(value.extracting(start..<end).trimmed()) { cookies.append(cookie) }
      start = end + 1
    }
  }

  /// The first cookie of that name, which is the one with the most exact path.
  public subscript(name: String) -> String? { cookies.first { $0.name == name }?.value }
}

extension Cookies.Cookie {
  fileprivate init?(_ pair: Span<UInt8>) {
    guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let name = pair.extracting(0..<equals)
    let value = pair.extracting((equals + 1)...).withoutQuotes()
    guard name.isToken(), value.isCookieValue() else { return nil }
    self.name = String(name)
    self.value = String(value)
  }
}

extension Span where Element == UInt8 {
  @_lifetime(copy self)
  fileprivate func withoutQuotes() -> Span<UInt8> {
    guard count >= 2, self[0] == UInt8(ascii: "\""), self[count - 1] == UInt8(ascii: "\"") else {
      return self
    }
    return extracting(1..<count - 1)
  }

  fileprivate func isCookieValue() -> Bool {
    for index in indices where !ByteSet.cookie.contains(self[index]) { return false }
    return true
  }

  /// Whether it can be an attribute of a cookie: printable, and no semicolon.
  fileprivate func isCookieAttribute() -> Bool {
    for index in indices {
      let byte = self[index]
      if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: ";") { return false }
    }
    return true
  }
}

/// A cookie to be set; as it is made, scripts cannot read it and other sites cannot use it.
public struct SetCookie: Sendable, Equatable {
  public enum SameSite: String, Sendable {
    case strict = "Strict"
    case lax = "Lax"
    /// Sent from other sites as well; browsers insist on `Secure` then.
    case none = "None"
  }

  public var name: String
  public var value: String
  public var path = "/"
  public var domain: String?
  /// Seconds; nil ends with the browser's session, 0 deletes the cookie.
  public var maxAge: Int?
  public var isSecure = true
  public var isHTTPOnly = true
  public var sameSite = SameSite.lax

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A cookie that takes the one of that name away.
  public static func deletion(of name: String) -> SetCookie {
    var cookie = SetCookie(name, "")
    cookie.maxAge = 0
    return cookie
  }

  /// The value of a `Set-Cookie` field, or an error if a part could end the field or browsers
  /// would not accept the combination.
  public func headerValue() throws(HTTPError) -> String {
    guard name.utf8.span.isToken(), value.utf8.span.isCookieValue(),
      path.utf8.span.isCookieAttribute(), (domain ?? "").utf8.span.isCookieAttribute(),
      sameSite != .none || isSecure, !name.hasPrefix("__Secure-") || isSecure,
      !name.hasPrefix("__Host-") || isSecure && domain == nil && path == "/"
    else { throw HTTPError(.unsafeHeader) }
    var text = "\(name)=\(value); Path=\(path)"
    if let domain { text += "; Domain=\(domain)" }
    if let maxAge { text += "; Max-Age=\(maxAge)" }
    if isSecure { text += "; Secure" }
    if isHTTPOnly { text += "; HttpOnly" }
    return text + "; SameSite=\(sameSite.rawValue)"
  }
}

extension Headers {
  public mutating func append(_ cookie: SetCookie) throws(HTTPError) {
    try append(.setCookie, try cookie.headerValue())
  }
}
