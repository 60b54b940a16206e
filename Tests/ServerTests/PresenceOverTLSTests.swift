import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// The table of presence and the heartbeat, through real lines and a clock turned by hand.
@Suite(.timeLimit(.minutes(3))) struct PresenceOverTLSTests {
  /// A room with a watcher who stays and `u1`, who is about to go.
  private struct Room {
    static let topic = "lab.room.p"
    let server: TestServer
    let watcher: Wire
    var going: Wire
    let token: String

    init(_ server: TestServer) async throws {
      self.server = server
      token = try await server.token(for: "li")
      watcher = try await server.client("s_watcher")
      try await watcher.subscribe(Room.topic, ["presence": true])
      going = try await server.client("s_li", token: token)
      try await going.subscribe(Room.topic)
      await server.pass(1)
      while true {
        let joins = try await watcher.hear("presence")["data"]?["join"]?.array ?? []
        if joins.contains(where: { $0["id"] == "u1" }) { break }
      }
    }

    /// Lets time pass while the watcher stays awake; what it was told of `u1`, with the second.
    func watch(for seconds: Int, keeping other: Wire? = nil) async throws -> [String] {
      var told: [String] = []
      for second in 1...seconds {
        await server.pass(1)
        for wire in [watcher, other].compactMap({ $0 }) {
          try await wire.say(["type": "ping", "ts": .int(Int64(second))])
        }
        while true {
          let frame = try await watcher.hear()
          if frame["data"]?["t"]?.int == second { break }
          guard frame["type"] == "presence", let data = frame["data"] else { continue }
          for entry in data["update"]?.array ?? [] where entry["id"] == "u1" {
            told.append("\(second) \(entry["state"]?.string ?? "")")
          }
          for entry in data["leave"]?.array ?? [] where entry["id"] == "u1" {
            told.append("\(second) leave \(entry["reason"]?.string ?? "")")
          }
          for entry in data["join"]?.array ?? [] where entry["id"] == "u1" {
            told.append("\(second) join")
          }
        }
      }
      return told
    }
  }

  private func inRoom(_ workers: Int, _ body: (Room) async throws -> Void) async throws {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      try await body(try await Room(server))
    }
  }

  private func second(_ told: String?) -> Int { Int(told?.split(separator: " ").first ?? "") ?? -1 }

  @Test(arguments: TestServer.workers)
  func `bye ends presence at once`(workers: Int) async throws {
    try await inRoom(workers) { room in
      try await room.going.say(["type": "bye"])
      #expect(try await room.watch(for: 3) == ["1 leave bye"])
    }
  }

  @Test(arguments: TestServer.workers)
  func `close 1000 ends presence at once`(workers: Int) async throws {
    try await inRoom(workers) { room in
      try await room.going.sendClose(1000)
      #expect(try await room.watch(for: 3).map { $0.prefix(7) } == ["1 leave"])
    }
  }

  @Test(arguments: TestServer.workers)
  func `a closed tab is unstable at once and gone after five seconds`(workers: Int) async throws {
    try await inRoom(workers) { room in
      try await room.going.sendClose(1001)
      let told = try await room.watch(for: 8)
      #expect(told.count == 2)
      #expect(told.first == "1 unstable")
      #expect((5...6).contains(second(told.last)))
      #expect(told.last?.contains("leave") == true)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a reload is never a leave`(workers: Int) async throws {
    try await inRoom(workers) { room in
      try await room.going.sendClose(1001)
      _ = try await room.going.closeCode()
      var told = try await room.watch(for: 2)
      let back = try await room.server.client("s_li", token: room.token)
      try await back.subscribe(Room.topic)
      told += try await room.watch(for: 20, keeping: back)
      #expect(!told.contains { $0.contains("leave") || $0.contains("join") })
      #expect(told.last?.contains("online") == true)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a line that breaks is unstable at once and gone after a minute`(workers: Int) async throws {
    try await inRoom(workers) { room in
      await room.going.reset()
      let told = try await room.watch(for: 63)
      #expect(told.count == 2)
      #expect(told.first == "1 unstable")
      #expect((58...62).contains(second(told.last)))
    }
  }

  @Test(arguments: TestServer.workers)
  func `a pulled cable is unstable within sixteen seconds and gone after sixty`(workers: Int)
    async throws
  {
    try await inRoom(workers) { room in
      await room.going.stopReading()
      let told = try await room.watch(for: 63)
      #expect(told.count == 2)
      #expect(told.first?.contains("unstable") == true)
      #expect((10...16).contains(second(told.first)))
      #expect(told.last?.contains("leave") == true)
      #expect((58...62).contains(second(told.last)))
    }
  }

  @Test(arguments: TestServer.workers)
  func `any byte makes an unstable member online again`(workers: Int) async throws {
    try await inRoom(workers) { room in
      var told = try await room.watch(for: 17)
      try await room.going.say(["type": "ping", "ts": 1])
      told += try await room.watch(for: 3)
      #expect(told.map { $0.split(separator: " ")[1] } == ["unstable", "online"])
    }
  }

  @Test(arguments: TestServer.workers)
  func `a silent line is pinged after ten seconds and closed after sixty`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let wire = try await server.client()
      let start = server.time?.unixMilliseconds ?? 0
      await server.pass(12)
      let ping = try await wire.hear()
      #expect(ping["type"] == "ping")
      let after = Int64(ping["ts"]?.int ?? 0) - start
      #expect((8_900...11_300).contains(after))
      await server.pass(46)
      #expect(await wire.waiting.isEmpty)
      await server.pass(3)
      #expect(try await wire.closeCode() == 4102)
      _ = try await wire.rest()
    }
  }

  @Test func `a client that answers stays for good, and is pinged again and again`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await server.client()
      for _ in 0..<10 {
        await server.pass(11.5, step: 500)
        let ping = try await wire.hear()
        #expect(ping["type"] == "ping")
        try await wire.say(["type": "pong", "data": ["t": ping["ts"] ?? .null]])
        await server.settle()
      }
      #expect(await !wire.hasEnded)
    }
  }

  @Test(arguments: TestServer.workers)
  func `two lines of one user are one member, who stays while one is left`(workers: Int)
    async throws
  {
    try await inRoom(workers) { room in
      let second = try await room.server.client("s_li2", token: room.token)
      try await second.subscribe(Room.topic)
      try await room.going.say(["type": "bye"])
      #expect(try await room.watch(for: 5, keeping: second) == [])
      try await second.say(["type": "bye"])
      #expect(try await room.watch(for: 2) == ["1 leave bye"])
    }
  }

  @Test func `revisions of diffs follow each other, and a gap can be asked for`() async throws {
    try await inRoom(4) { room in
      try await room.watcher.say([
        "type": "presence", "id": 5, "topic": .string(Room.topic), "data": [:],
      ])
      let whole = try await room.watcher.hear("presence")
      #expect(whole["re"] == 5)
      #expect(whole["data"]?["total"] == 2)
      #expect(whole["data"]?["members"]?.array?.count == 2)
      let rev = whole["rev"]?.int ?? 0
      try await room.going.say(["type": "bye"])
      await room.server.pass(1)
      #expect(try await room.watcher.hear("presence")["rev"]?.int == rev + 1)
    }
  }

  @Test(arguments: [3_600_000, -3_600_000] as [Int64])
  func `nobody leaves or stays because the clock of the machine was set`(jump: Int64) async throws {
    try await inRoom(4) { room in
      let time = try #require(room.server.time)
      await room.going.reset()
      await room.server.pass(1)
      #expect(try await room.watcher.hear("presence")["data"]?["update"]?[0]?["id"] == "u1")
      time.setWall(unixMilliseconds: time.unixMilliseconds + jump)
      let told = try await room.watch(for: 62)
      #expect(told.count == 1 && told[0].contains("leave"))
      #expect((55...61).contains(second(told.first)))
    }
  }

  @Test func `what is shown goes by the clock of the machine as it stands`() async throws {
    try await inRoom(4) { room in
      let time = try #require(room.server.time)
      time.setWall(unixMilliseconds: time.unixMilliseconds + 3_600_000)
      await room.going.reset()
      await room.server.pass(1)
      let update = try await room.watcher.hear("presence")["data"]?["update"]?[0]
      let until = (update?["until"]?.int).map { Int64($0) } ?? 0
      #expect((55_000...60_000).contains(until - time.unixMilliseconds))
    }
  }
}

/// What a newcomer is told of those who came with it.
@Suite(.timeLimit(.minutes(3))) struct PresenceOfNewcomersTests {
  private func ids(_ frame: JSONValue, _ list: String) -> [String] {
    (frame["data"]?[list]?.array ?? []).compactMap { $0["id"]?.string }
  }

  private func members(_ answer: JSONValue) -> Int {
    answer["data"]?["presence"]?["members"]?.array?.count ?? 0
  }

  @Test(arguments: TestServer.workers)
  func `each newcomer is told once of each, and misses no revision`(workers: Int) async throws {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let watcher = try await server.client("s_0")
      try await watcher.subscribe("lab.room.n", ["presence": true])
      await server.pass(1)
      #expect(ids(try await watcher.hear("presence"), "join").isEmpty)
      // Three come within one window; each was shown those before it, and itself.
      var wires: [Wire] = []
      for number in 1...3 {
        let wire = try await server.client("s_\(number)")
        let answer = try await wire.subscribe("lab.room.n", ["presence": true])
        #expect(members(answer) == number + 1)
        #expect(answer["data"]?["presence"]?["rev"] == 1)
        wires.append(wire)
      }
      await server.pass(0.5)
      let whole = try await watcher.hear("presence")
      #expect(whole["rev"] == 2)
      let names = ids(whole, "join")
      #expect(names.count == 3)
      for (number, wire) in wires.enumerated() {
        let diff = try await wire.hear("presence")
        #expect(diff["rev"] == 2)
        #expect(diff["data"]?["total"] == 4)
        #expect(ids(diff, "join") == Array(names.dropFirst(number + 1)))
      }
      try await wires[0].say(["type": "bye"])
      try await server.until { await server.hub.population(of: "lab.room.n") == 3 }
      await server.pass(0.5)
      for wire in [watcher, wires[1], wires[2]] {
        let diff = try await wire.hear("presence")
        #expect(diff["rev"] == 3)
        #expect(ids(diff, "leave") == Array(names.prefix(1)))
      }
    }
  }

  @Test(arguments: TestServer.workers)
  func `what happens while a newcomer waits for its snapshot is told behind it`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let slow = try await server.client("s_slow")
      try await slow.say([
        "type": "subscribe", "id": "sub", "topic": "lab.gated.n", "data": ["presence": true],
      ])
      try await server.until { await server.hub.population(of: "lab.gated.n") == 1 }
      await server.pass(1)
      let other = try await server.client("s_other")
      try await other.say(["type": "subscribe", "topic": "lab.gated.n"])
      try await server.until { await server.hub.population(of: "lab.gated.n") == 2 }
      await server.pass(1)
      let opener = try await server.client("s_opener")
      try await opener.subscribe("lab.room.gate")
      let answer = try await slow.hear()
      #expect(answer["re"] == "sub")
      #expect(members(answer) == 1)
      #expect(answer["data"]?["presence"]?["rev"] == 0)
      let first = try await slow.hear("presence")
      #expect(first["rev"] == 1)
      #expect(ids(first, "join").isEmpty)
      let second = try await slow.hear("presence")
      #expect(second["rev"] == 2)
      #expect(ids(second, "join").count == 1)
    }
  }
}
