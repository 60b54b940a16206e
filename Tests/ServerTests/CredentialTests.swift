import Bytes
import Crypto
import JSON
import Limits
import MusterTesting
import PluginHost
import PluginKit
import Rig
import Testing

@testable import HubCore

/// Credentials that end, and connections that close, while somebody is coming in.
@Suite(.timeLimit(.minutes(3))) struct CredentialTests {
  private func hello(_ token: String? = nil) -> JSONValue {
    ["type": "hello", "id": 1, "data": token.map { ["token": .string($0)] } ?? [:]]
  }

  /// A line that has said `hello` and waits for the look-up of its token.
  private func waiting(_ server: TestServer, _ token: String) async throws -> Wire {
    let wire = try await server.wire()
    try await wire.upgrade("/ws")
    await server.accounts.holdTokens()
    try await wire.say(hello(token))
    try await server.until { await server.accounts.heldTokens == 1 }
    return wire
  }

  @Test(arguments: TestServer.workers)
  func `a hello that outlasts its connection leaves no connection of the user behind`(
    workers: Int
  ) async throws {
    try await TestServer.run(workers: workers, limits: .with(\.connectionsPerUser, 2)) { server in
      let token = try await server.token(for: "li")
      for _ in 0..<3 {
        let wire = try await waiting(server, token)
        try await wire.sendClose(1000)
        #expect(try await wire.closeCode() == 1000)
        await server.settle()
        await server.accounts.releaseTokens()
        await server.settle()
      }
      #expect(server.server.shared.sessions.users.connections == 0)
      #expect(try await server.client(token: token).hasEnded == false)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a connection that the server closes during its hello is not welcomed`(
    workers: Int
  ) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await waiting(server, token)
      await server.server.revoke(tokens: [tokenHash(token)])
      #expect(try await wire.closeCode() == 4008)
      await server.accounts.releaseTokens()
      await server.settle()
      #expect(server.server.shared.sessions.users.connections == 0)
    }
  }

  @Test(arguments: TestServer.workers)
  func `an account that is locked during its hello does not come in`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await waiting(server, token)
      try await server.accounts.revoke(token: token)
      await server.server.revoke(user: "u1", .revoked)
      await server.accounts.releaseTokens()
      let refusal = try await wire.hear()
      #expect(refusal["data"]?["code"] == 109)
      #expect(try await wire.closeCode() == 4105)
    }
  }

  @Test(arguments: ["header", "authorization", "cookie"], TestServer.workers)
  func `a token of the upgrade that ends before hello names nobody`(
    way: String, workers: Int
  ) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await upgraded(server, by: way, token)
      try await server.accounts.revoke(token: token)
      await server.server.revoke(tokens: [tokenHash(token)])
      try await wire.say(hello())
      let welcome = try await wire.hear()
      #expect(welcome["type"] == "welcome" && welcome["data"]?["user"]?["id"] != "u1")
    }
  }

  @Test(arguments: ["header", "authorization", "cookie"], TestServer.workers)
  func `a connection ends with the token of its upgrade`(way: String, workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await upgraded(server, by: way, token)
      try await wire.say(hello())
      #expect(try await wire.hear()["data"]?["user"]?["id"] == "u1")
      #expect(await server.server.tokensInUse() == [tokenHash(token)])
      await server.server.revoke(tokens: [tokenHash(token)])
      #expect(try await wire.closeCode() == 4008)
    }
  }

  @Test func `a connection whose token has expired is told to come back with a new one`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      await server.server.revoke(tokens: [tokenHash(token)], .expired)
      #expect(try await wire.closeCode() == 4105)
    }
  }

  @Test func `a token as the user of HTTP Basic is noticed when it ends`() throws {
    func tokens(_ credentials: String) -> [String] {
      let head = "Basic " + Base64.standard.encode(Array(credentials.utf8))
      return Request(.get, "/ws", headers: Fields(["authorization": head], ignoringCase: true))
        .tokens
    }
    #expect(tokens("a-token:") == ["a-token"])
    #expect(tokens("li:secret").isEmpty)
  }

  /// Another token beside the one that names the user must not hide it.
  @Test func `a connection ends with the token that named its user, whatever else it brought`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.wire()
      try await wire.upgrade(
        "/ws", headers: [("Authorization", "Bearer \(token)"), ("token", "another")])
      try await wire.say(hello())
      #expect(try await wire.hear()["data"]?["user"]?["id"] == "u1")
      await server.server.revoke(tokens: [tokenHash(token)])
      #expect(try await wire.closeCode() == 4008)
    }
  }

  private func upgraded(_ server: TestServer, by way: String, _ token: String) async throws -> Wire
  {
    let wire = try await server.wire()
    let header =
      switch way {
      case "header": ("token", token)
      case "authorization": ("Authorization", "Bearer \(token)")
      default: ("Cookie", "token=\(token)")
      }
    try await wire.upgrade("/ws", headers: [header])
    return wire
  }
}
