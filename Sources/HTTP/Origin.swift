internal import Bytes

/// Where a page came from (RFC 6454): scheme, host and port, which a browser sends along.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
  /// `http` or `https`.
  public let scheme: String
  /// In lower case; an IPv6 address with its brackets.
  public let host: String
  public let port: Int

  /// Reads `https://host` or `https://host:port`. Nil for everything else, the `null` of sandboxed
  /// pages too: nobody can be told by it.
  public init?(_ text: String) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    scheme = text[..<colon].lowercased()
    let rest = text[colon...]
    guard scheme == "http" || scheme == "https", rest.hasPrefix("://") else { return nil }
    let authority = rest.dropFirst(3).lowercased()
    guard let (host, port) = Origin.split(authority) else { return nil }
    self.host = host
    self.port = port ?? (scheme == "https" ? 443 : 80)
  }

  /// The origin of the page at an address such as `https://host/path`.
  public init?(ofPage address: String) {
    let bytes = address.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let afterScheme = bytes[colon...].dropFirst(3)
    let end = afterScheme.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?")].contains($0) }
    self.init(String(address[..<(end ?? bytes.endIndex)]))
  }

  /// The origin a request came with; nil if it has none that can be read.
  public init?(_ headers: Headers) {
    guard headers.count(of: .origin) == 1, let text = headers[.origin] else { return nil }
    self.init(text)
  }

  private static func split(_ authority: String) -> (host: String, port: Int?)? {
    guard isAuthority(authority.utf8.span) else { return nil }
    let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
    guard let colon = authority[bracket...].lastIndex(of: ":") else { return (authority, nil) }
    let digits = authority[authority.index(after: colon)...]
    guard let port = Int(digits), (1...65535).contains(port) else { return nil }
    return (String(authority[..<colon]), port)
  }

  /// Whether a page of this origin speaks to the server it came from: `host` is what the request
  /// calls us, perhaps with a port.
  public func isSame(asHost host: String, isSecure: Bool) -> Bool {
    scheme == (isSecure ? "https" : "http")
      && Origin("\(scheme)://\(host)") == self
  }

  public var description: String {
    let isUsual = port == (scheme == "https" ? 443 : 80)
    return isUsual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }
}
