import AccountStore
import MusterTesting
import PluginKit
import Storage
import Testing

/// Accounts that people made for themselves, until the staff confirms them.
@Suite struct ProvisionalTests {
  private func register(
    _ bench: Bench, _ login: String = "zz", profiles: [ProfileKind: String] = [:]
  ) async throws -> Account {
    var new = NewAccount(
      login: login, name: login, password: "longenough", roles: [.student, .admin])
    new.profiles = profiles
    return try await bench.accounts.register(new, from: .loopback)
  }

  private func identity(_ account: Account, _ bench: Bench) async throws -> Identity? {
    let token = try await bench.accounts.issueToken(
      for: account.id, purpose: "chat", life: .fixed(seconds: 60))
    return try await bench.accounts.identity(token: token.text)
  }

  @Test(arguments: Engine.testable)
  func `an account that its holder made is provisional and only a student`(engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let made = try await register(bench, profiles: [.telephone: "13900000001"])
      #expect(made.isProvisional && made.roles == .student)
      #expect(try await identity(made, bench)?.isProvisional == true)
      let given = try await bench.make("li")
      #expect(!given.isProvisional)
      #expect(try await identity(given, bench)?.isProvisional == false)
    }
  }

  @Test(arguments: [ProfileKind.studentNumber, .staffName])
  func `a registration cannot bring what the staff gives`(kind: ProfileKind) async throws {
    try await withBench(.sqlite) { bench async throws in
      await #expect {
        try await register(bench, profiles: [kind: "2100301419"])
      } throws: {
        ($0 as? AccountError)?.code == .invalid
      }
    }
  }

  @Test func `a student number that was proved confirms an account at once`() async throws {
    try await withBench(.sqlite) { bench async throws in
      var new = NewAccount(login: "zz", name: "zz", password: "longenough", roles: .student)
      new.profiles[.studentNumber] = "2100301419"
      new.hasProvenNumber = true
      let made = try await bench.accounts.register(new, from: .loopback)
      #expect(!made.isSelfMade && !made.isProvisional)
    }
  }

  @Test(arguments: Engine.testable)
  func `a student number or a role confirms it for good, and is told`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      var zz = try await register(bench)
      zz.roles.insert(.teacher)
      try await bench.accounts.update(zz)
      #expect(bench.takeRevoked() == [.permissions(zz.id)])
      #expect(try await identity(zz, bench)?.isProvisional == false)
      zz = try #require(try await bench.accounts.account(zz.id))
      zz.roles = .student
      try await bench.accounts.update(zz)
      #expect(try await identity(zz, bench)?.isProvisional == false)
      var yy = try await register(bench, "yy")
      yy.profiles[.studentNumber] = "2100301419"
      try await bench.accounts.update(yy)
      #expect(try await bench.accounts.account(yy.id)?.isSelfMade == false)
    }
  }

  @Test(arguments: Engine.testable)
  func `an import takes a self-made account only together with its password`(engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let zz = try await register(bench)
      func take(_ file: String) async throws -> [ImportLine.Outcome] {
        var job = AccountImport(into: bench.accounts, options: ImportOptions(updatesExisting: true))
        var lines: [ImportLine] = []
        try await job.append(Array(file.utf8)) { lines.append($0) }
        try await job.finish { lines.append($0) }
        return lines.map(\.outcome)
      }
      guard case .failed(let reason) = try await take("login,roles\nzz,teacher\n")[0] else {
        Issue.record("the holder became a teacher")
        return
      }
      #expect(reason.contains("give the line a password"))
      #expect(try await take("login,roles,password\nzz,teacher,another-one\n") == [.updated])
      #expect(bench.takeRevoked() == [.account(zz.id)])
      let given = try #require(try await bench.accounts.account(zz.id))
      #expect(!given.isProvisional && given.roles == .teacher)
      #expect(
        try await bench.accounts.logIn(.login("zz"), password: "longenough", from: Peer("10.0.0.1"))
          == .wrongPassword)
    }
  }

  @Test(arguments: Engine.testable)
  func `accounts that were registered before are recognised`(engine: Engine) async throws {
    try await withFreshStore(engine) { store in
      try await store.migrate(StoredAccounts.owner, [StoredAccounts.migrations[0]])
      let people = [
        ("zz", "default", nil), ("tao", "default", nil), ("li", "", nil),
        ("new@example.edu", "", "new@example.edu"), ("given", "default", nil),
      ]
      for (login, avatar, email) in people {
        try await store.execute(
          """
          INSERT INTO accounts (login, name, avatar, email, roles, is_active, created_at)
          VALUES (?, ?, ?, ?, 1, 1, 0)
          """, login, login, avatar, email)
      }
      try await store.execute(
        """
        INSERT INTO account_profiles (account, kind, value)
        SELECT id, 'student_number', '2100301419' FROM accounts WHERE login = 'tao'
        """)
      try await store.execute(
        """
        INSERT INTO account_profiles (account, kind, value)
        SELECT id, 'telephone', '13900000001' FROM accounts WHERE login = 'zz'
        """)
      let accounts = StoredAccounts(store: store, clock: HandClock(), options: options())
      defer { accounts.stop() }
      try await accounts.migrate()
      let provisional = try await accounts.list().filter(\.isProvisional).map(\.login)
      #expect(provisional == ["zz", "new@example.edu"])
    }
  }
}
