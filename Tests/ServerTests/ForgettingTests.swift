import JSON
import Loop
import MusterTesting
import PluginKit
import PostgresStore
import Rig
import SQLiteStore
import Storage
import Testing

@testable import HubCore

/// Stored history that somebody deletes, or that has expired.
@Suite(.timeLimit(.minutes(3))) struct ForgettingTests {
  private func withStore(_ engine: Engine, _ body: (any Store) async throws -> Void) async throws {
    let store: any Store =
      switch engine {
      case .sqlite: try await SQLiteStore.open(.memory)
      case .postgres:
        try await PostgresStore.open(try await ThrowawayPostgres.shared().makeDatabase())
      }
    do {
      try await body(store)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private func count(_ table: String, _ store: any Store) async throws -> Int {
    try await store.first("SELECT count(*) AS n FROM \(table)")?.int("n") ?? -1
  }

  private func history(_ topic: String, _ server: TestServer, _ tab: String) async throws -> [Int] {
    let wire = try await server.client(tab)
    try await wire.subscribe(topic)
    try await wire.say(["type": "history", "id": 1, "topic": .string(topic)])
    let page = try await wire.hear("history")
    return page["data"]?["events"]?.array?.compactMap { $0["offset"]?.int } ?? []
  }

  @Test(arguments: HubStoreTests.engines)
  func `deleted history is gone in memory and in the database, and numbers go on`(
    engine: Engine
  ) async throws {
    try await withStore(engine) { store async throws in
      let server = try await TestServer.start(workers: 4, time: ManualTime(), store: store)
      let topic: Topic = "lab.log.s"
      for _ in 0..<3 { try await server.hub.publish(Event("n", [:]), to: topic) }
      #expect(try await history("lab.log.s", server, "s_a") == [1, 2, 3])
      try await server.hub.forgetHistory(of: topic)
      #expect(try await count("hub_events", store) == 0)
      #expect(try await history("lab.log.s", server, "s_b").isEmpty)
      #expect(try await server.hub.publish(Event("n", [:]), to: topic).offset == 4)
      server.server.stop()
      let second = try await TestServer.start(workers: 1, time: ManualTime(), store: store)
      #expect(try await history("lab.log.s", second, "s_c") == [4])
      second.server.stop()
    }
  }

  @Test func `events that are being written are deleted too`() async throws {
    try await withStore(.sqlite) { store async throws in
      let server = try await TestServer.start(workers: 1, time: ManualTime(), store: store)
      let topic: Topic = "lab.log.s"
      try await server.hub.publish(Event("n", [:]), to: topic)
      await server.hub.announce(Event("n", [:]), to: [topic, topic])
      await server.settle()
      try await server.hub.forgetHistory(of: topic)
      #expect(try await count("hub_events", store) == 0)
      #expect(try await server.hub.publish(Event("n", [:]), to: topic).offset == 4)
      #expect(try await history("lab.log.s", server, "s_a") == [4])
      server.server.stop()
    }
  }

  @Test func `history that is not stored is deleted as well`() async throws {
    try await TestServer.run(workers: 4) { server async throws in
      let wire = try await server.client("s_a")
      try await wire.subscribe("lab.room.s")
      try await server.hub.publish(Event("n", [:]), to: "lab.room.s")
      try await server.hub.forgetHistory(of: "lab.room.s")
      #expect(try await history("lab.room.s", server, "s_b").isEmpty)
      await #expect(throws: HubError(.unknownTopic)) {
        try await server.hub.forgetHistory(of: "nobodys.topic")
      }
    }
  }

  @Test(arguments: HubStoreTests.engines)
  func `a hundred topics that came and went leave nothing after the daily sweep`(
    engine: Engine
  ) async throws {
    try await withStore(engine) { store async throws in
      let time = ManualTime()
      let server = try await TestServer.start(workers: 4, time: time, store: store)
      for number in 0..<100 {
        let topic = Topic("lab.log.\(number)")
        for _ in 0..<3 { try await server.hub.publish(Event("n", [:]), to: topic) }
        if number >= 60 { try await server.hub.forgetHistory(of: topic) }
      }
      #expect(try await count("hub_events", store) == 180)
      // While they are in use, and within their day, nothing goes.
      let newest = try await store.first("SELECT max(at) AS at FROM hub_events")
      let now = try #require(newest).int64("at")
      try await server.server.sweepHistory(at: now + 86_000_000)
      #expect(try await count("hub_events", store) == 180)
      #expect(try await count("hub_topics", store) == 100)
      server.server.stop()
      let second = try await TestServer.start(workers: 4, time: time, store: store)
      try await second.server.sweepHistory(at: now + 86_000_000)
      #expect(try await count("hub_topics", store) == 60)
      try await second.server.sweepHistory(at: now + 86_500_000)
      #expect(try await count("hub_events", store) == 0)
      #expect(try await count("hub_topics", store) == 0)
      second.server.stop()
    }
  }

  @Test func `a topic whose place was deleted in use goes on`() async throws {
    try await withStore(.sqlite) { store async throws in
      let server = try await TestServer.start(workers: 1, time: ManualTime(), store: store)
      try await server.hub.publish(Event("n", [:]), to: "lab.log.s")
      try await store.execute("DELETE FROM hub_topics")
      try await server.hub.publish(Event("n", [:]), to: "lab.log.s")
      let second = try await server.restarted()
      #expect(try await second.hub.publish(Event("n", [:]), to: "lab.log.s").offset == 3)
      second.server.stop()
    }
  }
}
