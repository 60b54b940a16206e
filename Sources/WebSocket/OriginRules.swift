/// From which web pages connections are taken.
///
/// Browsers name the page's origin and cannot be made to lie about it; other programs name none
/// and could say anything, so that a missing `Origin` is never a reason to refuse.
public struct OriginRules: Equatable, Sendable {
  /// Pages from everywhere.
  public var allowsAll: Bool
  /// Pages that come from the host that the request itself names.
  public var allowsSameHost: Bool
  /// Origins such as `https://app.example.org`, in lower case.
  public var allowed: Set<String>

  public init(allowsAll: Bool = false, allowsSameHost: Bool = true, allowed: [String] = []) {
    self.allowsAll = allowsAll
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
    let host = host.lowercased()
    guard allowsSameHost else { return false }
    return origin == "https://\(host)" || (!isSecure && origin == "http://\(host)")
  }
}
