import AccountStore
import MusterTesting
import PluginKit
import Storage
import Testing

/// Passwords that stand in public documents, on a server that is not for trying things.
@Suite struct PublicPasswordTests {
  private static let guarded = options { $0.publicPasswords = ["lin": "lin123456"] }

  /// An account of the example data, switched off, and the accounts of a real server.
  private func once(
    _ engine: Engine, _ body: (Bench, Account) async throws -> Void
  ) async throws {
    try await withBench(engine, PublicPasswordTests.guarded) { bench async throws in
      let demo = StoredAccounts(store: bench.store, clock: bench.clock, options: options())
      var lin = NewAccount(login: "lin", name: "lin", password: "lin123456", roles: .student)
      lin.isActive = false
      try await demo.seed(lin)
      demo.stop()
      try await body(bench, try #require(try await bench.accounts.find(.login("lin"))))
    }
  }

  private func expectRefusal(_ body: () async throws -> Void) async {
    await #expect {
      try await body()
    } throws: { error in
      (error as? AccountError)?.code == .publicPassword
    }
  }

  @Test(arguments: Engine.testable)
  func `an account with a public password is not switched on`(engine: Engine) async throws {
    try await once(engine) { bench, lin async throws in
      // The second time the verdict is known.
      for _ in 1...2 {
        await expectRefusal { try await bench.accounts.change(lin.id) { $0.isActive = true } }
      }
      #expect(try await bench.accounts.account(lin.id)?.isActive == false)
      #expect(try await bench.accounts.change(lin.id) { $0.name = "Lin" }.name == "Lin")
      try await bench.accounts.setPassword("another", of: lin.id)
      #expect(try await bench.accounts.change(lin.id) { $0.isActive = true }.isActive)
    }
  }

  @Test(arguments: Engine.testable)
  func `a public password is not set`(engine: Engine) async throws {
    try await once(engine) { bench, lin async throws in
      await expectRefusal { try await bench.accounts.setPassword("lin123456", of: lin.id) }
      try await bench.accounts.delete(lin.id)
      await expectRefusal { try await bench.make("lin", password: "lin123456") }
      try await bench.make("other", password: "lin123456")
    }
  }

  @Test(arguments: Engine.testable)
  func `an import switches no such account on either`(engine: Engine) async throws {
    try await once(engine) { bench, lin async throws in
      func take(_ line: String, _ columns: String) async throws -> [ImportLine.Outcome] {
        var job = AccountImport(
          into: bench.accounts, options: ImportOptions(updatesExisting: true))
        var outcomes: [ImportLine.Outcome] = []
        try await job.append(Array("\(columns)\n\(line)\n".utf8)) { outcomes.append($0.outcome) }
        try await job.finish { outcomes.append($0.outcome) }
        return outcomes
      }
      #expect(
        try await take("lin,true", "login,active")
          == [.failed("its password is public: set another first")])
      #expect(
        try await take("lin,true,lin123456", "login,active,password")
          == [.failed("this password is public")])
      #expect(try await take("lin,true,another-1", "login,active,password") == [.updated])
    }
  }
}
