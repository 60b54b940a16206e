import HubCore
import JSON
import Loop
import MusterTesting
import PluginHost
import PluginKit
import Rig
import Testing

/// The calls below `/api/v1` of a server that runs.
@Suite(.timeLimit(.minutes(3))) struct ServerAPICallTests {
  private func call(
    _ path: String, _ body: JSONValue, _ server: TestServer, as token: String
  ) async throws -> (status: Int, json: JSONValue) {
    let answer = try await server.wire().call(
      "POST", "/api/v1/\(path)", headers: [("Authorization", "Bearer \(token)")],
      body: String(decoding: body.encoded(), as: UTF8.self))
    return (answer.status, try JSONValue(parsing: answer.body))
  }

  private func admin(_ server: TestServer) async throws -> String {
    let account = try await server.accounts.create(
      NewAccount(login: "root", name: "root", password: "root-secret", roles: .admin))
    return try await server.accounts.issueToken(
      for: account.id, purpose: "test", life: .fixed(seconds: 86_400)
    ).text
  }

  @Test(arguments: ["publish", "presence", "history"])
  func `a topic that nobody owns is not found`(path: String) async throws {
    try await TestServer.run(workers: 4) { server in
      let body: JSONValue = ["topic": "nobody.owns.this", "data": [:]]
      let answer = try await call(path, body, server, as: try await admin(server))
      #expect(answer.status == 404 && answer.json["message"] == "there is no such topic")
    }
  }

  @Test func `callers choose their ids each for themselves`() async throws {
    func adjust(_ plan: inout HubServer.Plan) {
      // Two keys of one name.
      plan.checkKey = { text in
        Int64(text).map { KeyHolder(id: $0, name: "shop") { _, _ in true } }
      }
    }
    try await TestServer.run(workers: 1, adjusting: adjust) { server in
      let event: JSONValue = ["topic": "lab.room.ids", "id": "order-124", "data": [:]]
      let root = try await admin(server)
      for (token, offset) in [("1", 1), ("2", 2), (root, 3), ("1", 1), ("2", 2), (root, 3)] {
        let answer = try await call("publish", event, server, as: token)
        #expect(answer.json["offset"]?.int == offset)
      }
    }
  }

  @Test func `what is published is heard, and in the history for as long as the topic keeps it`()
    async throws
  {
    try await TestServer.run(workers: 4, time: ManualTime()) { server in
      let token = try await admin(server)
      let li = try await server.client("s_li")
      try await li.subscribe("lab.room.api")
      let event: JSONValue = ["topic": "lab.room.api", "id": "x", "data": ["n": 1]]
      for _ in 0..<2 {
        let answer = try await call("publish", event, server, as: token)
        #expect(answer.status == 200 && answer.json["offset"] == 1)
      }
      #expect(try await li.hear("event")["data"] == ["event": "message", "n": 1])
      let page = try await call("history", ["topic": "lab.room.api"], server, as: token)
      #expect(page.json["data"]?["events"]?.array?.count == 1)
      let members = try await call("presence", ["topic": "lab.room.api"], server, as: token)
      #expect(members.json["total"] == 1 && members.json["members"]?.array?.count == 1)
      // Old events are looked for now and then, and not in the last of these moments.
      for seconds in [3595, 6] {
        server.time?.advance(by: .seconds(seconds))
        await server.settle()
      }
      let late = try await call("history", ["topic": "lab.room.api"], server, as: token)
      #expect(late.json["data"]?["events"] == [])
    }
  }
}
