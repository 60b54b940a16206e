import JSON
import Limits
import Loop
import MusterTesting
import PluginKit
import Primitives
import Rig
import Testing

@testable import HubCore

/// What `/health` and `/ready` tell whom.
@Suite(.timeLimit(.minutes(3))) struct HealthTests {
  /// A client from outside, and the same with a token.
  private func fromOutside(
    _ body: (TestServer, Wire, Locked<Int>) async throws -> Void
  ) async throws {
    let proxy = try #require(Network("127.0.0.1"))
    let looks = Locked(0)
    try await TestServer.run(
      workers: 1,
      adjusting: { plan in
        plan.proxies = [proxy]
        plan.checks = [.init("store") { looks.withLock { $0 += 1 } }]
      },
      { server async throws in try await body(server, try await server.wire(), looks) })
  }

  private func ask(
    _ wire: Wire, _ path: String, _ headers: [(String, String)] = []
  ) async throws -> JSONValue {
    let reply = try await wire.call(
      "GET", path, headers: [("X-Forwarded-For", "203.0.113.9")] + headers)
    #expect(reply.status == 200)
    return try JSONValue(parsing: reply.body)
  }

  @Test func `strangers are not told how many are here, nor how the plugins are doing`()
    async throws
  {
    try await fromOutside { _, wire, looks async throws in
      let health = try await ask(wire, "/health")
      #expect(health["status"] == "ok")
      #expect(health["users"] == nil && health["connections"] == nil)
      let ready = try await ask(wire, "/ready")
      #expect(ready["ready"] == true)
      #expect(ready["detail"] == ["store": "ok"])
      // Trying the parts may cost a write.
      #expect(looks.withLock { $0 } == 0)
    }
  }

  @Test func `the staff and the internal listener are told all`() async throws {
    try await fromOutside { server, wire, looks async throws in
      let account = try await server.accounts.create(
        NewAccount(login: "boss", name: "boss", password: "pass-boss", roles: .staff))
      let token = try await server.accounts.issueToken(
        for: account.id, purpose: "lab", life: .fixed(seconds: 100)
      ).text
      #expect(try await ask(wire, "/health", [("token", token)])["connections"]?.int == 1)
      #expect(try await ask(wire, "/ready", [("token", token)])["detail"]?["plugin.lab"] != nil)
      let inside = try await server.wire(encrypted: false)
      #expect(try await ask(inside, "/health")["users"]?.int == 0)
      #expect(try await ask(inside, "/ready")["detail"]?["plugin.lab"] != nil)
      #expect(looks.withLock { $0 } == 2)
      // A student is not the staff.
      let student = try await server.token(for: "tao")
      #expect(try await ask(wire, "/health", [("token", student)])["connections"] == nil)
    }
  }

  @Test func `a client that asks too often is told to wait`() async throws {
    var limits = ServerLimits.with(\.requestsPerSecond, 1)
    limits.requestBurst = 2
    try await TestServer.run(workers: 1, time: ManualTime(), limits: limits) {
      server async throws in
      await server.pass(5)
      let wire = try await server.wire()
      for (path, status) in [("/health", 200), ("/ready", 200), ("/health", 429), ("/ready", 429)] {
        #expect(try await wire.call("GET", path).status == status, "\(path)")
      }
      let inside = try await server.wire(encrypted: false)
      #expect(try await inside.call("GET", "/health").status == 200)
    }
  }

  @Test func `strangers are told what was found last`() async throws {
    let proxy = try #require(Network("127.0.0.1"))
    try await TestServer.run(
      workers: 1,
      adjusting: { plan in
        plan.proxies = [proxy]
        plan.checks = [.init("store", last: { HubError(.storeUnavailable) }, {})]
      },
      { server async throws in
        let wire = try await server.wire()
        let reply = try await wire.call(
          "GET", "/ready", headers: [("X-Forwarded-For", "203.0.113.9")])
        #expect(reply.status == 503)
      })
  }
}
