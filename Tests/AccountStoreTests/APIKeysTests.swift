import AccountStore
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct APIKeysTests {
  @Test(arguments: Engine.testable)
  func `a key is known by its text until it is revoked`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let keys = APIKeys(store: bench.store, clock: bench.clock)
      let (key, text) = try await keys.create(name: "display", scopes: ["publish:chat.*"])
      #expect(text.hasPrefix("mk_"))
      #expect(try await keys.verify(text) == key)
      #expect(try await keys.verify(text + "x") == nil)
      #expect(try await keys.verify("") == nil)
      let listed = try await keys.list()
      #expect(listed.map(\.name) == ["display"])
      #expect(listed.first?.usedAt == bench.clock.now)
      #expect(try await keys.revoke(key.id))
      #expect(try await keys.verify(text) == nil)
      #expect(try await !keys.revoke(key.id))
    }
  }

  @Test(arguments: Engine.testable)
  func `a key can expire`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let keys = APIKeys(store: bench.store, clock: bench.clock)
      let (_, text) = try await keys.create(
        name: "week", scopes: ["*"], expiresAt: bench.clock.now + 1000)
      #expect(try await keys.verify(text) != nil)
      bench.clock.turn(seconds: 1)
      #expect(try await keys.verify(text) == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `scopes say what a key may do and to which topics`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let keys = APIKeys(store: bench.store, clock: bench.clock)
      let (chat, _) = try await keys.create(
        name: "chat", scopes: ["publish:chat.*", "publish:campus.rooms", "members"])
      #expect(chat.allows("publish", topic: "chat.room.TEST"))
      #expect(chat.allows("publish", topic: "campus.rooms"))
      #expect(!chat.allows("publish", topic: "campus.rooms.2"))
      #expect(!chat.allows("publish", topic: "sign.1"))
      #expect(!chat.allows("publish"))
      #expect(chat.allows("members", topic: "sign.1"))
      #expect(!chat.allows("kick"))
      let (all, _) = try await keys.create(name: "all", scopes: ["*"])
      #expect(all.allows("kick") && all.allows("publish", topic: "x"))
      await #expect(throws: AccountError.self) { try await keys.create(name: "x", scopes: ["a b"]) }
      await #expect(throws: AccountError.self) { try await keys.create(name: "x", scopes: []) }
    }
  }
}
