import AccountStore
import Crypto
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

@Suite struct LogInTests {
  @Test(arguments: Engine.testable)
  func `a login answers what is wrong`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li", password: "right")
      var gone = try await bench.make("gone", password: "right")
      gone.isActive = false
      try await bench.accounts.update(gone)
      try await bench.make("empty", password: nil)
      func logIn(_ login: String, _ password: String) async throws -> LoginOutcome {
        try await bench.accounts.logIn(.login(login), password: password, from: Peer("10.0.0.1"))
      }
      #expect(try await logIn("li", "right") == .success(li))
      #expect(try await logIn("li", "wrong") == .wrongPassword)
      #expect(try await logIn("li", "") == .wrongPassword)
      #expect(try await logIn("nobody", "right") == .unknown)
      #expect(try await logIn("gone", "right") == .disabled)
      #expect(try await logIn("gone", "wrong") == .wrongPassword)
      #expect(try await logIn("empty", "") == .wrongPassword)
      #expect(
        try await logIn("li", String(repeating: "x", count: 1025)) == .wrongPassword)
    }
  }

  @Test(arguments: Engine.testable)
  func `guessing is slowed until time has passed, even with the right password`(engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li", password: "right")
      func logIn(_ password: String, from peer: Peer) async throws -> LoginOutcome {
        try await bench.accounts.logIn(.login("li"), password: password, from: peer)
      }
      for _ in 1...5 {
        #expect(try await logIn("wrong", from: Peer("10.0.0.9")) == .wrongPassword)
      }
      #expect(try await logIn("right", from: Peer("10.0.0.9")) == .throttled(retryAfterSeconds: 2))
      bench.clock.turn(seconds: 2)
      #expect(try await logIn("right", from: Peer("10.0.0.9")) == .success(li))
      #expect(try await logIn("wrong", from: Peer("10.0.0.9")) == .wrongPassword)
      #expect(try await logIn("right", from: Peer("10.0.0.8")) == .success(li))
    }
  }

  @Test(arguments: Engine.testable)
  func `unknown names are counted like known ones`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      for _ in 1...5 {
        _ = try await bench.accounts.logIn(.login("ghost"), password: "x", from: Peer("10.0.0.1"))
      }
      #expect(
        try await bench.accounts.logIn(.login("ghost"), password: "x", from: Peer("10.0.0.1"))
          == .throttled(retryAfterSeconds: 2))
    }
  }

  @Test(arguments: Engine.testable)
  func `an address that tries many names is slowed`(engine: Engine) async throws {
    try await withBench(engine, options { $0.addressRule.freeFailures = 4 }) { bench async throws in
      for name in 1...4 {
        _ = try await bench.accounts.logIn(
          .login("n\(name)"), password: "x", from: Peer("10.0.0.1"))
      }
      #expect(
        try await bench.accounts.logIn(.login("n5"), password: "x", from: Peer("10.0.0.1"))
          == .throttled(retryAfterSeconds: 2))
    }
  }

  @Test(arguments: Engine.testable)
  func `in a demo the own machine is not counted by its address`(engine: Engine) async throws {
    try await withBench(
      engine,
      options {
        $0.addressRule.freeFailures = 1
        $0.countsLoopback = false
      }
    ) { bench async throws in
      for name in 1...9 {
        #expect(
          try await bench.accounts.logIn(.login("n\(name)"), password: "x", from: .loopback)
            == .unknown)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `a flood of logins is turned away instead of queued`(engine: Engine) async throws {
    try await withBench(
      engine,
      options {
        $0.hashingThreads = 1
        $0.waitingHashes = 1
        $0.passwordCost = PasswordHash.Cost(log2N: 14, r: 8, p: 1)
        $0.addressRule.freeFailures = 0
      }
    ) { bench async throws in
      let outcomes = try await withThrowingTaskGroup(of: LoginOutcome.self) { group in
        for name in 0..<40 {
          group.addTask {
            try await bench.accounts.logIn(
              .login("n\(name)"), password: "x", from: Peer("10.0.0.1"))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.contains(.throttled(retryAfterSeconds: 1)))
      #expect(outcomes.contains(.unknown))
    }
  }

  @Test func `once stopped it refuses instead of letting somebody wait for ever`() async throws {
    try await withBench(.sqlite) { bench async throws in
      bench.accounts.stop()
      let outcome = try await bench.accounts.logIn(
        .login("li"), password: "x", from: Peer("10.0.0.1"))
      #expect(outcome == .throttled(retryAfterSeconds: 1))
    }
  }

  @Test(arguments: Engine.testable)
  func `a hash that is too cheap today is made anew at a login`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.make("li", password: "right")
      let before = try await hash(bench)
      var options = StoredAccounts.Options()
      options.passwordCost = PasswordHash.Cost(log2N: 5, r: 1, p: 1)
      let later = StoredAccounts(store: bench.store, clock: bench.clock, options: options)
      _ = try await later.logIn(.login("li"), password: "wrong", from: Peer("10.0.0.1"))
      #expect(try await hash(bench) == before)
      _ = try await later.logIn(.login("li"), password: "right", from: Peer("10.0.0.1"))
      let after = try await hash(bench)
      #expect(after.hasPrefix("$scrypt$ln=5,"))
      _ = try await bench.accounts.logIn(.login("li"), password: "right", from: Peer("10.0.0.1"))
      #expect(try await hash(bench) == after)
      later.stop()
    }
  }

  private func hash(_ bench: Bench) async throws -> String {
    let row = try await bench.store.first("SELECT password FROM accounts WHERE login = ?", "li")
    return try #require(row).text("password")
  }

  /// Logins, or registrations, at once: how many of them were turned away.
  private func refusals(
    _ count: Int, _ attempt: @escaping @Sendable (Int) async throws -> Bool
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<count { group.addTask { try await attempt(number) } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  private static let slow = options {
    $0.hashingThreads = 1
    $0.waitingHashes = 7
    $0.waitingRegistrations = 3
    $0.passwordCost = PasswordHash.Cost(log2N: 14, r: 8, p: 1)
    $0.addressRule.freeFailures = 0
    $0.registration = RegistrationRules(.open, passwordLength: 1)
  }

  @Test func `one client cannot take all places for hashes`() async throws {
    try await withBench(.sqlite, LogInTests.slow) { bench async throws in
      async let flood = refusals(20) { number in
        try await bench.accounts.logIn(
          .login("n\(number)"), password: "x", from: Peer("10.0.0.1")) != .unknown
      }
      async let other = refusals(2) { number in
        try await bench.accounts.logIn(
          .login("m\(number)"), password: "x", from: Peer("10.0.0.2")) != .unknown
      }
      #expect(try await flood >= 1)
      #expect(try await other == 0)
    }
  }

  @Test func `right passwords of many clients keep nobody else out`() async throws {
    var busy = LogInTests.slow
    busy.loginsPerMinute = 0
    try await withBench(.sqlite, busy) { bench async throws in
      try await bench.make("eve")
      try await bench.make("li")
      let isOver = Locked(false)
      async let flood = refusals(16) { number in
        var wasRefused = false
        for _ in 0..<1000 where !isOver.withLock({ $0 }) {
          let outcome = try await bench.accounts.logIn(
            .login("eve"), password: "secret", from: Peer("10.0.1.\(number / 4)"))
          if case .throttled = outcome { wasRefused = true }
        }
        return wasRefused
      }
      for client in 0..<8 {
        let outcome = try await bench.accounts.logIn(
          .login("li"), password: "secret", from: Peer("10.0.2.\(client)"))
        guard case .success = outcome else {
          Issue.record("the login was turned away: \(outcome)")
          break
        }
      }
      isOver.withLock { $0 = true }
      #expect(try await flood >= 1)
    }
  }

  @Test func `registrations keep nobody from logging in, and names that are taken cost no hash`()
    async throws
  {
    var tight = LogInTests.slow
    tight.waitingHashes = 0
    try await withBench(.sqlite, tight) { bench async throws in
      try await bench.make("li")
      @Sendable func register(_ name: String, _ client: Int) async throws -> Bool {
        do {
          try await bench.accounts.register(
            NewAccount(login: name, name: name, password: "x", roles: .student),
            from: Peer("10.0.1.\(client)"))
          return false
        } catch let error as PluginError where error.code == .unavailable {
          return true
        } catch let error as AccountError where name == "li" {
          #expect(error.code == .loginTaken)
          return false
        }
      }
      let isOver = Locked(false)
      async let flood = refusals(20) { client in
        var wasRefused = false
        for round in 0..<1000 where !isOver.withLock({ $0 }) {
          if try await register("n\(client)-\(round)", client) { wasRefused = true }
        }
        return wasRefused
      }
      async let taken = refusals(20) { try await register("li", 100 + $0) }
      for _ in 0..<5 {
        let outcome = try await bench.accounts.logIn(
          .login("li"), password: "secret", from: Peer("10.0.0.2"))
        guard case .success = outcome else {
          Issue.record("the login was turned away: \(outcome)")
          break
        }
      }
      isOver.withLock { $0 = true }
      #expect(try await flood >= 1)
      #expect(try await taken == 0)
    }
  }
}
