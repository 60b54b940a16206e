import AccountStore
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

@Suite struct RevocationTests {
  /// A second program on the same database.
  private func other(_ bench: Bench) -> StoredAccounts {
    var options = StoredAccounts.Options()
    options.hashingThreads = 1
    return StoredAccounts(store: bench.store, clock: bench.clock, options: options)
  }

  @Test(arguments: Engine.testable)
  func `what another program revokes is told by the next poll, once`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .fixed(seconds: 100))
      #expect(try await bench.accounts.identity(token: token.text) != nil)
      let other = other(bench)
      try await other.revoke(token: token.text)
      #expect(bench.takeRevoked().isEmpty)
      try await bench.accounts.pollRevocations()
      #expect(bench.takeRevoked() == [.token(TokenDigest(token.text))])
      #expect(try await bench.accounts.identity(token: token.text) == nil)
      try await bench.accounts.pollRevocations()
      #expect(bench.takeRevoked().isEmpty)
      other.stop()
    }
  }

  @Test(arguments: Engine.testable)
  func `a poll does not repeat what this program has revoked itself`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      try await bench.accounts.revokeTokens(of: li.id)
      #expect(bench.takeRevoked() == [.account(li.id)])
      for _ in 0..<5 {
        bench.clock.turn(seconds: 20)
        try await bench.accounts.pollRevocations()
      }
      #expect(bench.takeRevoked().isEmpty)
    }
  }

  @Test(arguments: Engine.testable)
  func `a server that starts is not told of yesterday`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      try await bench.accounts.revokeTokens(of: li.id)
      let second = other(bench)
      try await second.startWatching()
      second.onRevoked { _ in Issue.record("nothing was revoked since") }
      try await second.pollRevocations()
      second.stop()
    }
  }

  @Test(arguments: Engine.testable)
  func `a token whose time is over is told once, by every server on the database`(
    engine: Engine
  ) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .fixed(seconds: 10))
      let second = other(bench)
      let heard = Locked<[Revocation]>([])
      try await second.startWatching()
      second.onRevoked { revocations in heard.withLock { $0 += revocations } }
      bench.clock.turn(seconds: 9)
      try await bench.accounts.pollRevocations()
      #expect(bench.takeRevoked().isEmpty)
      bench.clock.turn(seconds: 1)
      // Neither the sweep of another server nor a new login takes the news away.
      try await bench.accounts.sweep()
      _ = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .fixed(seconds: 100))
      for _ in 0..<3 {
        try await bench.accounts.pollRevocations()
        try await second.pollRevocations()
        bench.clock.turn(seconds: 1)
      }
      let ended = [Revocation.expired(TokenDigest(token.text))]
      #expect(bench.takeRevoked() == ended)
      #expect(heard.withLock { $0 } == ended)
      second.stop()
    }
  }

  @Test(arguments: Engine.testable)
  func `a sliding token with which somebody is connected lives on, others do not`(
    engine: Engine
  ) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let lives: [TokenLife] = [.sliding(seconds: 10), .sliding(seconds: 10), .fixed(seconds: 10)]
      var tokens: [String] = []
      for life in lives {
        tokens.append(
          try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life).text)
      }
      bench.clock.turn(seconds: 6)
      let used = Set([TokenDigest(tokens[0]).bytes, TokenDigest(tokens[2]).bytes])
      try await bench.accounts.prolong(tokens: used)
      bench.clock.turn(seconds: 6)
      try await bench.accounts.pollRevocations()
      let ended = Set(tokens[1...].map { Revocation.expired(TokenDigest($0)) })
      #expect(Set(bench.takeRevoked()) == ended)
      // A token that has expired does not come back.
      try await bench.accounts.prolong(tokens: Set(tokens.map { TokenDigest($0).bytes }))
      #expect(try await bench.accounts.identity(token: tokens[0]) != nil)
      #expect(try await bench.accounts.identity(token: tokens[1]) == nil)
      #expect(try await bench.accounts.identity(token: tokens[2]) == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `a deleted account loses its tokens, and its names are free`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li", profiles: [.telephone: "138"])
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "pages", life: .fixed(seconds: 60))
      try await bench.accounts.delete(li.id)
      #expect(bench.takeRevoked() == [.account(li.id)])
      #expect(try await bench.accounts.identity(token: token.text) == nil)
      let other = try await bench.make("li", profiles: [.telephone: "138"])
      #expect(other.id != li.id)
    }
  }
}
