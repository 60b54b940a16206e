import JSON
import Loop
import MusterTesting
import PluginKit
import Rig
import SQLiteStore
import Storage
import Testing

@testable import HubCore

/// Stored topics: what is published twice, and what a store that fails does to them.
@Suite(.timeLimit(.minutes(3))) struct StoredTopicTests {
  private func withStore(_ body: (TestServer, WaywardStore) async throws -> Void) async throws {
    let store = WaywardStore(try await SQLiteStore.open(.memory))
    let server = try await TestServer.start(workers: 4, time: ManualTime(), store: store)
    try await body(server, store)
    await server.stop()
  }

  /// The answer to a publish; events that come before it go to `seen`.
  private func publish(
    _ id: String, _ topic: String, _ wire: Wire, seen: (JSONValue) -> Void = { _ in }
  ) async throws -> JSONValue {
    try await wire.say([
      "type": "publish", "id": .string(id), "topic": .string(topic), "data": ["id": .string(id)],
    ])
    while true {
      let frame = try await wire.hear()
      if frame["re"]?.string == id { return frame }
      if frame["type"] == "event" { seen(frame) }
    }
  }

  private static let log = "lab.log.s"
  /// Ten of its events are kept.
  private static let short = "lab.short.s"

  @Test func `what the store has taken though it broke off is delivered once, and numbers go on`()
    async throws
  {
    try await withStore { server, store in
      let li = try await server.client("s_li")
      let wang = try await server.client("s_wang")
      for wire in [li, wang] { try await wire.subscribe(Self.log) }
      store.becomes(.breaksOffAfterNext)
      let refusal = try await publish("a", Self.log, li)
      #expect(refusal["data"]?["code"] == 100 && refusal["data"]?["temporary"] == true)
      #expect(try await publish("a", Self.log, li)["offset"] == 1)
      #expect(try await publish("b", Self.log, li)["offset"] == 2)
      for offset in 1...2 { #expect(try await wang.hear("event")["offset"]?.int == offset) }
      #expect(await server.hub.population(of: Topic(Self.log)) == 2)
    }
  }

  @Test func `while its history cannot be read a topic refuses, and does not try for ever`()
    async throws
  {
    try await withStore { server, store in
      store.becomes(.refuses)
      let before = store.count
      for _ in 0..<3 {
        await #expect(throws: HubError.self) {
          try await server.hub.publish(Event("n", [:]), to: Topic(Self.log))
        }
      }
      await server.hub.announce(Event("n", [:]), to: [Topic(Self.log)])
      await server.pass(5)
      #expect(store.count - before <= 5)
      store.becomes(.obedient)
      let position = try await server.hub.publish(Event("n", [:]), to: Topic(Self.log))
      #expect(position.offset == 1)
    }
  }

  @Test func `an id that no database takes keeps nobody's event out`() async throws {
    try await withStore { server, _ in
      let li = try await server.client("s_li")
      try await li.subscribe(Self.log)
      try await li.say([
        "type": "publish", "id": "a\u{0}b", "topic": .string(Self.log), "data": [:],
      ])
      #expect(try await publish("c", Self.log, li)["offset"] == 2)
      let restarted = try await server.restarted()
      #expect(try await restarted.client("s_li").subscribe(Self.log)["offset"] == 2)
      await restarted.stop()
    }
  }

  @Test func `an id is known over a restart for as long as without one, whatever came after it`()
    async throws
  {
    let first = try await TestServer.start(workers: 4, time: ManualTime())
    let topic = Topic(Self.short)
    let li = try await first.client("s_li")
    try await li.subscribe(Self.short)
    #expect(try await publish("a", Self.short, li)["offset"] == 1)
    var event = Event("n", [:])
    event.id = "of a plugin"
    #expect(try await first.hub.publish(event, to: topic).offset == 2)
    for _ in 0..<700 { try await first.hub.publish(Event("n", [:]), to: topic) }
    let second = try await first.restarted(after: 200)
    let back = try await second.client("s_li")
    try await back.subscribe(Self.short)
    #expect(try await publish("a", Self.short, back)["offset"] == 1)
    #expect(try await second.hub.publish(event, to: topic).offset == 2)
    try await back.say(["type": "history", "id": 1, "topic": .string(Self.short)])
    let page = try await back.hear("history")
    #expect(page["offset"] == 702)
    #expect(page["data"]?["events"]?.array?.count == 10 && page["data"]?["more"] == false)
    // Only so much of the past is kept, and of what only the ids are wanted no more than these.
    #expect(try await rows(second) < 10 + 64 + 2)
    #expect(try await rows(second, "AND position <= 2") == 2)
    #expect(try await rows(second, "AND position <= 2 AND length(data) > 0") == 0)

    let third = try await second.restarted(after: 101)
    let late = try await third.client("s_li")
    try await late.subscribe(Self.short)
    #expect(try await publish("a", Self.short, late)["offset"] == 703)
    for _ in 0..<64 { try await third.hub.publish(Event("n", [:]), to: topic) }
    #expect(try await rows(third, "AND position < 600") == 0)
    await third.stop()
  }

  private func rows(_ server: TestServer, _ condition: String = "") async throws -> Int {
    try await server.store.query(
      "SELECT position FROM hub_events WHERE topic = ? \(condition)", Self.short
    ).count
  }
}
