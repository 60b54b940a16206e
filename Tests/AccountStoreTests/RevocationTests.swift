import AccountStore
import MusterTesting
import PluginKit
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
}
