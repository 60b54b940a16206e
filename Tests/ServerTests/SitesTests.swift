import JSON
import Limits
import Rig
import Testing
import WebSocket

@testable import HubCore

/// Pages of other sites: who may call, and what their browsers are told beforehand.
@Suite struct SitesTests {
  /// In the server's own list.
  private static let campus = "https://campus.example"
  /// In the plugin's.
  private static let lab = "https://lab.example:8443"
  private static let evil = "https://evil.example"

  private func allowed(_ reply: Reply) -> String? { reply["Access-Control-Allow-Origin"] }

  private func preflight(
    _ wire: Wire, _ path: String, from origin: String, method: String = "POST"
  ) async throws -> Reply {
    try await wire.call(
      "OPTIONS", path,
      headers: [
        ("Origin", origin), ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "x-lab"),
      ])
  }

  private func once(_ body: (Wire) async throws -> Void) async throws {
    try await TestServer.run(workers: 1) { server in
      server.server.reload(
        limits: ServerLimits(), origins: OriginRules(allowed: [SitesTests.campus]), proxies: [])
      try await body(try await server.wire())
    }
  }

  @Test func `a page of the server's list is let in everywhere`() async throws {
    try await once { wire in
      for path in ["/lab/echo", "/lab/shared"] {
        let reply = try await preflight(wire, path, from: SitesTests.campus)
        #expect(reply.status == 204)
        #expect(allowed(reply) == SitesTests.campus)
        #expect(reply["Access-Control-Allow-Credentials"] == "true")
        #expect(reply["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(reply["Vary"] == "Origin")
        #expect(reply["Allow"]?.contains("POST") == true)
      }
      let call = try await wire.call(
        "GET", "/lab/hello", headers: [("Origin", SitesTests.campus)])
      #expect(allowed(call) == SitesTests.campus)
    }
  }

  @Test func `a page of a plugin's list is let in where the plugin says so`() async throws {
    try await once { wire in
      let shared = try await preflight(wire, "/lab/shared", from: SitesTests.lab)
      #expect(allowed(shared) == SitesTests.lab)
      #expect(shared["Access-Control-Allow-Headers"]?.contains("X-Lab") == true)
      #expect(shared["Access-Control-Max-Age"] != nil)
      let other = try await preflight(wire, "/lab/echo", from: SitesTests.lab)
      #expect(allowed(other) == nil)
      let nothing = try await preflight(wire, "/lab/nothing", from: SitesTests.lab)
      #expect(allowed(nothing) == nil)
    }
  }

  @Test func `a page is told the methods that it may use there, and no other`() async throws {
    try await once { wire in
      let methods = "Access-Control-Allow-Methods"
      let shared = try await preflight(wire, "/lab/shared", from: SitesTests.lab)
      #expect(shared[methods] == "GET, POST")
      let everywhere = try await preflight(wire, "/lab/shared", from: SitesTests.campus)
      #expect(everywhere[methods] == "GET, HEAD, POST, OPTIONS")
      // One path, two rules: what may be put from everywhere may not be posted from there.
      let open = try await preflight(wire, "/lab/echo", from: SitesTests.evil, method: "PUT")
      #expect(open[methods] == "PUT")
      let closed = try await preflight(wire, "/lab/echo", from: SitesTests.evil, method: "POST")
      #expect(closed[methods] == nil)
    }
  }

  @Test func `any other page is told nothing`() async throws {
    try await once { wire in
      for path in ["/lab/echo", "/lab/shared"] {
        let reply = try await preflight(wire, path, from: SitesTests.evil)
        #expect(reply.status == 204)
        #expect(allowed(reply) == nil)
        #expect(reply["Vary"] == "Origin")
      }
    }
  }

  @Test func `errors can be read by whoever may read the answers`() async throws {
    try await once { wire in
      let headers = [("Origin", SitesTests.lab)]
      for (method, path, status) in [
        ("GET", "/lab/shared", 409), ("DELETE", "/lab/shared", 405),
        ("GET", "/lab/shared?x=%FF", 400),
      ] {
        let reply = try await wire.call(method, path, headers: headers)
        #expect(reply.status == status)
        #expect(allowed(reply) == SitesTests.lab, "\(method) \(path)")
      }
      let large = String(repeating: " ", count: 200)
      let refused = try await wire.call("POST", "/lab/shared", headers: headers, body: large)
      #expect(refused.status == 413)
      #expect(try JSONValue(parsing: refused.body)["error"] == "too_large")
      #expect(allowed(refused) == SitesTests.lab)
    }
  }

  @Test func `caches keep the answers of such routes apart by origin`() async throws {
    try await once { wire in
      let reply = try await wire.call("GET", "/lab/shared")
      #expect(reply["Vary"] == "Origin")
    }
  }

  @Test func `with a star every page is let in, but without cookies`() async throws {
    try await once { wire in
      let reply = try await preflight(wire, "/lab/open", from: SitesTests.evil)
      #expect(allowed(reply) == "*")
      #expect(reply["Access-Control-Allow-Credentials"] == nil)
      let known = try await preflight(wire, "/lab/open", from: SitesTests.campus)
      #expect(allowed(known) == SitesTests.campus)
      #expect(known["Access-Control-Allow-Credentials"] == "true")
    }
  }

  @Test func `who asks for the methods alone is told the methods alone`() async throws {
    try await once { wire in
      let reply = try await wire.call("OPTIONS", "/lab/shared")
      #expect(reply.status == 204)
      #expect(reply["Allow"] == "GET, HEAD, POST, OPTIONS")
      #expect(reply["Access-Control-Allow-Methods"] == nil)
    }
  }

  @Test(arguments: ["TRACE", "QUERY", "BREW", "get"])
  func `a method that nobody serves is like one that a path does not take`(
    method: String
  ) async throws {
    try await once { wire in
      let reply = try await wire.call(method, "/lab/shared")
      #expect(reply.status == 405)
      #expect(reply["Allow"] == "GET, HEAD, POST, OPTIONS")
      let nothing = try await wire.call(method, "/lab/nothing")
      #expect(nothing.status == 404)
    }
  }
}
