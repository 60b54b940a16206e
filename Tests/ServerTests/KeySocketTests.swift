import Crypto
import JSON
import MusterTesting
import PluginHost
import PluginKit
import Primitives
import Rig
import Testing

@testable import HubCore

/// Programs that come in by the socket with a key.
@Suite(.timeLimit(.minutes(3))) struct KeySocketTests {
  private func withServer(
    audit: Audit = .silent, _ body: (TestServer) async throws -> Void
  ) async throws {
    func adjust(_ plan: inout HubServer.Plan) {
      plan.checkKey = { text in
        let actions = ["mk_good": ["subscribe"], "mk_more": ["subscribe", "presence", "history"]]
        guard let known = actions[text] else { return nil }
        return KeyHolder(id: 1, name: "display") { action, topic in
          known.contains(action) && topic?.hasPrefix("lab.") == true
        }
      }
    }
    try await TestServer.run(workers: 1, audit: audit, adjusting: adjust, body)
  }

  @Test func `a key with the scope subscribe hears the topics it names, whoever owns them`()
    async throws
  {
    try await withServer { server in
      let program = try await server.client(token: "mk_good")
      for topic in ["lab.members.a", "lab.closed.a", "lab.room.a"] {
        #expect(try await program.subscribe(topic)["type"] == "subscribed")
      }
      _ = try await server.hub.publish(Event("news", ["n": 1]), to: "lab.members.a")
      #expect(try await program.hear("event")["data"]?["n"] == 1)
      #expect(try await program.subscribe("hub.stats")["data"]?["code"] == 103)
    }
  }

  @Test func `a program with a key is no member and says nothing`() async throws {
    try await withServer { server in
      let program = try await server.client(token: "mk_good")
      try await program.subscribe("lab.small.a")
      // A room for two has room for two people beside it.
      for name in ["li", "tao"] {
        let person = try await server.client(token: try await server.token(for: name))
        #expect(try await person.subscribe("lab.small.a")["type"] == "subscribed")
      }
      try await program.subscribe("lab.room.a")
      #expect(await server.hub.population(of: "lab.room.a") == 0)
      try await program.say(["type": "publish", "id": 7, "topic": "lab.room.a", "data": [:]])
      #expect(try await program.hear("error")["data"]?["code"] == 103)
    }
  }

  @Test(arguments: [("mk_good", false), ("mk_more", true)])
  func `to see members and history a key needs those scopes, too`(
    key: String, isAllowed: Bool
  ) async throws {
    try await withServer { server in
      let program = try await server.client(token: key)
      let whole = try await program.subscribe("lab.room.a", ["presence": true])
      #expect(whole["type"]?.string == (isAllowed ? "subscribed" : "error"))
      if !isAllowed { try await program.subscribe("lab.room.a") }
      for question in ["presence", "history"] {
        try await program.say(
          ["type": .string(question), "id": 8, "topic": "lab.room.a", "data": [:]])
        let answer = try await program.hear(isAllowed ? question : "error")
        #expect(isAllowed || answer["data"]?["code"] == 103)
      }
    }
  }

  @Test func `a key in the head of the upgrade request counts like one in hello`() async throws {
    try await withServer { server in
      let wire = try await server.wire()
      try await wire.upgrade("/ws", headers: [("Authorization", "Bearer mk_good")])
      try await wire.say(["type": "hello", "id": 0, "data": [:]])
      #expect(try await wire.hear("welcome")["data"]?["user"]?["id"] == "k:display")
      #expect(try await wire.subscribe("lab.members.a")["type"] == "subscribed")
    }
  }

  @Test func `a key that has ended closes its connections, and one that is not good opens none`()
    async throws
  {
    try await withServer { server in
      let program = try await server.client(token: "mk_good")
      await server.server.revoke(tokens: [tokenHash("mk_good")])
      #expect(try await program.closeCode() == 4008)
      let stranger = try await server.wire()
      try await stranger.upgrade("/ws")
      try await stranger.say(["type": "hello", "id": 0, "data": ["token": "mk_other"]])
      #expect(try await stranger.hear("error")["data"]?["code"] == 109)
    }
  }

  @Test func `a key that is not good, or not for a topic, leaves a trail without its text`()
    async throws
  {
    let trail = Locked<[(event: AuditEvent, isPaced: Bool)]>([])
    let audit = Audit { event, isPaced in trail.withLock { $0.append((event, isPaced)) } }
    try await withServer(audit: audit) { server in
      let stranger = try await server.wire()
      try await stranger.upgrade("/ws")
      try await stranger.say(["type": "hello", "id": 0, "data": ["token": "mk_other"]])
      #expect(try await stranger.hear("error")["data"]?["code"] == 109)
      let guest = try await server.wire()
      try await guest.upgrade("/ws", headers: [("Authorization", "Bearer mk_third")])
      try await guest.say(["type": "hello", "id": 0, "data": [:]])
      _ = try await guest.hear("welcome")
      let program = try await server.client(token: "mk_good")
      #expect(try await program.subscribe("hub.stats")["data"]?["code"] == 103)
      // An ended login is no act of a program.
      let tab = try await server.wire()
      try await tab.upgrade("/ws")
      try await tab.say(["type": "hello", "id": 0, "data": ["token": "ended"]])
      #expect(try await tab.hear("error")["data"]?["code"] == 109)
      let unknown = AuditEvent(
        "key.refused", from: "127.0.0.1", "no such key, or an expired one")
      #expect(
        trail.withLock { $0.map(\.event) } == [
          unknown, unknown,
          AuditEvent(
            "key.refused", by: "key display", from: "127.0.0.1", "may not subscribe hub.stats"),
        ])
      #expect(trail.withLock { $0.allSatisfy(\.isPaced) })
    }
  }

  @Test func `pages of loopback origins connect as guests, and their cookies do not count`()
    async throws
  {
    try await withServer { server in
      let token = try await server.token(for: "li")
      let wire = try await server.wire()
      try await wire.upgrade(
        "/ws", headers: [("Origin", "http://localhost:8099"), ("Cookie", "token=\(token)")])
      try await wire.say(["type": "hello", "id": 0, "data": [:]])
      let id = try await wire.hear("welcome")["data"]?["user"]?["id"]?.string
      #expect(id?.hasPrefix("g:") == true)
    }
  }
}
