import HubCore
import JSON
import Limits
import Loop
import PluginKit
import Rig
import Testing

/// What is refused, with which number, and that the connection goes on after it.
@Suite(.timeLimit(.minutes(3))) struct ProtocolErrorTests {
  /// A frame of a guest who is in `lab.room.e` and `lab.strict.e`, and its error.
  static let refusals: [(String, Int)] = [
    (#"{"type":"subscribe","id":9,"topic":"lab.members.a"}"#, 101),
    (#"{"type":"subscribe","id":9,"topic":"lab.nothing"}"#, 102),
    (#"{"type":"subscribe","id":9,"topic":"nobody.has.this"}"#, 102),
    (#"{"type":"publish","id":9,"topic":"nobody.has.this","data":{}}"#, 102),
    (#"{"type":"subscribe","id":9,"topic":"lab.closed.a"}"#, 103),
    (#"{"type":"publish","id":9,"topic":"lab.room.other","data":{}}"#, 103),
    (#"{"type":"publish","id":9,"topic":"lab.small.e","data":{}}"#, 103),
    (#"{"type":"history","id":9,"topic":"lab.room.other"}"#, 103),
    (#"{"type":"presence","id":9,"topic":"lab.strict.e"}"#, 103),
    (#"{"type":"dance","id":9}"#, 104),
    (#"{"type":"subscribe","id":9,"topic":"lab.room.e"}"#, 105),
    (#"{"type":"subscribe","id":9,"topic":"lab.room.third"}"#, 0),
    (#"{"type":"subscribe","id":9,"topic":"lab.room.fifth"}"#, 106),
    (#"{"type":"subscribe","id":9,"topic":"not a topic"}"#, 107),
    (#"{"type":"subscribe","id":9}"#, 107),
    (#"{"id":9}"#, 107),
    (#"{"type":"publish","id":9,"topic":"lab.room.e","data":[]}"#, 107),
    (#"{"type":"publish","id":9,"topic":"lab.strict.e","data":{}}"#, 107),
    (#"{"type":"unsubscribe","id":9,"topic":"lab.room.none"}"#, 107),
    (#"{"type":"hello","id":9}"#, 107),
    (#"{"type":"lab.ask","id":9,"data":{"bad":1}}"#, 107),
    (#"{"type":"ping","type":"pong","id":9}"#, 107),
    (#"{"id":9,"type":7}"#, 107),
    (#"[1]"#, 107),
    ("nonsense", 107),
    ("", 107),
    (String(repeating: "[", count: 60_000), 107),
    (#"{"type":"subscribe","id":9,"topic":"lab.room.e","data":{"recover":{"offset":-1}}}"#, 107),
    (#"{"type":"publish","id":{"a":1},"topic":"lab.room.e","data":{}}"#, 107),
  ]

  @Test(arguments: TestServer.workers)
  func `every refusal has its number, and the connection goes on`(workers: Int) async throws {
    try await TestServer.run(workers: workers, limits: .with(\.topicsPerConnection, 4)) {
      server in
      let wire = try await server.client()
      try await wire.subscribe("lab.room.e")
      try await wire.subscribe("lab.small.e")
      try await wire.subscribe("lab.strict.e")
      for (text, code) in Self.refusals {
        try await wire.say(text)
        let frame = try await wire.hear()
        #expect((frame["data"]?["code"]?.int ?? 0) == code, "\(text.prefix(90)): \(frame)")
        guard code != 0 else { continue }
        #expect(frame["type"] == "error")
        #expect(frame["data"]?["msg"]?.string?.isEmpty == false)
        if text.contains(#""id":9"#) && !text.contains("ping") { #expect(frame["re"] == 9) }
      }
      try await wire.say(["type": "ping", "ts": 1])
      #expect(try await wire.hear()["data"]?["t"] == 1)
    }
  }

  @Test func `an owner that fails or is away is told as such, and the topic stays free`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      let broken = try await wire.subscribe("lab.broken.a")
      #expect(broken["data"]?["code"] == 100)
      #expect(broken["data"]?["temporary"] == true)
      #expect(try await wire.subscribe("lab.away.a")["data"]?["code"] == 108)
      #expect(try await wire.subscribe("lab.broken.a")["data"]?["code"] == 100)
      #expect(await server.server.statistics().subscriptions == 0)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a full room refuses with 120, and has place again later`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      var wires: [Wire] = []
      for number in 0..<3 { wires.append(try await server.client("s_\(number)")) }
      try await wires[0].subscribe("lab.small.a")
      try await wires[1].subscribe("lab.small.a")
      #expect(try await wires[2].subscribe("lab.small.a")["data"]?["code"] == 120)
      try await wires[0].say(["type": "bye"])
      #expect(try await wires[0].closeCode() == 1000)
      await server.settle()
      #expect(try await wires[2].subscribe("lab.small.a")["type"] == "subscribed")
    }
  }

  @Test func `who publishes too fast is told how long to wait`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      await server.pass(3)
      let wire = try await server.client()
      try await wire.subscribe("lab.state.fast")
      for _ in 0..<61 {
        try await wire.say([
          "type": "publish", "id": "p", "topic": "lab.state.fast", "data": [:],
        ])
      }
      let refusal = try await wire.hear("error")
      #expect(refusal["data"]?["code"] == 111)
      #expect(refusal["data"]?["temporary"] == true)
      let wait = refusal["data"]?["retry_after_ms"]?.int ?? 0
      #expect((1...1000).contains(wait))
      let inside = try await server.wire(encrypted: false)
      let metrics = try await inside.call("GET", "/metrics").text
      #expect(
        metrics.contains(
          "muster_client_errors_total{code=\"111\",reason=\"too_many_requests\"} 1\n"))
      await server.pass(Double(wait) / 1000 + 0.1)
      try await wire.say([
        "type": "publish", "id": "late", "topic": "lab.state.fast", "data": [:],
      ])
      while true {
        let frame = try await wire.hear()
        if frame["re"] == "late" {
          #expect(frame["type"] == "ack")
          break
        }
      }
    }
  }

  @Test func `frames of a plugin's own type are counted like publishes`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      await server.pass(3)
      let wire = try await server.client()
      try await wire.subscribe("lab.state.fast")
      for _ in 0..<60 {
        try await wire.say(["type": "lab.ask", "id": 1, "data": [:]])
        #expect(try await wire.hear()["type"] == "ack")
      }
      for type in ["lab.ask", "publish"] {
        try await wire.say([
          "type": .string(type), "id": 2, "topic": "lab.state.fast", "data": [:],
        ])
        let refusal = try await wire.hear()
        #expect(refusal["re"] == 2 && refusal["data"]?["code"] == 111)
        #expect((1...1000).contains(refusal["data"]?["retry_after_ms"]?.int ?? 0))
      }
    }
  }

  @Test func `who comes and goes too fast is told how long to wait`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      await server.pass(3)
      let wire = try await server.client()
      var answers: [String: Int] = [:]
      for _ in 0..<70 {
        answers[try await wire.subscribe("lab.room.a")["type"]?.string ?? "", default: 0] += 1
        try await wire.say(["type": "unsubscribe", "id": "off", "topic": "lab.room.a"])
        _ = try await wire.hear()
      }
      #expect(answers == ["subscribed": 60, "error": 10])
      // Nobody is told of those who come into a topic without presence.
      #expect(try await wire.subscribe("lab.state.a")["type"] == "subscribed")
      await server.pass(0.1)
      #expect(try await wire.subscribe("lab.room.a")["type"] == "subscribed")
    }
  }

  @Test(arguments: TestServer.workers)
  func `one user publishes only so much, from however many connections`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      await server.pass(3)
      let token = try await server.token(for: "li")
      var answers: [String: Int] = [:]
      for number in 0..<8 {
        let wire = try await server.client("s_\(number)", token: token)
        try await wire.subscribe("lab.room.fast")
        for _ in 0..<20 {
          try await wire.say([
            "type": "publish", "id": 1, "topic": "lab.room.fast", "data": [:],
          ])
        }
        var left = 20
        while left > 0 {
          let frame = try await wire.hear()
          guard frame["re"] == 1 else { continue }
          answers[frame["type"]?.string ?? "", default: 0] += 1
          left -= 1
        }
      }
      #expect(answers == ["ack": 60, "error": 100])
    }
  }

  @Test(arguments: TestServer.workers)
  func `one user may have only so many connections, wherever they are`(workers: Int) async throws {
    try await TestServer.run(workers: workers, limits: .with(\.connectionsPerUser, 2)) { server in
      let token = try await server.token(for: "li")
      let first = try await server.client(token: token)
      let second = try await server.client(token: token)
      for _ in 0..<6 {
        let third = try await server.wire()
        try await third.upgrade("/ws")
        try await third.say(["type": "hello", "id": 1, "data": ["token": .string(token)]])
        let refusal = try await third.hear()
        #expect(refusal["re"] == 1 && refusal["data"]?["code"] == 106)
        #expect(try await third.closeCode() == 4004)
      }
      try await first.say(["type": "bye"])
      #expect(try await first.closeCode() == 1000)
      try await first.sendClose(1000)
      _ = try await first.rest()
      await server.settle()
      let next = try await server.client(token: token)
      for wire in [second, next] { #expect(await !wire.hasEnded) }
    }
  }

  static let reasons: [(DisconnectReason, Int)] = [
    (.kicked, 4003), (.replaced, 4007), (.revoked, 4008), (.permissionsChanged, 4202),
    (.rebalance, 4201),
  ]

  @Test(arguments: reasons)
  func `who is sent away hears why`(reason: DisconnectReason, code: Int) async throws {
    try await TestServer.run(workers: 4) { server in
      let token = try await server.token(for: "li")
      let wires = [try await server.client(token: token), try await server.client(token: token)]
      #expect(await server.hub.disconnect("u1", reason) == 2)
      for wire in wires { #expect(try await wire.closeCode() == code) }
    }
  }

  @Test func `who is taken out of a topic is told, and others see it`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 4, time: time) { server in
      let token = try await server.token(for: "li")
      let li = try await server.client(token: token)
      let other = try await server.client("s_other")
      try await other.subscribe("lab.room.k", ["presence": true])
      try await li.subscribe("lab.room.k")
      await server.pass(1)
      #expect(try await other.hear("presence")["data"]?["join"] != nil)
      #expect(await server.hub.remove("u1", from: "lab.room.k"))
      #expect(try await li.hear("unsubscribed")["data"]?["reason"] == "removed")
      await server.pass(1)
      let leave = try await other.hear("presence")["data"]?["leave"]
      #expect(leave == [["id": "u1", "reason": "removed"]])
    }
  }
}
