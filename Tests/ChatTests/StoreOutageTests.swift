import Chat
import JSON
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

/// Leaves that fall into an outage of the database happen after it.
@Suite struct StoreOutageTests {
  @Test func `a guest that leaves in an outage gives its seat back after it`() async throws {
    try await withOutages { bench, store in
      let guest = try await bench.join("lab", "test", id: "c1")
      store.isAway.withLock { $0 = true }
      await guest.end(.lost)
      store.isAway.withLock { $0 = false }
      #expect(await bench.population(of: "lab") == 1)
      try await bench.runJob("tidy")
      #expect(await bench.population(of: "lab") == nil)
    }
  }

  @Test func `an account that leaves in an outage gives its seat back after it`() async throws {
    try await withOutages { bench, store in
      let tao = try await bench.account("tao")
      let client = try await bench.subscribe("chat.room.lab", as: tao)
      store.isAway.withLock { $0 = true }
      await bench.unsubscribe(client, "chat.room.lab")
      store.isAway.withLock { $0 = false }
      #expect(await bench.population(of: "lab") == 1)
      try await bench.runJob("tidy")
      #expect(await bench.population(of: "lab") == nil)
    }
  }

  @Test func `requests in an outage are told to come again`() async throws {
    try await withOutages { bench, store in
      let guest = try await bench.join("lab", "test", id: "c1")
      _ = guest.client.takeTexts()
      store.isAway.withLock { $0 = true }
      await guest.send(Frame.of("msg", "test", "lab", "hello"))
      await guest.send(Frame.of("leave", "test", "lab"))
      #expect(
        guest.client.takeTexts() == [
          Frame.error("try again later"), Frame.error("try again later"),
        ])
      let list = await bench.get("/chatroom/list")
      #expect(list.status == 503)
      #expect(list.json["res"] == "try again later")
      store.isAway.withLock { $0 = false }
      await guest.send(Frame.of("leave", "test", "lab"))
      #expect(guest.client.takeTexts() == [Frame.user("test", "lab", "leave")])
      #expect(await bench.population(of: "lab") == nil)
    }
  }

  private func withOutages(
    _ body: (PluginBench, UnreliableStore) async throws -> Void
  ) async throws {
    try await withFreshStore(.sqlite) { store in
      let unreliable = UnreliableStore(store)
      let bench = try await PluginBench(ChatPlugin.self, store: unreliable)
      try await body(bench, unreliable)
    }
  }
}

/// A store that is away when a test says so.
private struct UnreliableStore: Store {
  let store: any Store
  let isAway = Locked(false)

  init(_ store: any Store) { self.store = store }

  var engine: Engine { store.engine }
  var metrics: StoreMetrics { store.metrics }

  private func check() throws(StoreError) {
    if isAway.withLock({ $0 }) { throw StoreError(.unavailable, "the database is away") }
  }

  func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer {
    try check()
    return try await store.run(sql, arguments: arguments)
  }

  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try check()
    return try await store.write(body)
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try check()
    return try await store.read(body)
  }

  func close() async { await store.close() }
}
