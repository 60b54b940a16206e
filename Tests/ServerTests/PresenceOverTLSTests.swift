import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// The table of presence and the heartbeat, through real lines and a clock turned by hand.
@Suite(.timeLimit(.minutes(1))) struct PresenceOverTLSTests {
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
}
