import HubCore
import JSON
import Limits
import Loop
import PluginKit
import Rig
import Testing

/// Protocol 2 as it is on the wire: every frame, every error, every close code.
@Suite(.timeLimit(.minutes(3))) struct ProtocolTests {
  private func error(_ frame: JSONValue) -> Int? {
    frame["type"] == "error" ? frame["data"]?["code"]?.int : nil
  }

  @Test func `hello is answered with who one is and how things are done`() async throws {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.wire()
      try await wire.upgrade("/ws")
      try await wire.say([
        "type": "hello", "id": 1, "data": ["token": .string(token), "session": "s_1"],
      ])
      let frame = try await wire.hear()
      #expect(frame["type"] == "welcome")
      #expect(frame["re"] == 1)
      #expect(frame["ts"]?.int != nil)
      let data = frame["data"] ?? .null
      #expect(data["proto"] == 2)
      #expect(data["session"] == "s_1")
      #expect(data["resumed"] == false)
      #expect(data["user"] == ["id": "u1", "name": "li", "avatar": ""])
      #expect(data["ping_ms"] == 10_000)
      #expect(data["timeout_ms"] == 60_000)
      #expect(data["max_message"] == 65_536)
      #expect(data["reconnect_window_ms"]?.int != nil)
      #expect(data["node"] == "n1")
    }
  }

  @Test func `the same tab is known again, somebody else's is not`() async throws {
    try await TestServer.run(workers: 1) { server in
      let (li, wang) = (try await server.token(for: "li"), try await server.token(for: "wang"))
      let first = try await server.client("s_tab", token: li)
      await first.drop()
      await server.settle()
      func resumed(_ token: String) async throws -> JSONValue? {
        let wire = try await server.wire()
        try await wire.upgrade("/ws")
        try await wire.say([
          "type": "hello", "data": ["token": .string(token), "session": "s_tab"],
        ])
        return try await wire.hear("welcome")["data"]?["resumed"]
      }
      while await server.server.statistics().connections > 0 { await server.settle() }
      #expect(try await resumed(li) == true)
      #expect(try await resumed(wang) == false)
    }
  }

  @Test func `a token that is not good is told so and closed with 4105`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      try await wire.upgrade("/ws")
      try await wire.say(["type": "hello", "id": "h", "data": ["token": "nonsense"]])
      let frame = try await wire.hear()
      #expect(error(frame) == 109)
      #expect(frame["re"] == "h")
      #expect(try await wire.closeCode() == 4105)
    }
  }

  @Test func `a plugin's authenticator opens the hub's socket if it says so`() async throws {
    try await TestServer.run(workers: 1) { server in
      func user(_ header: String) async throws -> String {
        let wire = try await server.wire()
        try await wire.upgrade("/ws", headers: [(header, "7")])
        try await wire.say(["type": "hello", "id": 1, "data": [:]])
        return try await wire.hear("welcome")["data"]?["user"]?["id"]?.string ?? ""
      }
      let (opening, other) = (try await user("lab-key"), try await user("lab-pass"))
      #expect(opening == "u7")
      #expect(other.hasPrefix("g:"))
    }
  }

  @Test func `whoever does not say hello is closed with 4107`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      try await wire.upgrade("/ws")
      try await wire.say(["type": "status", "id": 1])
      #expect(error(try await wire.hear()) == 101)
      await server.pass(11)
      #expect(try await wire.closeCode() == 4107)
    }
  }

  @Test func `either side may ping`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.say(["type": "ping", "ts": 1_795_231_010_123])
      #expect(
        try await wire.hear() == ["type": "pong", "data": ["t": 1_795_231_010_123]])
    }
  }

  @Test(arguments: TestServer.workers)
  func `a publish is stored, acknowledged and heard by everybody, the sender too`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      let sender = try await server.client("s_a")
      let other = try await server.client("s_b")
      let answer = try await sender.subscribe("lab.log.a", ["presence": true])
      #expect(answer["type"] == "subscribed")
      #expect(answer["offset"] == 0)
      #expect(answer["data"]?["events"] == [])
      #expect(answer["data"]?["snapshot"] == .null)
      #expect(answer["data"]?["recovered"] == nil)
      try await other.subscribe("lab.log.a")
      try await sender.say([
        "type": "publish", "id": "7f1e-4", "topic": "lab.log.a", "data": ["msg": "hello"],
      ])
      var (ack, event) = (try await sender.hear(), try await sender.hear())
      if ack["type"] == "event" { swap(&ack, &event) }
      #expect(ack["type"] == "ack")
      #expect(ack["re"] == "7f1e-4")
      #expect(ack["offset"] == 1)
      #expect(ack["epoch"] == answer["epoch"])
      #expect(event["offset"] == 1)
      #expect(event["data"]?["event"] == "message")
      #expect(event["data"]?["data"] == ["msg": "hello"])
      #expect(try await other.hear() == event)
    }
  }

  @Test(arguments: TestServer.workers)
  func `the same id gives the same offset and is delivered once`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      let again = try await server.client(token: token)
      try await wire.subscribe("lab.log.a")
      try await again.subscribe("lab.log.a")
      let frame: JSONValue = [
        "type": "publish", "id": "one", "topic": "lab.log.a", "data": ["n": 1],
      ]
      try await wire.say(frame)
      #expect(try await wire.hear("ack")["offset"] == 1)
      try await again.say(frame)
      #expect(try await again.hear("ack")["offset"] == 1)
      try await again.say([
        "type": "publish", "id": "two", "topic": "lab.log.a", "data": ["n": 2],
      ])
      #expect(try await again.hear("ack")["offset"] == 2)
      try await wire.say(["type": "history", "id": 9, "topic": "lab.log.a"])
      let events = try await wire.hear("history")["data"]?["events"]?.array ?? []
      #expect(events.map { $0["offset"]?.int } == [1, 2])
    }
  }

  @Test(arguments: TestServer.workers)
  func `one order for all, whoever publishes`(workers: Int) async throws {
    try await TestServer.run(workers: workers, limits: .with(\.publishesPerSecond, 0)) {
      server in
      var wires: [Wire] = []
      for number in 0..<4 { wires.append(try await server.client("s_\(number)")) }
      for wire in wires { try await wire.subscribe("lab.log.busy") }
      try await withThrowingTaskGroup { group in
        for (number, wire) in wires.enumerated() {
          group.addTask {
            for turn in 0..<50 {
              try await wire.say([
                "type": "publish", "id": .string("\(number)-\(turn)"), "topic": "lab.log.busy",
                "data": ["who": .int(Int64(number)), "turn": .int(Int64(turn))],
              ])
            }
          }
        }
        try await group.waitForAll()
      }
      var heard: [[JSONValue]] = []
      for wire in wires {
        var events: [JSONValue] = []
        while events.count < 200 { events.append(try await wire.hear("event")) }
        heard.append(events)
      }
      #expect(heard[0].map { $0["offset"]?.int } == Array(1...200))
      for events in heard { #expect(events == heard[0]) }
      for number in 0..<4 {
        let own = heard[0].filter { $0["data"]?["data"]?["who"]?.int == number }
        #expect(own.map { $0["data"]?["data"]?["turn"]?.int } == Array(0..<50))
      }
    }
  }

  @Test(arguments: TestServer.workers)
  func `who recovers gets everything that was missed, or nothing and a reason`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers, limits: .with(\.publishesPerSecond, 0)) {
      server in
      let wire = try await server.client()
      let epoch = try await wire.subscribe("lab.room.r")["epoch"]?.string ?? ""
      for number in 1...30 {
        try await wire.say([
          "type": "publish", "topic": "lab.room.r", "data": ["n": .int(Int64(number))],
        ])
        _ = try await wire.hear("event")
      }
      func recover(_ offset: Int, _ epoch: String) async throws -> JSONValue {
        let wish: JSONValue = ["offset": .int(Int64(offset)), "epoch": .string(epoch)]
        let other = try await server.client()
        return try await other.subscribe("lab.room.r", ["recover": wish])["data"] ?? .null
      }
      let near = try await recover(25, epoch)
      #expect(near["recovered"] == true)
      #expect(near["events"]?.array?.map { $0["offset"]?.int } == [26, 27, 28, 29, 30])
      let none = try await recover(30, epoch)
      #expect(none["recovered"] == true)
      #expect(none["events"] == [])
      let far = try await recover(3, epoch)
      #expect(far["recovered"] == false)
      #expect(far["reason"] == "too_old")
      let other = try await recover(25, "another")
      #expect(other["recovered"] == false)
      #expect(other["reason"] == "epoch_changed")
    }
  }

  @Test func `more than three hundred missed events are too many`() async throws {
    try await TestServer.run(workers: 1) { server in
      for number in 1...302 {
        try await server.hub.publish(Event("n", ["n": .int(Int64(number))]), to: "lab.log.many")
      }
      let wire = try await server.client()
      let epoch = try await wire.subscribe("lab.log.many")["epoch"] ?? .null
      func recover(_ offset: Int64) async throws -> JSONValue? {
        try await wire.say(["type": "unsubscribe", "topic": "lab.log.many"])
        let wish: JSONValue = ["recover": ["offset": .int(offset), "epoch": epoch]]
        return try await wire.subscribe("lab.log.many", wish)["data"]
      }
      let some = try await recover(2)
      #expect(some?["recovered"] == true)
      #expect(some?["events"]?.array?.count == 300)
      let many = try await recover(1)
      #expect(many?["recovered"] == false)
      #expect(many?["reason"] == "too_many")
    }
  }

  @Test func `history comes in pages, oldest first`() async throws {
    try await TestServer.run(workers: 1) { server in
      for number in 1...10 {
        try await server.hub.publish(Event("n", ["n": .int(Int64(number))]), to: "lab.log.h")
      }
      let wire = try await server.client()
      try await wire.subscribe("lab.log.h")
      func page(_ data: JSONValue) async throws -> (offsets: [Int?], more: JSONValue?) {
        try await wire.say(["type": "history", "id": 1, "topic": "lab.log.h", "data": data])
        let frame = try await wire.hear("history")
        let events = frame["data"]?["events"]?.array ?? []
        return (events.map { $0["offset"]?.int }, frame["data"]?["more"])
      }
      let newest = try await page(["limit": 3])
      #expect(newest.offsets == [8, 9, 10])
      #expect(newest.more == true)
      let before = try await page(["before": 8, "limit": 5])
      #expect(before.offsets == [3, 4, 5, 6, 7])
      let last = try await page(["before": 3])
      #expect(last.offsets == [1, 2])
      #expect(last.more == false)
    }
  }

  @Test func `status, refresh, unsubscribe and a plugin's own type are answered`() async throws {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      try await wire.subscribe("lab.room.s")
      try await wire.say(["type": "status", "id": 1])
      let status = try await wire.hear("ack")
      #expect(status["data"]?["topics"] == ["lab.room.s"])
      #expect(status["data"]?["user"] == "u1")
      try await wire.say(["type": "refresh", "id": 2, "data": ["token": .string(token)]])
      #expect(try await wire.hear("ack")["re"] == 2)
      try await wire.say(["type": "refresh", "id": 3, "data": ["token": "nonsense"]])
      #expect(error(try await wire.hear()) == 109)
      try await wire.say(["type": "lab.ask", "id": 4, "data": ["a": 1]])
      #expect(try await wire.hear("ack")["data"] == ["asked": ["a": 1], "who": "u1"])
      try await wire.say(["type": "unsubscribe", "id": 5, "topic": "lab.room.s"])
      #expect(
        try await wire.hear() == ["type": "unsubscribed", "re": 5, "topic": "lab.room.s"])
    }
  }

  @Test func `bye is answered with a close frame`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.say(["type": "bye"])
      #expect(try await wire.closeCode() == 1000)
    }
  }

  @Test func `a snapshot comes with the subscription`() async throws {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      let answer = try await wire.subscribe("lab.room.t", ["presence": true])
      #expect(answer["data"]?["snapshot"] == ["room": "lab.room.t", "who": "u1"])
      let members = answer["data"]?["presence"]?["members"]?.array ?? []
      #expect(members.map { $0["id"]?.string } == ["u1"])
      #expect(members.first?["state"] == "online")
      #expect(members.first?["conns"] == 1)
    }
  }
}
