import Bytes
import Testing
import WebSocket

@Suite struct `A server's handshake` {
  /// The request that RFC 6455, 1.3 shows.
  static let request = Request([
    ("host", "server.example.com"), ("upgrade", "websocket"), ("connection", "Upgrade"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="), ("origin", "http://example.com"),
    ("sec-websocket-protocol", "chat, superchat"), ("sec-websocket-version", "13"),
  ])

  @Test func `answers the request of RFC 6455 as it shows`() {
    let handshake = ServerHandshake(
      origins: OriginRules(allowed: ["http://example.com"]), subprotocols: ["chat"])
    #expect(
      Self.request.accepted(by: handshake) == """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        Sec-WebSocket-Protocol: chat\r
        \r

        """)
  }

  @Test func `takes header values in the shapes that browsers and proxies make of them`() {
    let request = Self.request
      .with("connection", "keep-alive, Upgrade").with("upgrade", "h2c/2, WebSocket")
      .without("origin")
    #expect(request.isAccepted)
    let twoLines = Self.request.without("origin").without("connection")
      .adding("connection", "keep-alive").adding("connection", "\tupgrade ")
    #expect(twoLines.isAccepted)
  }

  @Test(arguments: [
    ("host", nil), ("upgrade", nil), ("upgrade", "h2c"), ("upgrade", "websocket/2"),
    ("connection", nil), ("connection", "close"), ("connection", "Upgraded"),
    ("sec-websocket-key", nil), ("sec-websocket-key", ""),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ="),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==="),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25j"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZ-=="),
    ("sec-websocket-protocol", "chat superchat"), ("sec-websocket-protocol", "a/b"),
    ("sec-websocket-extensions", "permessage-deflate;"),
    ("sec-websocket-extensions", "x; =3"), ("sec-websocket-extensions", "x; a=\"b c\""),
    ("sec-websocket-extensions", "x; a=\"b"), ("sec-websocket-extensions", "x y"),
  ])
  func `refuses with 400 what is not a handshake`(name: String, value: String?) {
    let request = Self.request.without("origin")
    #expect(request.isAccepted)
    let changed = value.map { request.with(name, $0) } ?? request.without(name)
    #expect(changed.refusal()?.status == 400)
  }

  @Test(arguments: ["host", "sec-websocket-key"])
  func `refuses with 400 what must be there once and comes twice`(name: String) {
    let request = Self.request.without("origin")
    let value = request.headers.first { $0.name == name }!.value
    #expect(request.adding(name, value).refusal()?.status == 400)
  }

  @Test func `is a GET request of HTTP 1.1`() {
    let request = Self.request.without("origin")
    #expect(request.refusal(method: "POST")?.status == 400)
    #expect(request.refusal(isHTTP11: false)?.status == 400)
  }

  @Test(arguments: [nil, "8", "12", "14", "013", "13, 8", ""])
  func `names version 13 to whoever wants another`(version: String?) {
    let request = Self.request.without("origin").without("sec-websocket-version")
    let changed = version.map { request.adding("sec-websocket-version", $0) } ?? request
    #expect(changed.refusal()?.status == 426)
    #expect(changed.refusal()?.namesVersion == true)
  }

  @Test func `takes the first subprotocol of the client that the server speaks`() {
    let handshake = ServerHandshake(subprotocols: ["v3", "v2"])
    let request = Self.request.without("origin")
    #expect(
      request.with("sec-websocket-protocol", "v1, v2,v3").acceptance(handshake)?.subprotocol
        == "v2")
    #expect(request.with("sec-websocket-protocol", "v1").acceptance(handshake) != nil)
    #expect(request.with("sec-websocket-protocol", "v1").acceptance(handshake)?.subprotocol == nil)
    let none = request.without("sec-websocket-protocol")
    #expect(none.accepted(by: handshake)?.contains("Protocol:") == false)
  }

  @Test func `knows a wish for WebSocket`() {
    #expect(ServerHandshake.isWanted(header: Self.request.header))
    #expect(!ServerHandshake.isWanted(header: Self.request.without("upgrade").header))
  }
}

@Suite struct `Origin rules` {
  private let request = `A server's handshake`.request.with("host", "hub.example.org:8443")

  @Test(arguments: [
    ("https://hub.example.org:8443", true), ("https://HUB.example.org:8443", true),
    ("https://hub.example.org", false), ("https://hub.example.org:8443.evil.example", false),
    ("https://evil.example", false), ("null", false), ("", false),
    ("http://hub.example.org:8443", false),
  ])
  func `take pages from the same host only, unless told otherwise`(origin: String, isTaken: Bool) {
    let changed = request.with("origin", origin)
    #expect(changed.isAccepted == isTaken)
    if !isTaken { #expect(changed.refusal()?.status == 403) }
  }

  @Test(arguments: [
    ("http://localhost:8099", true), ("https://localhost", true), ("http://127.0.0.1:3000", true),
    ("http://127.1.2.3", true), ("http://[::1]:3000", true), ("http://LOCALHOST:1", true),
    ("http://localhost.evil.example", false), ("http://127.0.0.1.evil.example", false),
    ("http://127.0.0.1:80.evil.example", false), ("http://evil.example:127.0.0.1", false),
    ("http://localhost:80@evil.example", false), ("http://127.0.0", false),
    ("http://127.0.0.256", false), ("http://[::1].evil.example", false), ("http://[::2]", false),
    ("ftp://localhost", false), ("localhost", false),
  ])
  func `take pages of loopback origins, and none that only begin like them`(
    origin: String, isTaken: Bool
  ) {
    #expect(OriginRules().allow(origin, host: "lab.example.edu", isSecure: true) == isTaken)
    #expect(!OriginRules(allowsLoopback: false).allow(origin, host: "x", isSecure: true))
  }

  @Test func `name the key to set in their refusal`() {
    let refusal = request.with("origin", "https://evil.example").refusal()
    #expect(refusal?.reason.contains("key origins") == true)
  }

  @Test func `take programs, which name no origin`() {
    #expect(request.without("origin").isAccepted)
  }

  @Test func `take what is listed, and nothing else`() {
    let rules = OriginRules(allowsSameHost: false, allowed: ["https://App.example.org"])
    #expect(rules.allow("https://app.example.org", host: "x", isSecure: true))
    #expect(!rules.allow("http://app.example.org", host: "x", isSecure: true))
    #expect(!rules.allow("https://x", host: "x", isSecure: true))
    let all = OriginRules(allowsAll: true)
    #expect(all.allow("https://evil.example", host: "x", isSecure: true))
  }

  @Test func `take a page in the clear for the same host only in the clear`() {
    let rules = OriginRules()
    #expect(rules.allow("http://x", host: "x", isSecure: false))
    #expect(rules.allow("https://x", host: "x", isSecure: false))
    #expect(!rules.allow("http://x", host: "x", isSecure: true))
  }

  @Test func `refuse a request with two origins`() {
    let origin = "https://hub.example.org:8443"
    let twice = request.with("origin", origin).adding("origin", origin)
    #expect(twice.refusal()?.status == 403)
  }
}

/// The headers of a request, to be changed one at a time.
struct Request {
  var headers: [(name: String, value: String)]

  init(_ headers: [(name: String, value: String)]) { self.headers = headers }

  func without(_ name: String) -> Request { Request(headers.filter { $0.name != name }) }
  func adding(_ name: String, _ value: String) -> Request { Request(headers + [(name, value)]) }
  func with(_ name: String, _ value: String) -> Request { without(name).adding(name, value) }

  func header(_ name: StaticString) -> [String] {
    headers.filter { $0.name == "\(name)" }.map(\.value)
  }

  func acceptance(_ handshake: ServerHandshake) -> ServerHandshake.Acceptance? {
    let answer = handshake.answer(method: "GET", isHTTP11: true, header: header)
    guard case .accept(let acceptance) = answer else { return nil }
    return acceptance
  }

  var isAccepted: Bool { acceptance(ServerHandshake()) != nil }

  func accepted(by handshake: ServerHandshake) -> String? {
    acceptance(handshake).map { acceptance in
      var output = ByteBuffer()
      acceptance.append(to: &output)
      return String(output)
    }
  }

  func refusal(method: String = "GET", isHTTP11: Bool = true) -> ServerHandshake.Refusal? {
    let answer = ServerHandshake().answer(method: method, isHTTP11: isHTTP11, header: header)
    guard case .refuse(let refusal) = answer else { return nil }
    return refusal
  }
}
