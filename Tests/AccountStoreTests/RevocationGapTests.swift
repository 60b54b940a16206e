import AccountStore
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

/// Revocations by another program that one server could not read in time.
@Suite struct RevocationGapTests {
  /// A server whose database can be away, and another one beside it.
  private struct Pair {
    let store: AwayStore
    let server: StoredAccounts
    let clock = HandClock()
    let heard = Locked<[Revocation]>([])

    init(_ bench: Bench) async throws {
      store = AwayStore(bench.store)
      server = StoredAccounts(store: store, clock: clock, options: options())
      try await server.startWatching()
      server.onRevoked { [heard] revocations in heard.withLock { $0 += revocations } }
    }

    func poll(tokens: Set<[UInt8]> = []) async throws -> [Revocation] {
      try await server.pollRevocations(tokensInUse: { tokens })
      return heard.withLock { list in
        defer { list = [] }
        return list
      }
    }

    /// Every half a second, as a server does it.
    func passAway(seconds: Int) async {
      store.setAway(true)
      for _ in 0..<seconds {
        clock.turn(seconds: 1)
        try? await server.pollRevocations(tokensInUse: { [] })
      }
      store.setAway(false)
    }
  }

  private func once(_ engine: Engine, _ body: (Bench, Pair) async throws -> Void) async throws {
    try await withBench(engine) { bench async throws in
      let pair = try await Pair(bench)
      try await body(bench, pair)
      pair.server.stop()
    }
  }

  @Test(arguments: Engine.testable)
  func `what was revoked while the database was away is told afterwards, once`(
    engine: Engine
  ) async throws {
    try await once(engine) { bench, pair async throws in
      let li = try await bench.make("li")
      #expect(try await pair.poll().isEmpty)
      try await bench.accounts.revokeTokens(of: li.id)
      await pair.passAway(seconds: 300)
      #expect(try await pair.poll() == [.account(li.id)])
      for _ in 0..<5 {
        pair.clock.turn(seconds: 20)
        #expect(try await pair.poll().isEmpty)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `a program whose clock is slow revokes all the same`(engine: Engine) async throws {
    try await once(engine) { bench, pair async throws in
      let li = try await bench.make("li")
      pair.clock.turn(seconds: 600)
      #expect(try await pair.poll().isEmpty)
      try await bench.accounts.revokeTokens(of: li.id)
      #expect(try await pair.poll() == [.account(li.id)])
    }
  }

  @Test(arguments: Engine.testable)
  func `after a gap of hours the tokens in use are looked up one by one`(
    engine: Engine
  ) async throws {
    try await once(engine) { bench, pair async throws in
      let li = try await bench.make("li")
      let accounts = bench.accounts
      let life = TokenLife.fixed(seconds: 100_000)
      let ended = try await accounts.issueToken(for: li.id, purpose: "web", life: life)
      let good = try await accounts.issueToken(for: li.id, purpose: "web", life: life)
      let keys = APIKeys(store: bench.store, clock: bench.clock)
      let key = try await keys.create(name: "robot", scopes: ["*"])
      let tokens = Set([ended.text, good.text, key.text].map { TokenDigest($0).bytes })
      await pair.passAway(seconds: 7200)
      try await accounts.revoke(token: ended.text)
      // Another server has swept what was revoked by now.
      try await bench.store.execute("DELETE FROM account_revocations")
      let told = try await pair.poll(tokens: tokens)
      #expect(Set(told) == [.token(TokenDigest(ended.text)), .permissions(li.id)])
      #expect(try await pair.poll(tokens: tokens).isEmpty)
    }
  }
}
