/// From which web pages connections are taken.
///
/// Pages of loopback origins run on the user's own machine, where developers write clients. They
/// are taken, but the server does not count their cookies.
///
/// Browsers name the page's origin and cannot be made to lie about it; other programs name none
/// and could say anything, so that a missing `Origin` is never a reason to refuse.
public struct OriginRules: Equatable, Sendable {
  /// Pages from everywhere.
  public var allowsAll: Bool
  /// Pages that this machine serves to itself, such as `http://localhost:8099`.
  public var allowsLoopback: Bool
  /// Pages that come from the host that the request itself names.
  public var allowsSameHost: Bool
  /// Origins such as `https://app.example.org`, in lower case.
  public var allowed: Set<String>
  /// The names by which this server is called, in lower case; none for any.
  public var hosts: Set<String>

  public init(
    allowsAll: Bool = false, allowsLoopback: Bool = true, allowsSameHost: Bool = true,
    allowed: [String] = [], hosts: [String] = []
  ) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.allowsAll = allowsAll
    self.allowsLoopback = allowsLoopback
    self.allowsSameHost = allowsSameHost
    self.allowed = Set(allowed.map { $0.lowercased() })
  }

  /// Whether a page from `origin` may connect to `host` (both as in their headers).
  ///
  /// A page that came in the clear may have been written by anybody on the way: it is of the same
  /// host only for a connection that is in the clear, too. A proxy in front may have taken TLS off,
  /// so that `https` is the same host for both.
  public func allow(_ origin: String, host: String, isSecure: Bool) -> Bool {
    if allowsAll { return true }
    let origin = origin.lowercased()
    if allowed.contains(origin) { return true }
    if allowsLoopback && OriginRules.isLoopback(origin) { return true }
    let host = host.lowercased()
    guard allowsSameHost else { return false }
    return origin == "https://\(host)" || (!isSecure && origin == "http://\(host)")
  }

  /// `localhost`, `127.0.0.1` and its siblings, or `[::1]`, with or without a port, and nothing
  /// that merely begins like them.
  private static func isLoopback(_ origin: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = origin.dropFirst(scheme.count)
    let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[bracket...].lastIndex(of: ":") ?? authority.endIndex
    guard authority[colon...].dropFirst().utf8.allSatisfy({ (48...57).contains($0) }) else {
      return false
    }
    let host = authority[..<colon]
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
