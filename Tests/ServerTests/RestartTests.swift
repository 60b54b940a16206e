import JSON
import Limits
import Loop
import MusterTesting
import PluginKit
import Rig
import Storage
import Testing

@testable import HubCore
@testable import HubProtocol
@testable import HubStore

/// Presence across the end of a server and the start of the next.
@Suite(.timeLimit(.minutes(3))) struct RestartTests {
  enum End: CaseIterable {
    case crash, drain
  }

  static let cases = End.allCases.flatMap { end in TestServer.workers.map { (end, $0) } }

  private static let topic = "lab.room.r"

  /// Runs a test that begins with `u1`, a guest and somebody who will say bye in a topic.
  private func begin(
    _ workers: Int,
    _ body: (TestServer, _ li: Wire, _ guest: Wire, _ token: String) async throws
      -> TestServer
  ) async throws {
    let first = try await TestServer.start(workers: workers, time: ManualTime())
    let token = try await first.token(for: "li")
    let li = try await first.client("s_li", token: token)
    try await li.subscribe(Self.topic)
    let guest = try await first.client("s_guest")
    try await guest.subscribe(Self.topic)
    let going = try await first.client("s_going")
    try await going.subscribe(Self.topic)
    try await first.until { try await stored(first) == 3 }
    try await going.say(["type": "bye"])
    await first.pass(1)
    try await first.until { try await stored(first) == 2 }
    let last = try await body(first, li, guest, token)
    await last.stop()
  }

  private func stored(_ server: TestServer) async throws -> Int {
    await server.pass(0.1)
    return try await server.store.query("SELECT * FROM hub_members").count
  }

  private func end(_ server: TestServer, _ end: End, _ wires: [Wire]) async throws -> TestServer {
    guard end == .drain else { return try await server.restarted(after: 20) }
    async let drained: Void = server.server.drain(seconds: 10)
    for wire in wires {
      #expect(try await wire.closeCode() == 4200)
      try await wire.sendClose(4200)
    }
    await drained
    return try await server.restarted(after: 20)
  }

  /// Lets seconds pass; what the watcher was told meanwhile, as `12 leave u1 timeout`.
  private func watch(_ server: TestServer, _ watcher: Wire, _ others: [Wire], for seconds: Int)
    async throws -> [String]
  {
    var told: [String] = []
    for second in 1...seconds {
      await server.pass(1)
      for wire in [watcher] + others {
        try await wire.say(["type": "ping", "ts": .int(Int64(second))])
      }
      while true {
        let frame = try await watcher.hear()
        if frame["data"]?["t"]?.int == second { break }
        for what in ["join", "update", "leave"] {
          for entry in frame["data"]?[what]?.array ?? [] {
            let detail = entry["state"]?.string ?? entry["reason"]?.string ?? ""
            told.append("\(second) \(what) \(entry["id"]?.string ?? "") \(detail)")
          }
        }
      }
    }
    return told
  }

  @Test(arguments: cases)
  func `who is back in time never left, the others leave after a minute`(end: End, workers: Int)
    async throws
  {
    try await begin(workers) { first, li, guest, token in
      let since = first.time?.unixMilliseconds ?? 0
      let second = try await self.end(first, end, [li, guest])
      let now = second.time?.unixMilliseconds ?? 0
      let watcher = try await second.client("s_watcher")
      let answer = try await watcher.subscribe(Self.topic, ["presence": true])
      let members = answer["data"]?["presence"]?["members"]?.array ?? []
      #expect(members.count == 3)
      for member in members.prefix(2) {
        #expect(member["state"] == "unstable")
        #expect(member["conns"] == 0)
        #expect(member["until"]?.int.map { Int64($0) } == now + 60_000)
        #expect((member["since"]?.int).map { Int64($0) < since } == true)
      }
      #expect(members.contains { $0["id"] == "u1" && $0["name"] == "li" })
      let back = try await second.client("s_other_tab", token: token)
      try await back.subscribe(Self.topic)
      let told = try await watch(second, watcher, [back], for: 62)
      #expect(told.first == "1 update u1 online")
      #expect(told.count == 2)
      #expect(told.last?.contains(" leave g:") == true)
      #expect(told.last?.hasSuffix("timeout") == true)
      #expect(["59", "60", "61"].contains(told.last?.prefix(2) ?? ""))
      try await second.until { try await stored(second) == 2 }
      return second
    }
  }

  @Test func `who was told to take its time is waited for, over two crashes too`() async throws {
    let first = try await TestServer.start(
      workers: 4, time: ManualTime(), limits: .with(\.handshakesPerSecond, 1))
    let token = try await first.token(for: "li")
    let li = try await first.client("s_li", token: token)
    try await li.subscribe(Self.topic)
    // One a second comes back: with so many that takes longer than usual.
    var crowd: [Wire] = []
    for _ in 0..<80 { crowd.append(try await first.wire(encrypted: false)) }
    let last = try await first.wire()
    try await last.upgrade("/ws")
    try await last.say(["type": "hello", "id": 1])
    let window = try await last.hear("welcome")["data"]?["reconnect_window_ms"]?.int ?? 0
    #expect(window >= 80_000)
    await first.pass(20)
    let second = try await first.restarted(after: 5)
    await second.pass(5)
    let third = try await second.restarted(after: 1)
    await third.pass(Double(window) / 1000 + 20, step: 1000)
    #expect(await third.hub.members(of: Topic(Self.topic)).map(\.id) == ["u1"])
    await third.pass(15, step: 1000)
    #expect(await third.hub.members(of: Topic(Self.topic)).isEmpty)
    await third.pass(20, step: 1000)
    // Whom they told of the window are back or gone: it counts no more.
    try await third.until { try await third.server.shared.topics.memberStore.lastWindow() < window }
    for wire in crowd + [last, li] { await wire.drop() }
    await third.stop()
  }

  @Test func `who is sent elsewhere with a long window is waited for, too`() async throws {
    try await TestServer.run(
      workers: 4, time: ManualTime(), limits: .with(\.handshakesPerSecond, 1)
    ) { server in
      let token = try await server.token(for: "li")
      let li = try await server.client("s_li", token: token)
      try await li.subscribe(Self.topic)
      var crowd: [Wire] = []
      for _ in 0..<80 { crowd.append(try await server.wire(encrypted: false)) }
      #expect(await server.hub.disconnect("u1", .rebalance) == 1)
      #expect(try await li.closeCode() == 4201)
      try await li.sendClose(4201)
      _ = try await li.rest()
      await server.pass(100, step: 1000)
      #expect(await server.hub.members(of: Topic(Self.topic)).map(\.id) == ["u1"])
      await server.pass(20, step: 1000)
      #expect(await server.hub.members(of: Topic(Self.topic)).isEmpty)
      for wire in crowd { await wire.drop() }
    }
  }

  @Test func `after a long absence nobody is expected`() async throws {
    try await begin(1) { first, _, _, _ in
      let second = try await first.restarted(after: 601)
      #expect(await second.hub.members(of: Topic(Self.topic)).isEmpty)
      #expect(try await stored(second) == 0)
      return second
    }
  }

  @Test func `two crashes in a row make nobody leave`() async throws {
    try await begin(4) { first, _, _, _ in
      let second = try await first.restarted(after: 5)
      await second.pass(20)
      let third = try await second.restarted(after: 5)
      #expect(
        await third.hub.members(of: Topic(Self.topic)).map(\.state) == [.unstable, .unstable])
      return third
    }
  }

  @Test func `the topic's owner hears of those who come back, and of those who do not`()
    async throws
  {
    let first = try await TestServer.start(workers: 4, time: ManualTime())
    let token = try await first.token(for: "li")
    for wire in [try await first.client("s_li", token: token), try await first.client("s_g")] {
      try await wire.subscribe("lab.watched.o")
    }
    try await first.until { try await stored(first) == 2 }
    let second = try await first.restarted()
    let listener = try await second.client("s_listener")
    try await listener.subscribe("lab.state.moves")
    let back = try await second.client("s_li", token: token)
    try await back.subscribe("lab.watched.o")
    let event = try await listener.hear("event")["data"]
    #expect(event?["who"] == "u1")
    #expect(event?["kind"] == "joined")
    let told = try await watch(second, back, [listener], for: 62)
    #expect(told == [])
    let last = try await listener.hear("event")["data"]
    #expect(last?["kind"]?.string?.contains("timeout") == true)
    await second.stop()
  }

  @Test func `a store that refuses is told later, and the topic goes on`() async throws {
    var batch = MemberBatch()
    let topic = try #require(TopicName("lab.room.b"))
    let row = MemberStore.Row(who: Identity(guest: "a", name: ""), since: 1)
    let places = (0..<3).map { MemberStore.Place(topic: topic, user: "u\($0)") }
    for place in places { batch.note(.came(row), at: place) }
    let first = batch.take()
    let part = try #require(first)
    #expect(part.count == 3)
    batch.note(.went, at: places[0])
    let none = batch.take()
    #expect(none == nil)
    batch.refused(part)
    let again = batch.take()
    #expect(again == [places[0]: .went, places[1]: .came(row), places[2]: .came(row)])
    batch.written()
    #expect(batch.isIdle)
  }
}
