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
  public func allow(_ origin: String, host: String) -> Bool {
    if allowsAll { return true }
    let origin = origin.lowercased()
    if allowed.contains(origin) { return true }
    let host = host.lowercased()
    return allowsSameHost && (origin == "https://\(host)" || origin == "http://\(host)")
  }
}
