import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// The documented chat, by clients that know only the document.
@Suite struct ChartDialectTests {
  /// Checks in like an old client and connects with the cookie it was given.
  private func enter(_ bench: PluginBench, _ number: String, id: String) async throws
    -> BenchDialect
  {
    try await bench.connect(
      "/chart", cookies: ["JSESSIONID": try await session(bench, number)], id: id)
  }

  private func session(_ bench: PluginBench, _ number: String) async throws -> String {
    let cookie = try #require(
      await bench.get("/login?studentid=\(number)").header("Set-Cookie"))
    #expect(cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax"))
    return String(
      cookie.split(separator: ";")[0].dropFirst("JSESSIONID=".count))
  }

  private func entry(_ name: String, _ id: Int, _ number: String, _ avatar: String) -> String {
    """
    "\(number)":{"avatar":"\(avatar)","type":null,"name":"\(name)","id":"\(id)",\
    "studentid":"\(number)","from":null,"to":null,"message":null,"time":null}
    """
  }

  private func map(_ entries: String...) -> String {
    #"{"systemMsgFlag":true,"message":{\#(entries.joined(separator: ","))}}"#
  }

  private var tao: String { entry("tao", 3, "2100301419", "one.jpg") }
  private var lin: String { entry("lin", 2, "2100301418", "three.jpg") }

  @Test(arguments: Engine.testable)
  func `an old client checks in, chats, beats and goes`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let first = try await enter(bench, "2100301419", id: "c1")
      #expect(first.client.takeTexts() == [map(tao)])
      let second = try await enter(bench, "2100301418", id: "c2")
      #expect(first.client.takeTexts() == [map(tao, lin)])
      #expect(second.client.takeTexts() == [map(tao, lin)])

      await first.send(
        """
        {"type":1,"id":3,"studentid":"2100301419","from":"2100301419","to":null,"name":"tao",\
        "avatar":"one.jpg","message":"大家好","time":null}
        """)
      #expect(
        second.client.takeTexts() == [
          """
          {"systemMsgFlag":false,"message":{"avatar":"one.jpg","type":1,"name":"tao","id":"3",\
          "studentid":"2100301419","from":"2100301419","to":null,"message":"大家好","time":null}}
          """
        ])
      #expect(first.client.takeTexts().isEmpty)

      await second.send(
        """
        {"type":3,"id":"2","studentid":"2100301418","from":"2100301418","to":"2100301419",\
        "name":"lin","avatar":"three.jpg","message":"你好","time":null}
        """)
      #expect(
        first.client.takeTexts() == [
          """
          {"systemMsgFlag":false,"message":{"avatar":"three.jpg","type":3,"name":"lin","id":"2",\
          "studentid":"2100301418","from":"2100301418","to":"2100301419","message":"你好","time":null}}
          """
        ])
      #expect(second.client.takeTexts().isEmpty)

      await second.send(
        """
        {"type":6,"id":"2","studentid":"2100301418","from":"2100301418","to":null,"name":"lin",\
        "avatar":"three.jpg","message":"0x9","time":null}
        """)
      #expect(
        second.client.takeTexts() == [
          """
          {"systemMsgFlag":true,"message":{"avatar":"three.jpg","type":6,"name":"lin","id":"2",\
          "studentid":"2100301418","from":"2100301418","to":null,"message":"0xA","time":null}}
          """
        ])
      #expect(first.client.takeTexts().isEmpty)

      await second.end()
      #expect(first.client.takeTexts() == [map(tao)])
      #expect(await bench.get("/logout?studentid=2100301419").json["code"] == 20021)
    }
  }

  @Test(arguments: ["message", "to", "time"])
  func `a text that is too long ends the conversation`(member: String) async throws {
    try await withLab { bench in
      let first = try await enter(bench, "2100301419", id: "c1")
      let second = try await enter(bench, "2100301418", id: "c2")
      _ = (first.client.takeFrames(), second.client.takeFrames())
      let text = String(repeating: "x", count: 4001)
      await first.send(#"{"type":1,"\#(member)":"\#(text)"}"#)
      #expect(first.client.takeFrames() == [.closed(code: 1009, reason: "message_too_long")])
      #expect(second.client.takeFrames().isEmpty)
    }
  }

  @Test func `nobody speaks in another's name`() async throws {
    try await withLab { bench in
      let first = try await enter(bench, "2100301419", id: "c1")
      let second = try await enter(bench, "2100301418", id: "c2")
      _ = second.client.takeTexts()
      await first.send(
        """
        {"type":1,"id":"2","studentid":"2100301418","from":"2100301418","to":null,"name":"lin",\
        "avatar":"evil.jpg","message":"x","time":null}
        """)
      let text = try #require(second.client.takeTexts().first)
      let message = try #require(try JSONValue(parsing: text)["message"])
      #expect(message["from"] == "2100301419")
      #expect(message["studentid"] == "2100301419")
      #expect(message["id"] == "3")
      #expect(message["name"] == "tao")
      #expect(message["avatar"] == "one.jpg")
    }
  }

  @Test func `a second connection is told so and closed, and the first one stays`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      let first = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c1")
      _ = first.client.takeTexts()
      let second = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c2")
      #expect(
        second.client.takeFrames() == [
          .text(
            """
            {"systemMsgFlag":true,"message":{"avatar":null,"type":5,"name":null,"id":null,\
            "studentid":null,"from":null,"to":null,"message":"2100301419已进入聊天室","time":null}}
            """), .closed(code: 4007, reason: "replaced"),
        ])
      await second.end(.ended)
      #expect(first.client.takeFrames().isEmpty)
      await first.end()
      let third = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c3")
      #expect(third.client.takeTexts() == [map(tao)])
    }
  }

  @Test func `whoever comes back while the old line is silent takes its place`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      let first = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c1")
      _ = first.client.takeTexts()
      await bench.hub.fallSilent("g:checkin:2100301419")
      let second = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c2")
      #expect(first.client.takeFrames() == [.closed(code: 4007, reason: "replaced")])
      #expect(second.client.takeTexts() == [map(tao)])
      // The end of the old line does not free the place of the new one.
      await first.end(.ended)
      await bench.hub.forget()
      let third = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c3")
      #expect(second.client.takeFrames() == [.closed(code: 4007, reason: "replaced")])
      #expect(third.client.takeTexts() == [map(tao)])
    }
  }

  @Test func `a line whose user the chat does not know any more gives its place`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      let first = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c1")
      _ = first.client.takeTexts()
      #expect(await bench.hub.remove("g:checkin:2100301419", from: "checkin.chat"))
      let second = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c2")
      #expect(second.client.takeTexts() == [map(tao)])
      #expect(first.client.takeFrames().contains(.closed(code: 4007, reason: "replaced")))
    }
  }

  @Test func `a line on its way in keeps its place`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      let dialect = try #require(bench.unit.dialects.first { $0.paths == ["/chart"] }?.dialect)
      let request = Request(
        .get, "/chart", cookies: Fields(["JSESSIONID": cookie]), peer: .loopback,
        receivedAt: bench.clock.now)
      let late = LateConnection()
      let first = Task {
        let session = try await dialect.accept(late, request)
        await late.stay()
        // A line gives its place when it ends.
        await session.closed(.lost)
      }
      await late.begun()
      let second = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c2")
      let refusal = try #require(second.client.takeTexts().first)
      try #require(refusal.contains("2100301419已进入聊天室"))
      await late.arrive()
      #expect(await late.closings.isEmpty)
      await late.leave()
      try await first.value
      // One that fails on its way gives it, too.
      let third = LateConnection(fails: true)
      let failing = Task { _ = try await dialect.accept(third, request) }
      await third.begun()
      await third.arrive()
      await #expect(throws: TopicRefusal.unavailable) { try await failing.value }
      let fourth = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], id: "c4")
      #expect(fourth.client.takeTexts() == [map(tao)])
    }
  }

  @Test func `whoever has not checked in does not come in`() async throws {
    try await withLab { bench in
      await #expect(throws: PluginError(.unauthorized, "check in first")) {
        try await bench.connect("/chart")
      }
      await #expect(throws: PluginError(.unauthorized, "check in first")) {
        try await bench.connect("/chart", cookies: ["JSESSIONID": "guessed"])
      }
      let cookie = try await session(bench, "2100301419")
      _ = await bench.get("/logout?studentid=2100301419")
      await #expect(throws: PluginError(.forbidden, "check in first")) {
        try await bench.connect("/chart", cookies: ["JSESSIONID": cookie])
      }
      let unknown = try await session(bench, "221")
      await #expect(throws: PluginError(.unauthorized, "check in first")) {
        try await bench.connect("/chart", cookies: ["JSESSIONID": unknown])
      }
    }
  }

  @Test func `the cookie stands for the last number it checked in`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      let again = await bench.call(
        .get, "/login?studentid=2100301418", cookies: ["JSESSIONID": cookie])
      #expect(again.header("Set-Cookie") == nil)
      let client = try await bench.connect("/chart", cookies: ["JSESSIONID": cookie])
      #expect(client.client.takeTexts() == [map(lin)])
    }
  }

  @Test func `a login comes before the cookie, and makes one person of both`() async throws {
    try await withLab { bench in
      let account = try await bench.account("lin", number: "2100301418")
      let cookie = try await session(bench, "2100301419")
      let client = try await bench.connect(
        "/chart", cookies: ["JSESSIONID": cookie], as: account)
      #expect(client.client.takeTexts() == [map(lin)])
      #expect(await bench.hub.members(of: "checkin.chat").map(\.id) == [account.id])
      // A member by version 2 too: no news for the others, and the newcomer still gets the map.
      await client.end()
      _ = try await bench.subscribe("checkin.chat", as: account)
      let again = try await bench.connect("/chart", as: account, id: "c9")
      #expect(again.client.takeTexts() == [map(lin)])
    }
  }

  @Test func `clients of version 2 are in the same chat`() async throws {
    try await withLab { bench in
      let old = try await enter(bench, "2100301419", id: "c1")
      let account = try await bench.account("lin", number: "2100301418")
      let new = try await bench.subscribe("checkin.chat", as: account)
      #expect(old.client.takeTexts().last == map(tao, lin))
      _ = new.takeEvents()
      try await bench.publish(["message": "hi"], to: "checkin.chat", as: account)
      #expect(
        old.client.takeTexts() == [
          """
          {"systemMsgFlag":false,"message":{"avatar":"three.jpg","type":1,"name":"lin","id":"2",\
          "studentid":"2100301418","from":"2100301418","to":null,"message":"hi","time":null}}
          """
        ])
      await old.send(#"{"type":3,"to":"2100301418","message":"psst"}"#)
      #expect(new.takeEvents().map(\.name) == ["checkin.msg", "checkin.private"])
    }
  }

  @Test func `only present students are in the chat`() async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      await #expect(throws: TopicRefusal.denied) {
        try await bench.subscribe("checkin.chat", as: tao)
      }
      await #expect(throws: TopicRefusal.unauthorized) {
        try await bench.subscribe(
          "checkin.chat", as: Identity(guest: "checkin:2100301418", name: ""))
      }
      _ = await bench.get("/login?studentid=2100301419")
      _ = try await bench.subscribe("checkin.chat", as: tao)
    }
  }

  @Test(arguments: [
    "", "{", "7", "[]", "{}", #"{"type":0,"message":"x"}"#, #"{"type":6,"message":"0xA"}"#,
    #"{"type":"1","message":"x"}"#, #"{"type":3,"to":"221","message":"x"}"#,
    #"{"type":3,"to":"2100301417","message":"x"}"#, #"{"type":5,"message":"x"}"#,
  ])
  func `a frame that says nothing to anybody is dropped`(text: String) async throws {
    try await withLab { bench in
      let first = try await enter(bench, "2100301419", id: "c1")
      let second = try await enter(bench, "2100301418", id: "c2")
      _ = first.client.takeFrames()
      _ = second.client.takeFrames()
      await first.send(text)
      #expect(first.client.takeFrames().isEmpty)
      #expect(second.client.takeFrames().isEmpty)
    }
  }

  @Test(arguments: [#"{"type":1,"message":"x"}"#, #"{"type":3,"to":"2100301418","message":"x"}"#])
  func `whoever floods the chat is closed, by private messages too`(text: String) async throws {
    try await withLab { bench in
      let client = try await enter(bench, "2100301419", id: "c1")
      for _ in 0..<60 { await client.send(text) }
      #expect(!client.client.takeFrames().contains(.closed(code: 4104, reason: "rate_limited")))
      await client.send(text)
      #expect(client.client.takeFrames() == [.closed(code: 4104, reason: "rate_limited")])
      bench.clock.advance(seconds: 1)
      await client.send(text)
      #expect(client.client.takeFrames().isEmpty)
    }
  }

  @Test func `the cookie of a check-in counts in the open networks alone`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      await #expect(throws: PluginError(.unauthorized, "check in first")) {
        try await bench.connect("/chart", cookies: ["JSESSIONID": cookie], from: .outside)
      }
      let account = try await bench.account("tao", number: "2100301419")
      let client = try await bench.connect(
        "/chart", cookies: ["JSESSIONID": cookie], as: account, from: .outside)
      #expect(client.client.takeTexts() == [map(tao)])
    }
  }

  @Test func `the cookie of a check-in is nothing a day later`() async throws {
    try await withLab { bench in
      let cookie = try await session(bench, "2100301419")
      bench.clock.advance(seconds: 86_400)
      await #expect(throws: PluginError(.unauthorized, "check in first")) {
        try await bench.connect("/chart", cookies: ["JSESSIONID": cookie])
      }
    }
  }

  @Test(arguments: ["check-out", "report", "night"])
  func `whose stay has ended is out of the chat, by either protocol`(end: String) async throws {
    try await withLab { bench in
      let old = try await enter(bench, "2100301419", id: "c1")
      let lin = try await bench.account("lin", number: "2100301418")
      let new = try await bench.subscribe("checkin.chat", as: lin)
      _ = old.client.takeFrames()
      for number in ["2100301419", "2100301418"] {
        switch end {
        case "check-out": _ = await bench.get("/logout?studentid=\(number)")
        case "report":
          _ = await bench.post(
            "/report", json: ["reportid": .string(number), "reporterid": "2100301417"])
        default: try await bench.runJob("nightly")
        }
      }
      #expect(await bench.hub.members(of: "checkin.chat").isEmpty)
      #expect(old.client.takeFrames().contains(.closed(code: 4003, reason: "checked_out")))
      _ = new.takeEvents()
      await bench.hub.forget()
      await old.send(#"{"type":1,"message":"still here"}"#)
      #expect(new.takeEvents().isEmpty)
    }
  }
}

/// A connection whose subscription takes as long as the test wants.
private actor LateConnection: DialectConnection {
  nonisolated let id = "late"
  private let fails: Bool
  private var isSubscribing = false
  private var hasArrived = false
  private var isLeaving = false
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private(set) var closings: [UInt16] = []

  init(fails: Bool = false) { self.fails = fails }

  /// Waits until the subscription has begun.
  func begun() async { while !isSubscribing { await change() } }

  func arrive() {
    hasArrived = true
    tell()
  }

  /// Waits until the test lets it go.
  func stay() async { while !isLeaving { await change() } }

  func leave() {
    isLeaving = true
    tell()
  }

  func subscribe(_ topic: Topic, as identity: Identity) async throws {
    isSubscribing = true
    tell()
    while !hasArrived { await change() }
    if fails { throw TopicRefusal.unavailable }
  }

  func send(_ text: [UInt8]) {}
  func unsubscribe(_ topic: Topic) {}
  func mayPublish() -> Bool { true }
  func close(code: UInt16, reason: String) { closings.append(code) }

  private func change() async { await withCheckedContinuation { waiters.append($0) } }

  private func tell() {
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}
