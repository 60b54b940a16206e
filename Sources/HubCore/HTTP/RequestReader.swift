internal import Bytes
internal import HTTP
internal import Loop
internal import PluginHost
internal import PluginKit
internal import WebSocket

/// Makes the values that plugins see of a request's bytes.
struct RequestReader {
  let shared: SharedHTTP

  func request(
    _ head: RequestHead, _ connection: Connection, _ conversation: HTTPConversation, at time: Int64
  ) throws(HTTPError) -> Request {
    let origin = origin(of: connection, head)
    let site = site(of: connection, conversation, head, own: origin)
    var request = Request(
      PluginKit.Method(head.method), head.path, headers: Fields(head.headers),
      cookies: site == .trusted ? Fields(Cookies(head.headers)) : Fields(),
      peer: Peer(connection.client), receivedAt: time, origin: origin)
    request.isFromOtherSite = site == .foreign
    if site != .trusted, request.hasSavedCredentials { request.headers.remove("authorization") }
    request.query = Fields(try head.query())
    if let match = conversation.match {
      let names = shared.table(of: connection.role).parameters(of: match, in: head.pathBytes)
      for (name, value) in names { request.parameters[name] = value }
    }
    return request
  }

  /// The body that has been taken in; the conversation gives it away.
  func body(of conversation: HTTPConversation, _ head: RequestHead) throws(HTTPError)
    -> Request.Body
  {
    if let upload = conversation.upload { return upload.form }
    guard !conversation.exchange.body.isEmpty else { return .bytes([]) }
    let bytes = conversation.exchange.takeBody()
    guard ContentType(head.headers)?.essence == ContentType.form.essence else {
      return .bytes(bytes)
    }
    return .form(Fields(try FormFields(decoding: bytes.span)), files: [])
  }

  /// The origin that the client called; a trusted proxy gives it in two headers.
  private func origin(of connection: Connection, _ head: RequestHead) -> String {
    let scheme = connection.role.isEncrypted ? "https" : "http"
    let host = head.host.isEmpty ? "localhost" : head.host
    let own = "\(scheme)://\(host)"
    guard connection.isProxied else { return own }
    let outerScheme = head.forwarded(.xForwardedProto) ?? scheme
    let outerHost = head.forwarded(.xForwardedHost) ?? host
    // Links are built from it, so text that is no origin falls back to our own.
    return Origin("\(outerScheme)://\(outerHost)").map { "\($0)" } ?? own
  }
}

// Requests that pages of other sites cause. Their browsers add cookies and a network position.
extension RequestReader {
  private func site(
    of connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead, own: String
  ) -> RequestSite {
    let fetch = head.headers["Sec-Fetch-Site"]
    // Browsers alone write this field, so it holds even behind a proxy that changes `Host`. Over
    // plain HTTP they leave it out, and name no origin with a GET: there the page's address tells.
    if fetch == "same-origin" { return .trusted }
    if head.headers.contains(.origin) {
      return trust(Origin(head.headers), connection, conversation, head, own: own)
    }
    if let fetch { return fetch == "none" ? .trusted : .foreign }
    guard let page = head.headers["Referer"] else { return .trusted }
    return trust(Origin(ofPage: page), connection, conversation, head, own: own)
  }

  private func trust(
    _ origin: Origin?, _ connection: Connection, _ conversation: HTTPConversation,
    _ head: RequestHead,
    own: String
  ) -> RequestSite {
    guard let origin else { return .foreign }
    if isOwn(origin, own, connection, head) || shared.cors.allows(origin) { return .trusted }
    return corsRule(connection, conversation)?.trust(origin) ?? .foreign
  }

  /// A proxy in front of a plain listener may have taken TLS off.
  private func isOwn(
    _ origin: Origin, _ own: String, _ connection: Connection, _ head: RequestHead
  ) -> Bool {
    origin == Origin(own)
      || !connection.role.isEncrypted && origin.isSame(asHost: head.host, isSecure: true)
  }

  /// The rule of the matched route for pages of other sites.
  func corsRule(_ connection: Connection, _ conversation: HTTPConversation) -> CORSRule? {
    guard let match = conversation.match, connection.role.purpose != .inside else { return nil }
    return shared.corsRules[match.route]
  }

  /// Whether the request names this server by a name of its own. An address cannot be turned from
  /// one machine to another, as a name can while a page of that name is open (DNS rebinding).
  func isCalledByName(_ connection: Connection, _ head: RequestHead) -> Bool {
    guard connection.role.purpose == .everything else { return true }
    let names = shared.origins.hosts
    if names.isEmpty { return true }
    guard let host = Origin(origin(of: connection, head))?.host else { return false }
    return names.contains(host) || host == "localhost" || IPAddress(bracketed: host) != nil
  }
}

extension IPAddress {
  /// Reads the host of an address, where IPv6 stands in brackets.
  fileprivate init?(bracketed host: String) {
    let isBracketed = host.utf8.first == UInt8(ascii: "[")
    self.init(isBracketed ? host.dropFirst().dropLast() : host[...])
  }
}
