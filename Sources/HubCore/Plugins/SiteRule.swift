internal import HTTP
internal import PluginKit
internal import WebSocket

/// One route's rule about the pages of other sites, with the settings that it reads.
final class SiteRule: Sendable {
  private let rule: CrossOrigin
  private let settings: Settings

  init(_ rule: CrossOrigin, _ settings: Settings) {
    self.rule = rule
    self.settings = settings
  }

  /// Says who may read an answer to `head`, beside those who may read all answers by `usual`.
  func append(
    to headers: inout Headers, for head: RequestHead, beside usual: @autoclosure () -> CORSPolicy
  ) throws(HTTPError) {
    // The answer differs by origin even to those who have none: caches are told.
    guard head.headers.contains(.origin) else { return try headers.append(.vary, "Origin") }
    let policy = policy(for: Origin(head.headers), beside: usual())
    if case .any = policy.origins { try headers.append(.vary, "Origin") }
    try policy.append(to: &headers, for: head)
  }

  private func policy(for origin: Origin?, beside usual: CORSPolicy) -> CORSPolicy {
    var policy = usual
    policy.requestHeaders += rule.headers
    let listed = settings.list(rule.setting)
    if let origin, usual.allows(origin) || listed.contains(where: { Origin($0) == origin }) {
      policy.origins = .listed([origin])
    } else if listed.contains("*") {
      policy.origins = .any
      policy.allowsCredentials = false
    } else {
      policy.origins = .listed([])
    }
    return policy
  }
}

extension CORSPolicy {
  /// Pages of the listed origins may call us, with cookies; others may not.
  init(_ rules: OriginRules) {
    let listed = rules.allowed.compactMap { Origin($0) }
    self.init(listed.isEmpty ? .none : .listed(Set(listed)))
    allowsCredentials = true
    requestHeaders.append("token")
  }
}
