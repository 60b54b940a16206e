internal import HTTP
internal import Loop
internal import PluginKit
internal import WebSocket

// Requests that pages of other sites cause. Their browsers add cookies and a network position.
extension Worker {
  func site(
    of connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, own: String
  ) -> RequestSite {
    let fetch = head.headers["Sec-Fetch-Site"]
    // Browsers alone write this field, so it holds even behind a proxy that changes `Host`. Over
    // plain HTTP they leave it out, and name no origin with a GET: there the page's address tells.
    if fetch == "same-origin" { return .trusted }
    if head.headers.contains(.origin) {
      return trust(Origin(head.headers), connection, exchange, head, own: own)
    }
    if let fetch { return fetch == "none" ? .trusted : .foreign }
    guard let page = head.headers["Referer"] else { return .trusted }
    return trust(Origin(ofPage: page), connection, exchange, head, own: own)
  }

  private func trust(
    _ origin: Origin?, _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    own: String
  ) -> RequestSite {
    guard let origin else { return .foreign }
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
  /// Whether the request names this server by a name of its own. An address cannot be turned from
  /// one machine to another, as a name can while a page of that name is open (DNS rebinding).
  func isCalledByName(_ connection: Connection, _ head: RequestHead) -> Bool {
    guard connection.door.purpose == .everything else { return true }
    let names = house.origins.hosts
    if names.isEmpty { return true }
    guard let host = Origin(origin(of: connection, head))?.host else { return false }
    return names.contains(host) || host == "localhost" || IPAddress(bracketed: host) != nil
  }

  func misdirect(_ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead) {
    // RFC 9110, 10.1.1: a client that waits to be asked for its body may send it or not.
    exchange.isLast = head.expectsContinue || !exchange.parser.canPassBody
    answer(
      connection, exchange, head, Response.plain(421, "This server does not go by that name."))
  }
}

extension IPAddress {
  /// Reads the host of an address, where IPv6 stands in brackets.
  fileprivate init?(bracketed host: String) {
    let isBracketed = host.utf8.first == UInt8(ascii: "[")
    self.init(isBracketed ? host.dropFirst().dropLast() : host[...])
  }
}
