import MusterTesting
import PluginKit
import Storage
import Testing

@testable import AccountStore

@Suite struct AlongsideTests {
  @Test(arguments: Engine.testable)
  func `an account and a plugin's table change together or not at all`(
    engine: Engine
  ) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      _ = try await bench.make("tao")
      try await bench.store.execute("CREATE TABLE notes (text TEXT NOT NULL)")
      func change(_ note: String?, _ login: String) async throws {
        try await bench.accounts.change(
          li.id, in: bench.store,
          alongside: { tx in try tx.execute("INSERT INTO notes (text) VALUES (?)", note) }
        ) { $0.login = login }
      }
      func state() async throws -> [String] {
        let notes = try await bench.store.query("SELECT text FROM notes")
        let login = try await bench.accounts.account(li.id)?.login ?? ""
        return [login] + (try notes.map { try $0.text("text") })
      }
      // The table refuses a note that is missing, the accounts a login that is taken.
      await #expect(throws: (any Error).self) { try await change(nil, "lina") }
      #expect(try await state() == ["li"])
      await #expect(throws: AccountError.self) { try await change("one", "tao") }
      #expect(try await state() == ["li"])
      try await change("two", "lina")
      #expect(try await state() == ["lina", "two"])
    }
  }

  @Test(arguments: Engine.testable)
  func `a token is ended by its digest`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let life = TokenLife.fixed(seconds: 100)
      let one = try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      let two = try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      #expect(try await bench.accounts.revoke(digest: TokenDigest(one.text).bytes))
      #expect(try await bench.accounts.identity(token: one.text) == nil)
      #expect(try await bench.accounts.identity(token: two.text) != nil)
      #expect(try await !bench.accounts.revoke(digest: TokenDigest(one.text).bytes))
    }
  }
}
