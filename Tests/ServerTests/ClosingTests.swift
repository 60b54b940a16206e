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

/// The closes that tell a client to come back later or not at all, each with its cause.
@Suite(.timeLimit(.minutes(3))) struct ClosingTests {
  @Test func `whoever sends only nonsense is closed with 4000, who errs now and then stays`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      for round in 1...5 {
        for _ in 0..<19 { try await wire.say("nonsense") }
        try await wire.say(["type": "ping", "ts": .int(Int64(round))])
      }
      for _ in 0..<95 { #expect(try await wire.hear("error")["data"]?["code"] == 107) }
      for _ in 0..<20 { try await wire.say("nonsense") }
      #expect(try await wire.closeCode() == 4000)
      let inside = try await server.wire(encrypted: false)
      let metrics = try await inside.call("GET", "/metrics").text
      let closes = "muster_closes_total{code=\"4000\",reason=\"bad_protocol\"} 1\n"
      #expect(metrics.contains(closes))
      #expect(
        metrics.contains("muster_client_errors_total{code=\"107\",reason=\"bad_request\"} 115\n"))
      #expect(metrics.contains("muster_queued_bytes ") && metrics.contains("# TYPE muster_closes"))
    }
  }

  /// What hinders the lookup of a token, and what the client is told.
  static let faults: [(StoreError, error: Int, close: Int)] = [
    (StoreError(.other, "the disk says SELECT"), 100, 4100),
    (StoreError(.unavailable, "nobody there"), 108, 4101),
    (StoreError(.overloaded, "too many wait"), 108, 4101),
  ]

  @Test(arguments: faults)
  func `while tokens cannot be looked up nobody is told that his is not good`(
    fault: StoreError, error: Int, close: Int
  ) async throws {
    try await TestServer.run(workers: 4) { server in
      let token = try await server.token(for: "li")
      await server.accounts.failTokens(with: fault)
      for headers in [[], [("Authorization", "Bearer \(token)")]] {
        let wire = try await server.wire()
        try await wire.upgrade("/ws", headers: headers)
        let data: JSONValue = headers.isEmpty ? ["token": .string(token)] : [:]
        try await wire.say(["type": "hello", "id": 1, "data": data])
        let answer = try await wire.hear()
        #expect(answer["re"] == 1)
        #expect(answer["data"]?["code"]?.int == error)
        #expect(answer["data"]?["msg"]?.string?.contains("SELECT") == false)
        #expect(try await wire.closeCode() == close)
      }
      await server.accounts.failTokens(with: nil)
      _ = try await server.client(token: token)
    }
  }

  @Test func `a token that cannot be looked up while it is swapped leaves all as it is`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      await server.accounts.failTokens(with: StoreError(.unavailable, "nobody there"))
      try await wire.say(["type": "refresh", "id": 1, "data": ["token": .string(token)]])
      #expect(try await wire.hear()["data"]?["code"] == 100)
      await server.accounts.failTokens(with: nil)
      try await wire.say(["type": "refresh", "id": 2, "data": ["token": .string(token)]])
      #expect(try await wire.hear()["type"] == "ack")
    }
  }

  @Test func `a flood of frames is closed with 4104, the same number in time is not`() async throws
  {
    let limits = ServerLimits.with(\.framesPerSecond, 10)
    try await TestServer.run(workers: 1, time: ManualTime(), limits: limits) { server in
      let steady = try await server.client("s_steady")
      let flood = try await server.client("s_flood")
      for number in 0..<60 {
        try await steady.say(["type": "ping", "ts": .int(Int64(number))])
        _ = try await steady.hear("pong")
        await server.pass(0.1)
      }
      for _ in 0..<60 { try await flood.say(["type": "ping", "ts": 1]) }
      #expect(try await flood.closeCode() == 4104)
      #expect(await !steady.hasEnded)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a newcomer for whom too much gathers is closed with 4106, and recovers`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client("s_new")
      try await wire.say(["type": "subscribe", "id": 1, "topic": "lab.gated.m"])
      try await server.until { await server.hub.population(of: "lab.gated.m") == 1 }
      for number in 1...1000 {
        try await server.hub.publish(Event("n", ["n": .int(Int64(number))]), to: "lab.gated.m")
      }
      await server.settle()
      #expect(await !wire.hasEnded)
      try await server.hub.publish(Event("n", ["n": 1001]), to: "lab.gated.m")
      #expect(try await wire.closeCode() == 4106)
      // What was kept for it is let go at once, however long the line still stands.
      let topic = try #require(TopicName("lab.gated.m"))
      for worker in server.server.workers {
        #expect(await worker.heldEvents(in: topic) == 0)
      }
      let opener = try await server.client("s_opener")
      try await opener.subscribe("lab.room.gate")
      let back = try await server.client("s_new")
      #expect(try await back.subscribe("lab.gated.m")["offset"] == 1001)
    }
  }

  @Test func `who is to be served elsewhere is told a window, and nobody sees it leave`()
    async throws
  {
    try await TestServer.run(workers: 4, time: ManualTime()) { server in
      let token = try await server.token(for: "li")
      let li = try await server.client("s_li", token: token)
      try await li.subscribe("lab.room.b")
      let watcher = try await server.client("s_watcher")
      try await watcher.subscribe("lab.room.b", ["presence": true])
      await server.pass(1)
      #expect(await server.hub.disconnect("u1", .rebalance) == 1)
      let goodbye = try await li.hear("goodbye")["data"]
      #expect(goodbye?["code"] == 4201)
      #expect(goodbye?["reconnect"] == true)
      #expect(goodbye?["window_ms"]?.int != nil)
      #expect(try await li.closeCode() == 4201)
      try await li.sendClose(4201)
      await server.pass(5)
      let back = try await server.client("s_li", token: token)
      try await back.subscribe("lab.room.b")
      await server.pass(5)
      try await watcher.say(["type": "ping", "ts": 7])
      var told = 0
      while true {
        let frame = try await watcher.hear()
        if frame["data"]?["t"] == 7 { break }
        told += ["update", "leave"].reduce(0) { $0 + (frame["data"]?[$1]?.array?.count ?? 0) }
      }
      #expect(told == 0)
    }
  }

  @Test(arguments: TestServer.workers)
  func `history that was forgotten is error 112, its beginning is not`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client()
      try await wire.subscribe("lab.room.h")
      func ask(before: Int) async throws -> JSONValue {
        try await wire.say([
          "type": "history", "id": "h", "topic": "lab.room.h",
          "data": ["before": .int(Int64(before))],
        ])
        while true {
          let frame = try await wire.hear()
          if frame["re"] == "h" { return frame }
        }
      }
      #expect(try await ask(before: 9)["data"]?["events"] == [])
      for number in 1...30 {
        try await server.hub.publish(Event("n", ["n": .int(Int64(number))]), to: "lab.room.h")
      }
      // Twenty are kept.
      #expect(try await ask(before: 12)["data"]?["events"]?.array?.count == 1)
      #expect(try await ask(before: 11)["data"]?["code"] == 112)
      #expect(try await ask(before: 2)["data"]?["code"] == 112)
      #expect(try await ask(before: 1)["data"]?["events"] == [])
      #expect(try await ask(before: 900)["data"]?["events"]?.array?.count == 20)
    }
  }
}

extension Worker {
  /// The events that are kept for a newcomer.
  fileprivate func heldEvents(in topic: TopicName) -> Int {
    fanout.subscriptions(in: topic).first?.pendingEvents?.count ?? 0
  }
}
