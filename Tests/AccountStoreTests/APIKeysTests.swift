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
        name: "chat",
        scopes: ["publish:chat.*", "publish:campus.rooms", "publish:campus.caf\u{E9}", "presence"])
      #expect(chat.allows("publish", topic: "chat.room.TEST"))
      #expect(chat.allows("publish", topic: "campus.rooms"))
      #expect(!chat.allows("publish", topic: "campus.rooms.2"))
      #expect(!chat.allows("publish", topic: "sign.1"))
      #expect(!chat.allows("publish"))
      #expect(chat.allows("presence", topic: "sign.1"))
      // A mark that joins with the dot, or composes with a letter, changes no byte before it.
      #expect(chat.allows("publish", topic: "chat.\u{301}a"))
      #expect(!chat.allows("publish", topic: "campus.rooms\u{301}"))
      #expect(chat.allows("publish", topic: "campus.caf\u{E9}"))
      #expect(!chat.allows("publish", topic: "campus.cafe\u{301}"))
      #expect(!chat.allows("disconnect"))
      let (all, _) = try await keys.create(name: "all", scopes: ["*"])
      #expect(all.allows("disconnect") && all.allows("publish", topic: "x"))
      for scopes in [["a b"], [], ["foo"], ["publish", "subscirbe:chat.*"], ["publish:"], [""]] {
        await #expect(throws: AccountError.self) {
          try await keys.create(name: "x", scopes: scopes)
        }
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `the end of a key is told, so that its connections end`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.accounts.startWatching()
      let keys = APIKeys(store: bench.store, clock: bench.clock)
      let (key, text) = try await keys.create(name: "display", scopes: ["subscribe"])
      #expect(try await keys.revoke(key.id))
      try await bench.accounts.pollRevocations()
      #expect(bench.takeRevoked() == [.token(TokenDigest(text))])
      let (_, brief) = try await keys.create(
        name: "brief", scopes: ["subscribe"], expiresAt: bench.clock.now + 1000)
      bench.clock.turn(seconds: 1)
      try await bench.accounts.pollRevocations()
      #expect(bench.takeRevoked() == [.expired(TokenDigest(brief))])
    }
  }
}
