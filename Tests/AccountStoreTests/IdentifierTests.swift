import AccountStore
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

/// A text names one account at most, of whatever kind of identifier it is.
@Suite struct IdentifierTests {
  private func code(_ error: any Error) -> AccountError.Code? { (error as? AccountError)?.code }

  private func register(
    _ bench: Bench, _ login: String, name: String? = nil, telephone: String? = nil,
    email: String? = nil
  ) async throws -> Account {
    var new = NewAccount(
      login: login, name: name ?? login, password: "longenough", roles: .student)
    new.profiles[.telephone] = telephone
    new.email = email
    return try await bench.accounts.register(new, from: .loopback)
  }

  /// An account with an identifier of every kind.
  private func chen(_ bench: Bench) async throws -> Account {
    try await bench.make(
      "chen", .teacher,
      profiles: [
        .studentNumber: "2100301419", .staffName: "C. Wei", .studyName: "chen2", .courseUser: "2",
        .telephone: "13800000003",
      ], email: "chen@example.edu")
  }

  @Test(arguments: Engine.testable)
  func `nothing that a stranger registers takes somebody's identifier away`(engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let chen = try await chen(bench)
      let names = ["chen", "CHEN", "c\u{200B}hen", "ｃｈｅｎ", "c.  wei", "Chen2"]
      for name in names {
        await #expect("\(name)") {
          _ = try await register(bench, name)
        } throws: {
          [.loginTaken, .nameTaken].contains(code($0))
        }
      }
      for number in ["2100301419", "2", "13800000003"] {
        await #expect("\(number)") {
          _ = try await register(bench, "zz", telephone: number)
        } throws: {
          code($0) == .profileTaken
        }
      }
      await #expect {
        _ = try await register(bench, "CHEN@example.edu", email: "CHEN@example.edu")
      } throws: {
        [.loginTaken, .emailTaken].contains(code($0))
      }
      for name in names + ["2100301419", "2", "13800000003", "chen@EXAMPLE.edu"] {
        #expect(try await bench.accounts.find(.any(name)) == chen, "\(name)")
      }
    }
  }

  @Test(arguments: ["2100301499", "２１００", "new@example.edu", "new＠example.edu", "\u{200B}"])
  func `a self-made login that looks like a number or an address is refused`(login: String)
    async throws
  {
    try await withBench(.sqlite) { bench async throws in
      await #expect {
        _ = try await register(bench, login, name: "zz")
      } throws: {
        code($0) == .invalid
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `nobody registers under the name that somebody is shown by`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      var new = NewAccount(login: "20120001", name: "Wang Wei", password: "secret", roles: .staff)
      new.profiles[.staffName] = "20120001"
      try await bench.accounts.create(new)
      for name in ["Wang Wei", "wang  wei", "Wang\u{00A0}Wei"] {
        await #expect("\(name)") {
          _ = try await register(bench, name)
        } throws: {
          code($0) == .nameTaken
        }
        await #expect("\(name)") {
          _ = try await register(bench, "zz", name: name)
        } throws: {
          code($0) == .nameTaken
        }
      }
    }
  }

  @Test func `an address may be the login of its holder`() async throws {
    try await withBench(.sqlite) { bench async throws in
      let made = try await register(
        bench, "new@example.edu", name: "new", email: "new@example.edu")
      #expect(try await bench.accounts.find(.any("NEW@example.edu")) == made)
    }
  }

  @Test(arguments: Engine.testable)
  func `staff may give an identifier that a provisional account holds`(engine: Engine) async throws
  {
    try await withBench(engine) { bench async throws in
      let zz = try await register(bench, "zz", telephone: "2100301499")
      #expect(try await bench.accounts.find(.any("2100301499")) == zz)
      let new = try await bench.make("new", profiles: [.studentNumber: "2100301499"])
      #expect(try await bench.accounts.find(.any("2100301499")) == new)
      #expect(try await bench.accounts.find(.profile(.telephone, "2100301499")) == zz)
    }
  }

  @Test(arguments: Engine.testable)
  func `an identifier that was given up is free`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      var chen = try await chen(bench)
      chen.profiles[.staffName] = "Chen Wei"
      try await bench.accounts.update(chen)
      #expect(try await bench.accounts.find(.any("c. wei")) == nil)
      #expect(try await bench.accounts.find(.any("chen wei")) == chen)
      let other = try await bench.make("other", profiles: [.staffName: "c. wei"])
      chen.profiles[.staffName] = "C. WEI"
      await #expect { try await bench.accounts.update(chen) } throws: { code($0) == .profileTaken }
      #expect(try await bench.accounts.find(.any("C. Wei")) == other)
    }
  }

  @Test(arguments: Engine.testable)
  func `an import says whose an identifier is`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let chen = try await chen(bench)
      var job = AccountImport(into: bench.accounts, options: ImportOptions())
      var lines: [ImportLine] = []
      let file = "login,telephone,staff_name\nnew,2100301419,\nli,,Li\nwang,LI,\n"
      try await job.append(Array(file.utf8)) { lines.append($0) }
      try await job.finish { lines.append($0) }
      lines.sort { $0.line < $1.line }
      #expect(
        lines.map(\.outcome) == [
          .failed("telephone 2100301419 is taken by account \(chen.id)"), .created,
          .failed("telephone LI is in line 3 already"),
        ])
    }
  }

  @Test(arguments: Engine.testable)
  func `accounts from before the table are found, and clashes are logged`(engine: Engine)
    async throws
  {
    let lines = Locked<[String]>([])
    let logging = options {
      $0.log = Log { _, _, fields in
        let values = fields.map(\.value.description)
        lines.withLock { $0.append(values.joined(separator: " ")) }
      }
    }
    try await withFreshStore(engine) { store in
      try await store.migrate(StoredAccounts.owner, [StoredAccounts.migrations[0]])
      // The squatter took the number as its login before its owner was imported.
      for (login, avatar) in [("2100301419", "default"), ("tao", "")] {
        try await store.execute(
          """
          INSERT INTO accounts (login, name, avatar, roles, is_active, created_at)
          VALUES (?, ?, ?, 1, 1, 0)
          """, login, login, avatar)
      }
      try await store.execute(
        """
        INSERT INTO account_profiles (account, kind, value)
        SELECT id, 'student_number', '2100301419' FROM accounts WHERE login = 'tao'
        """)
      try await store.execute(
        """
        INSERT INTO account_profiles (account, kind, value)
        SELECT id, 'telephone', '13900000001' FROM accounts WHERE login = '2100301419'
        """)
      let accounts = StoredAccounts(store: store, clock: HandClock(), options: logging)
      defer { accounts.stop() }
      try await accounts.migrate()
      try await accounts.migrate()
      #expect(try await accounts.find(.any("2100301419"))?.login == "tao")
      #expect(lines.withLock { $0 } == ["login 2100301419 2 1"])
    }
  }
}
