import Limits
import Loop
import Rig
import Testing
import WebSocket

@testable import HubCore

/// What requests may do that a page of another site causes.
@Suite(.timeLimit(.minutes(3))) struct OtherSiteTests {
  private typealias Headers = [(String, String)]

  private static let foreign: [[(String, String)]] = [
    [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-site")], [("Sec-Fetch-Site", "nonsense")],
    [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", "https://127.0.0.1:1")], [("Origin", "http://127.0.0.1")],
    [("Origin", "https://campus.example"), ("Origin", "https://evil.example")],
    // Over plain HTTP, and from older browsers.
    [("Referer", "https://evil.example/")], [("Referer", "https://localhost.evil.example/a")],
    [("Referer", "https://evil.example?https://localhost/")], [("Referer", "about:blank")],
  ]

  private static let trusted: [[(String, String)]] = [
    [], [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "same-origin")],
    [("Origin", "https://campus.example"), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", "https://behind.example"), ("Sec-Fetch-Site", "same-origin")],
    [("Referer", "https://localhost/chat?a=b")], [("Referer", "https://campus.example")],
    [("Referer", "https://evil.example/"), ("Sec-Fetch-Site", "none")],
  ]

  private func once(_ body: (TestServer, Wire) async throws -> Void) async throws {
    try await TestServer.run(workers: 1) { server async throws in
      server.server.reload(
        limits: ServerLimits(), origins: .init(allowed: ["https://campus.example"]), proxies: [])
      try await body(server, try await server.wire())
    }
  }

  @Test(arguments: foreign)
  func `a page of another site changes nothing, by GET neither`(
    headers: [(String, String)]
  ) async throws {
    try await once { _, wire async throws in
      for method in ["GET", "POST"] {
        let reply = try await wire.call(method, "/lab/change", headers: headers)
        #expect(reply.status == 403, "\(method): \(reply.text)")
      }
      let text = headers + [("Content-Type", "text/plain")]
      #expect(try await wire.call("POST", "/lab/echo", headers: text).status == 403)
      // What changes nothing is answered; the browser keeps the answer from the page.
      #expect(try await wire.call("GET", "/lab/inside", headers: headers).status == 200)
    }
  }

  @Test(arguments: foreign)
  func `cookies do not count for a page of another site`(
    headers: [(String, String)]
  ) async throws {
    try await once { _, wire async throws in
      let reply = try await wire.call(
        "GET", "/lab/cookies", headers: headers + [("Cookie", "a=mine")])
      #expect(reply.text == "none")
    }
  }

  @Test(arguments: trusted)
  func `pages of the server and of listed sites act with cookies`(
    headers: [(String, String)]
  ) async throws {
    try await once { _, wire async throws in
      for method in ["GET", "POST"] {
        let reply = try await wire.call(method, "/lab/change", headers: headers)
        #expect(reply.status == 200, "\(method): \(reply.text)")
      }
      let cookie = headers + [("Cookie", "a=mine")]
      #expect(try await wire.call("GET", "/lab/cookies", headers: cookie).text == "mine")
    }
  }

  @Test func `the own origin is the host that was called`() async throws {
    try await once { _, wire async throws in
      let own = [("Origin", "https://localhost")]
      #expect(try await wire.call("POST", "/lab/change", headers: own).status == 200)
    }
  }

  @Test func `behind a proxy the own origin is the one it forwards`() async throws {
    let proxy = try #require(Network("127.0.0.1"))
    try await TestServer.run(
      workers: 1, adjusting: { $0.proxies = [proxy] },
      { server async throws in
        let wire = try await server.wire()
        let headers = [
          ("X-Forwarded-Host", "lab.example"), ("X-Forwarded-For", "127.0.0.1"),
          ("Origin", "https://lab.example"),
        ]
        #expect(try await wire.call("POST", "/lab/change", headers: headers).status == 200)
      })
  }

  @Test func `a token in the head makes it the caller's own act`() async throws {
    try await once { server, wire async throws in
      let token = try await server.token(for: "tao")
      let evil = [("Origin", "https://evil.example")]
      for own in [("token", token), ("Authorization", "Bearer \(token)")] {
        #expect(try await wire.call("POST", "/lab/change", headers: evil + [own]).status == 200)
      }
      // Browsers add these by themselves.
      for added in [("Authorization", "Basic eDp5"), ("Cookie", "token=\(token)"), ("token", "")] {
        #expect(try await wire.call("POST", "/lab/change", headers: evil + [added]).status == 403)
      }
    }
  }

  @Test func `credentials that a browser has saved count as little as cookies`() async throws {
    try await once { _, wire async throws in
      let saved = [("Authorization", "Basic dGFvOnB3")]
      func credentials(_ path: String, _ headers: Headers) async throws -> String {
        try await wire.call("GET", path, headers: headers).text
      }
      let own = "/lab/credentials"
      #expect(try await credentials(own, saved) == "Basic dGFvOnB3")
      for origin in ["https://evil.example", "http://localhost:8099", "null"] {
        let page = [("Origin", origin)]
        #expect(try await credentials(own, saved + page) == "none")
        #expect(try await credentials("/lab/open/credentials", saved + page) == "none")
        let token = [("Authorization", "Bearer abc")]
        #expect(try await credentials(own, token + page) == "Bearer abc")
      }
    }
  }

  @Test func `with a list of own names every other name is misdirected`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let origins = OriginRules(hosts: ["Muster.example.edu"])
      server.server.reload(limits: ServerLimits(), origins: origins, proxies: [])
      for (host, status) in [
        ("muster.example.edu", 200), ("MUSTER.example.edu:8443", 200), ("localhost:1", 200),
        ("127.0.0.1", 200), ("[::1]:8443", 200), ("evil.example", 421),
        ("evil.example:8443", 421), ("muster.example.edu.evil.example", 421), ("127.0.0.1.a", 421),
      ] {
        let wire = try await server.wire()
        try await wire.send("GET /lab/hello HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(try await wire.reply().status == status, "\(host)")
      }
      // The listener for health and metrics is asked by any name.
      let inside = try await server.wire(encrypted: false)
      try await inside.send("GET /health HTTP/1.1\r\nHost: prometheus.internal\r\n\r\n")
      #expect(try await inside.reply().status == 200)
    }
  }

  @Test func `on a path that is open to every site pages act without cookies`() async throws {
    try await once { _, wire async throws in
      let evil = [("Origin", "https://evil.example"), ("Cookie", "a=mine")]
      #expect(try await wire.call("POST", "/lab/open", headers: evil).status == 204)
      #expect(try await wire.call("GET", "/lab/open/cookies", headers: evil).text == "none")
    }
  }
}
