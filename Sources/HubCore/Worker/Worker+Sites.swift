internal import HTTP
internal import PluginKit

// Requests that pages of other sites cause. Their browsers add cookies and a network position.
extension Worker {
  func site(
    of connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, own: String
  ) -> RequestSite {
    let fetch = head.headers["Sec-Fetch-Site"]
    // Browsers alone write this field, so it holds even behind a proxy that changes `Host`.
    if fetch == "same-origin" { return .trusted }
    guard head.headers.contains(.origin) else {
      return fetch == nil || fetch == "none" ? .trusted : .foreign
    }
    guard let origin = Origin(head.headers) else { return .foreign }
    if isOwn(origin, own, connection, head) || house.cors.allows(origin) { return .trusted }
    return siteRule(connection, exchange)?.trust(origin) ?? .foreign
  }

  /// A proxy in front of a plain listener may have taken TLS off.
  private func isOwn(
    _ origin: Origin, _ own: String, _ connection: Connection, _ head: RequestHead
  ) -> Bool {
    origin == Origin(own)
      || !connection.door.isEncrypted && origin.isSame(asHost: head.host, isSecure: true)
  }
}
