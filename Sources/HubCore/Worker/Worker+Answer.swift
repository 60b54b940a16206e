internal import Bytes
internal import Deflate
internal import HTTP
internal import Loop
internal import PluginKit

// From a request's bytes to a plugin's values, and from a plugin's answer to bytes.
extension Worker {
  func makeRequest(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead
  ) throws(HTTPError) -> Request {
    let origin = origin(of: connection, head)
    let site = site(of: connection, exchange, head, own: origin)
    var request = Request(
      PluginKit.Method(head.method), head.path, headers: Fields(head.headers),
      cookies: site == .trusted ? Fields(Cookies(head.headers)) : Fields(),
      peer: Peer(connection.client), receivedAt: loop.unixMilliseconds, origin: origin)
    request.isFromOtherSite = site == .foreign
    if site != .trusted, request.hasSavedCredentials { request.headers.remove("authorization") }
    request.query = Fields(try head.query())
    if let match = exchange.match {
      let names = house.table(of: connection.door).parameters(of: match, in: head.pathBytes)
      for (name, value) in names { request.parameters[name] = value }
    }
    return request
  }

  /// The origin that the client called; a trusted proxy gives it in two headers.
  func origin(of connection: Connection, _ head: RequestHead) -> String {
    let scheme = connection.door.isEncrypted ? "https" : "http"
    let host = head.host.isEmpty ? "localhost" : head.host
    let own = "\(scheme)://\(host)"
    guard connection.isProxied else { return own }
    let outerScheme = head.forwarded(.xForwardedProto) ?? scheme
    let outerHost = head.forwarded(.xForwardedHost) ?? host
    // Links are built from it, so text that is no origin falls back to our own.
    return Origin("\(outerScheme)://\(outerHost)").map { "\($0)" } ?? own
  }

  func body(of exchange: HTTPExchange, _ head: RequestHead) throws(HTTPError)
    -> Request.Body
  {
    if let intake = exchange.intake { return intake.form }
    guard !exchange.body.isEmpty else { return .bytes([]) }
    defer { exchange.body.removeAll(keepingCapacity: false) }
    let bytes = [UInt8](exchange.body)
    exchange.handedOver = bytes.count
    guard ContentType(head.headers)?.essence == ContentType.form.essence else {
      return .bytes(bytes)
    }
    return .form(Fields(try FormFields(decoding: bytes.span)), files: [])
  }

  /// Answers the current request and makes room for the next.
  func answer(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ response: Response
  ) {
    let bytes: [UInt8]
    switch response.body {
    case .none: bytes = []
    case .bytes(let content): bytes = content
    case .file(let path):
      return sendFile(path, connection, exchange, head, response)
    }
    answer(connection, exchange, head, response, bytes)
  }

  func answer(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ response: Response,
    _ body: [UInt8]
  ) {
    var headers = makeHeaders(response, connection, exchange, head)
    var body = body
    compress(&body, &headers, response, head)
    var out = ByteBuffer(capacity: body.count + 512)
    let plan = encoder(of: connection).append(
      Status(response.status), headers, body: body.span,
      for: context(head, connection, exchange), into: &out)
    logAccess(connection, exchange, head, response.status, body.count)
    queue(out, to: connection)
    makeRoom(connection, exchange, closes: plan.closes)
  }

  func context(
    _ head: RequestHead, _ connection: Connection, _ exchange: HTTPExchange
  ) -> ResponseContext {
    var context = ResponseContext(head)
    context.keepsAlive =
      context.keepsAlive && !isDraining && !exchange.isLast
      && !(connection.isDeaf && exchange.input.isEmpty)
    return context
  }

  /// The answer is on its way: the next request may come.
  func makeRoom(_ connection: Connection, _ exchange: HTTPExchange, closes: Bool) {
    discardUpload(exchange)
    exchange.state = .head
    exchange.match = nil
    exchange.begunAt = 0
    exchange.admitted = nil
    exchange.owesContinue = false
    exchange.handedOver = 0
    forgetClient(connection)
    if closes { return part(connection) }
    startReading(connection)
    setTimer(connection, seconds: limits.idleSeconds)
  }

  /// Answers what could not be read as a request; nobody knows where the next one would begin.
  func refuse(_ connection: Connection, _ status: Status, _ reason: String) {
    var out = ByteBuffer(capacity: 512)
    let text = Array("\(reason)\n".utf8)
    var headers = sayingPlainText
    if status == .tooManyRequests || status == .serviceUnavailable {
      try? headers.append(.retryAfter, "5" as StaticString)
    }
    encoder(of: connection).append(
      status, headers, body: text.span, for: .unreadable, into: &out)
    queue(out, to: connection)
    part(connection)
  }

  var sayingPlainText: Headers {
    var headers = Headers()
    try? headers.append(.contentType, "text/plain; charset=utf-8" as StaticString)
    return headers
  }

  func encoder(of connection: Connection) -> ResponseEncoder {
    let second = Int(loop.unixMilliseconds / 1000)
    if connection.door.isEncrypted {
      secureEncoder.setDate(unixSeconds: second)
      return secureEncoder
    }
    plainEncoder.setDate(unixSeconds: second)
    return plainEncoder
  }

  func makeHeaders(
    _ response: Response, _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead
  ) -> Headers {
    var headers = Headers()
    if let contentType = response.contentType { add("Content-Type", contentType, to: &headers) }
    add("X-Content-Type-Options", "nosniff", to: &headers)
    for (name, value) in response.headers { add(name, value, to: &headers) }
    // Most answers are for their caller alone, whom caches tell by no field of the request.
    if !headers.contains(.cacheControl) { add("Cache-Control", "no-store", to: &headers) }
    // A plugin may have said already who else may read its answers.
    if !headers.contains("Access-Control-Allow-Origin") {
      addSites(siteRule(connection, exchange), exchange.methods, to: &headers, head)
    }
    return headers
  }

  /// The rule of the matched route for pages of other sites.
  func siteRule(_ connection: Connection, _ exchange: HTTPExchange) -> SiteRule? {
    guard let match = exchange.match, connection.door.purpose != .inside else { return nil }
    return house.siteRules[match.route]
  }

  private func addSites(
    _ rule: SiteRule?, _ methods: MethodSet, to headers: inout Headers, _ head: RequestHead
  ) {
    do throws(HTTPError) {
      if let rule {
        try rule.append(to: &headers, for: head, methods, beside: house.cors)
      } else {
        try house.cors.append(to: &headers, for: head, methods)
      }
    } catch {
      house.log.error("a header cannot be sent", ["reason": error.reason])
    }
  }

  /// A header that cannot be sent (a line end in it) is our own fault: it is left out and logged.
  private func add(_ name: String, _ value: String, to headers: inout Headers) {
    do throws(HTTPError) {
      try headers.append(name, value)
    } catch {
      house.log.error("a header cannot be sent", ["name": name, "reason": error.reason])
    }
  }

  private func compress(
    _ body: inout [UInt8], _ headers: inout Headers, _ response: Response, _ head: RequestHead
  ) {
    guard response.status == 200, !headers.contains(.contentEncoding),
      let type = response.contentType.flatMap({ ContentType(parsing: $0.utf8.span) }),
      isWorthCompressing(type, length: body.count)
    else { return }
    // Caches are told in either case: what they keep may be asked for by somebody else.
    if !headers.contains(.vary, element: "Accept-Encoding") {
      add("Vary", "Accept-Encoding", to: &headers)
    }
    guard head.headers.accepts(encoding: "gzip") else { return }
    var packed = ByteBuffer(capacity: body.count / 2)
    gzip.encode(body.span, into: &packed)
    guard packed.count < body.count else { return }
    body = [UInt8](packed)
    add("Content-Encoding", "gzip", to: &headers)
  }

  func logAccess(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ status: Int,
    _ bytes: Int
  ) {
    house.accessLog.write {
      AccessLog.Line(
        at: loop.unixMilliseconds, address: Peer(connection.client).address,
        method: "\(head.method.name)", path: head.path, status: status, bytes: bytes,
        microseconds: Int((loop.time.monotonic &- exchange.begunAt) / 1000))
    }
  }
}

extension Response {
  static func plain(_ status: Int, _ text: String) -> Response {
    .text(text + "\n", status: status)
  }

  /// The same, with the invitation to try again in a second.
  var retryable: Response { with("Retry-After", "1") }
}
