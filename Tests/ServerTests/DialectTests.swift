import Crypto
import HubProtocol
import JSON
import Limits
import Loop
import PluginKit
import Rig
import Testing

@testable import HubCore

/// An older protocol over the same topics, with the codec of `LabPlugin`.
@Suite(.timeLimit(.minutes(3))) struct DialectTests {
  private func line(_ server: TestServer, _ name: String) async throws -> Wire {
    let wire = try await server.wire()
    try await wire.upgrade("/lab/line?name=\(name)")
    #expect(try await wire.frame().text == "HI \(name)")
    return wire
  }

  @Test(arguments: [true, false])
  func `whoever's token ends is sent away on every protocol`(byAccount: Bool) async throws {
    try await TestServer.run(workers: 2) { server in
      let token = try await server.token(for: "ada")
      let old = try await server.wire()
      try await old.upgrade("/lab/line?name=ada", headers: [("Authorization", "Bearer \(token)")])
      #expect(try await old.frame().text == "HI ada")
      // Known by its upgrade request alone.
      let new = try await server.wire()
      try await new.upgrade("/ws", headers: [("token", token)])
      try await new.say(["type": "hello", "id": 0, "data": [:]])
      #expect(try await new.hear("welcome")["data"]?["user"]?["id"] == "u1")
      let other = try await server.client("s_other")

      if byAccount {
        await server.server.revoke(user: "u1", .revoked)
      } else {
        await server.server.revoke(tokens: [tokenHash(token)])
      }
      #expect(try await old.closeCode() == 4008)
      #expect(try await new.closeCode() == 4008)
      #expect(try await other.subscribe("lab.room.a")["type"] == "subscribed")
    }
  }

  @Test func `a session that a plugin makes too late is told that it is closed`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await server.wire()
      try await wire.send(Wire.request("GET", "/lab/line?name=late", headers: Wire.upgrade))
      // As long as a plugin is waited for.
      try await server.until {
        await server.pass(1)
        return await wire.waiting.count > 0
      }
      #expect(try await wire.reply().status == 504)
      // The connection serves another client before the first one's session is there.
      try await wire.upgrade("/lab/line?name=ben")
      #expect(try await wire.frame().text == "HI ben")
      let opener = try await server.client("s_opener")
      try await opener.subscribe("lab.room.gate")
      let event = try await opener.hear("event")
      #expect(event["data"]?["event"] == "lab.closed")
      #expect(event["data"]?["how"] == "lost")
      try await wire.say("HELLO")
      #expect(try await wire.frame().text == "WHAT")
    }
  }

  @Test func `an event that was published before the leave is still sent`() async throws {
    try await TestServer.run(workers: 4) { server in
      let wire = try await line(server, "ada")
      for number in 0..<300 {
        let topic = "lab.state.\(number)"
        try await wire.say("JOIN \(topic)")
        try #require(try await wire.frame().text == "IN \(topic)")
        try await wire.say("LAST \(topic) word")
        try #require(try await wire.frame().text == "\(topic) word")
        try #require(try await wire.frame().text == "OUT \(topic)")
      }
    }
  }

  private func member(_ server: TestServer, _ token: String) async throws -> Wire {
    let wire = try await server.wire()
    try await wire.upgrade("/lab/line?name=ada", headers: [("Authorization", "Bearer \(token)")])
    #expect(try await wire.frame().text == "HI ada")
    return wire
  }

  @Test(arguments: TestServer.workers)
  func `connections of a user are counted on every protocol`(workers: Int) async throws {
    try await TestServer.run(workers: workers, limits: .with(\.connectionsPerUser, 2)) { server in
      let token = try await server.token(for: "ada")
      let new = try await server.client(token: token)
      let (first, second) = (try await member(server, token), try await member(server, token))
      try await first.say("JOIN lab.room.a")
      #expect(try await first.frame().text == "IN lab.room.a")
      try await second.say("JOIN lab.room.a")
      #expect(try await second.frame().text == "NO unavailable")
      // One that leaves makes room.
      try await new.say(["type": "bye"])
      #expect(try await new.closeCode() == 1000)
      try await server.until {
        try await second.say("JOIN lab.room.a")
        return try await second.frame().text == "IN lab.room.a"
      }
      for wire in [first, second] { await wire.drop() }
      try await server.until { server.server.shared.sessions.users.connections == 0 }
    }
  }

  @Test func `what a user publishes is charged on all of its lines together`() async throws {
    var limits = ServerLimits.with(\.publishesPerSecond, 1)
    limits.publishBurst = 4
    try await TestServer.run(workers: 2, time: ManualTime(), limits: limits) { server in
      await server.pass(6)
      let token = try await server.token(for: "ada")
      let lines = [try await member(server, token), try await member(server, token)]
      for (number, line) in lines.enumerated() {
        try await line.say("JOIN lab.state.\(number)")
        #expect(try await line.frame().text == "IN lab.state.\(number)")
      }
      for _ in 0..<2 {
        for (number, line) in lines.enumerated() {
          try await line.say("SAY lab.state.\(number) word")
          #expect(try await line.frame().text == "lab.state.\(number) word")
        }
      }
      for line in lines {
        try await line.say("SAY lab.state.0 more")
        #expect(try await line.frame().text == "SLOW")
      }
    }
  }

  @Test func `the limits of frames and topics count on every protocol`() async throws {
    var limits = ServerLimits.with(\.framesPerSecond, 2)
    limits.topicsPerConnection = 2
    try await TestServer.run(workers: 1, time: ManualTime(), limits: limits) { server in
      await server.pass(6)
      let wire = try await line(server, "ada")
      for (topic, answer) in [("a", "IN lab.state.a"), ("b", "IN lab.state.b"), ("c", "NO denied")]
      {
        try await wire.say("JOIN lab.state.\(topic)")
        #expect(try await wire.frame().text == answer)
      }
      for _ in 0..<20 { try await wire.say("NOTHING") }
      #expect(try await wire.closeCode() == 4104)
    }
  }

  @Test func `old clients are found and sent away like new ones`() async throws {
    try await TestServer.run(workers: 1) { server in
      let old = try await line(server, "ada")
      try await old.say("JOIN lab.room.both")
      #expect(try await old.frame().text == "IN lab.room.both")
      let query = try ListQuery(["matching": "ADA"])
      let found = await server.server.workers[0].sessionSummaries(query)
      #expect(found.count == 1)
      #expect(found[0].protocolName == "lab-line")
      #expect(found[0].topics.map(\.description) == ["lab.room.both"])
      let user = found[0].user
      #expect(await server.hub.disconnect(user, .kicked) == 1)
      #expect(try await old.closeCode() == 4003)
      let nobody = try ListQuery(["matching": "nobody"])
      #expect(await server.server.workers[0].sessionSummaries(nobody).isEmpty)
    }
  }

  @Test(arguments: TestServer.workers)
  func `old and new clients in one topic see each other`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let new = try await server.client("s_new")
      try await new.subscribe("lab.room.both", ["presence": true])
      let old = try await line(server, "ada")
      try await old.say("JOIN lab.room.both")
      #expect(try await old.frame().text == "IN lab.room.both")
      var names: [String?] = []
      while !names.contains("ada") {
        let joins = try await new.hear("presence")["data"]?["join"]?.array ?? []
        names += joins.map { $0["name"]?.string }
      }
      for word in ["one", "two", "three"] {
        try await server.hub.publish(
          Event("lab.word", ["msg": .string(word)]), to: "lab.room.both")
      }
      for word in ["one", "two", "three"] {
        #expect(try await old.frame().text == "lab.room.both \(word)")
        #expect(try await new.hear("event")["data"]?["msg"]?.string == word)
      }
      try await old.say("LEAVE lab.room.both")
      #expect(try await old.frame().text == "OUT lab.room.both")
      #expect(try await new.hear("presence")["data"]?["leave"]?[0]?["reason"] == "bye")
    }
  }

  @Test func `an event can be kept from its author`() async throws {
    try await TestServer.run(workers: 4) { server in
      let (ada, ben) = (try await line(server, "ada"), try await line(server, "ben"))
      for wire in [ada, ben] {
        try await wire.say("JOIN lab.room.x")
        _ = try await wire.frame()
      }
      var event = Event("lab.word", ["msg": "unheard"])
      event.author = "g:ada"
      try await server.hub.publish(event, to: "lab.room.x")
      try await server.hub.publish(Event("lab.word", ["msg": "heard"]), to: "lab.room.x")
      #expect(try await ben.frame().text == "lab.room.x unheard")
      #expect(try await ben.frame().text == "lab.room.x heard")
      #expect(try await ada.frame().text == "lab.room.x heard")
    }
  }

  @Test func `a dialect may refuse before the upgrade, and close with its own code`() async throws {
    try await TestServer.run(workers: 1) { server in
      let nameless = try await server.wire().call("GET", "/lab/line", headers: Wire.upgrade)
      #expect(nameless.status == 401)
      let wire = try await line(server, "ada")
      try await wire.say("JOIN lab.closed.x")
      #expect(try await wire.frame().text.hasPrefix("NO"))
      try await wire.say("QUIT")
      #expect(try await wire.closeCode() == 4003)
    }
  }

  @Test func `silent clients are pinged by the frames of RFC 6455`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await line(server, "ada")
      await server.pass(12)
      #expect(try await wire.frame().opcode == 9)
      try await wire.send(Wire.frame(10, []))
      await server.pass(48)
      #expect(await !wire.hasEnded)
      await server.pass(14)
      #expect(try await wire.closeCode() == 4102)
    }
  }
}
