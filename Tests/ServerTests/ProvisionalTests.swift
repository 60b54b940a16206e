import JSON
import MusterTesting
import PluginKit
import Rig
import Testing

@testable import HubCore

/// An account that its holder made and the staff has not confirmed, on every way in.
@Suite(.timeLimit(.minutes(3))) struct ProvisionalTests {
  private func newcomer(_ server: TestServer) async throws -> (account: Account, token: String) {
    let account = try await server.accounts.register(
      NewAccount(login: "zz", name: "zz", password: "longenough", roles: [.student, .staff]),
      from: .loopback)
    let token = try await server.accounts.issueToken(
      for: account.id, purpose: "lab", life: .fixed(seconds: 3600))
    return (account, token.text)
  }

  private func get(_ path: String, _ token: String, _ server: TestServer) async throws
    -> (status: Int, text: String)
  {
    let wire = try await server.wire()
    let answer = try await wire.call("GET", path, headers: [("Authorization", "Bearer \(token)")])
    return (answer.status, answer.text)
  }

  @Test func `a call that does not admit it treats it as a stranger`() async throws {
    try await TestServer.run(workers: 1) { server in
      let (account, token) = try await newcomer(server)
      #expect(account.isProvisional && account.roles == .student)
      let refused = try await get("/lab/who", token, server)
      #expect(refused.status == 403)
      #expect(refused.text.contains("limited until the staff confirms it"))
      #expect(try await get("/lab/anyone", token, server).text == "a stranger")
      #expect(try await get("/lab/newcomer", token, server).text == "u\(account.id)")
    }
  }

  @Test(arguments: TestServer.workers)
  func `a topic that does not admit it takes it for a guest`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let (account, token) = try await newcomer(server)
      let wire = try await server.client("s_zz", token: token)
      try await wire.say(["type": "subscribe", "id": 1, "topic": "lab.members.a"])
      let refused = try await wire.hear("error")
      #expect(refused["data"]?["code"] == 103)
      #expect(refused["data"]?["msg"]?.string?.contains("limited") == true)
      let room = try await wire.subscribe("lab.room.a")
      #expect(room["data"]?["snapshot"]?["who"]?.string?.hasPrefix("g:") == true)
      #expect(
        try await wire.subscribe("lab.newcomers.a")["type"] == "subscribed")
      let members = await server.hub.members(of: "lab.room.a")
      #expect(members.map(\.id) != ["u\(account.id)"] && members.count == 1)
    }
  }

  @Test func `a plugin's message comes from a guest unless it admits such accounts`() async throws {
    try await TestServer.run(workers: 1) { server in
      let (account, token) = try await newcomer(server)
      let wire = try await server.client("s_zz", token: token)
      try await wire.say(["type": "lab.ask", "id": 1])
      #expect(try await wire.hear("ack")["data"]?["who"]?.string?.hasPrefix("g:") == true)
      try await wire.say(["type": "lab.introduce", "id": 2])
      #expect(try await wire.hear("ack")["data"]?["who"] == .string("u\(account.id)"))
    }
  }

  @Test func `an older protocol that does not admit it gets no identity`() async throws {
    try await TestServer.run(workers: 1) { server in
      let (_, token) = try await newcomer(server)
      let wire = try await server.wire()
      try await wire.upgrade("/lab/line?name=zz", headers: [("Authorization", "Bearer \(token)")])
      #expect(try await wire.frame().text == "HI zz")
      try await wire.say("JOIN lab.members.a")
      #expect(try await wire.frame().text == "NO unauthorized")
    }
  }

  @Test func `the staff's word lets it in everywhere`() async throws {
    try await TestServer.run(workers: 1) { server in
      var (account, token) = try await newcomer(server)
      account.profiles[.studentNumber] = "2100301499"
      try await server.accounts.update(account)
      #expect(try await get("/lab/who", token, server).text == "u\(account.id)")
      let wire = try await server.client("s_zz", token: token)
      #expect(try await wire.subscribe("lab.members.a")["type"] == "subscribed")
    }
  }
}
