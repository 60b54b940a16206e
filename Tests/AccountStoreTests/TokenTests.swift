import AccountStore
import Bytes
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct TokenTests {
  @Test(arguments: Engine.testable)
  func `a token names its holder until it expires`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li", profiles: [.studentNumber: "1", .telephone: "2"])
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "campus", life: .fixed(seconds: 100))
      #expect(token.isNew)
      #expect(token.expiresAt == bench.clock.now + 100_000)
      #expect(try await bench.accounts.identity(token: token.text) == li.identity)
      bench.clock.turn(seconds: 99)
      #expect(try await bench.accounts.identity(token: token.text) == li.identity)
      bench.clock.turn(seconds: 1)
      #expect(try await bench.accounts.identity(token: token.text) == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `a token of forty digits is as good as another`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let life = TokenLife.fixed(seconds: 100)
      var texts: Set<String> = []
      for _ in 0..<5 {
        let token = try await bench.accounts.issueToken(
          for: li.id, at: nil, purpose: "campus", life: life, spelling: .hexadecimal)
        #expect(token.text.wholeMatch(of: /[0-9a-f]{40}/) != nil)
        #expect(try await bench.accounts.identity(token: token.text) == li.identity)
        texts.insert(token.text)
      }
      #expect(texts.count == 5)
    }
  }

  @Test func `a token is known by its digits, too`() async throws {
    try await withBench(.sqlite) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "sign", life: .fixed(seconds: 100))
      let digits = Hex.encode(try #require(Base64.url.decode(token.text)))
      #expect(digits.utf8.count == 64)
      #expect(try await bench.accounts.identity(token: digits) == li.identity)
      for other in ["", "x", String(digits.dropLast()), token.text + "A"] {
        #expect(try await bench.accounts.identity(token: other) == nil)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `a sliding token lives as long as it is used`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .sliding(seconds: 100))
      for _ in 0..<10 {
        bench.clock.turn(seconds: 80)
        #expect(try await bench.accounts.identity(token: token.text) == li.identity)
      }
      bench.clock.turn(seconds: 101)
      #expect(try await bench.accounts.identity(token: token.text) == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `the text of a token is stored nowhere`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .fixed(seconds: 100))
      let row = try await bench.store.first("SELECT digest FROM account_tokens")
      #expect(try #require(row).blob("digest") != Array(token.text.utf8))
      #expect(try await bench.accounts.identity(token: "") == nil)
      #expect(try await bench.accounts.identity(token: token.text + "x") == nil)
    }
  }

  @Test func `a text that can be no token is not looked up`() async throws {
    try await withBench(.sqlite) { bench async throws in
      let token = String(repeating: "a", count: 43)
      let away = AwayStore(bench.store)
      away.setAway(true)
      let accounts = StoredAccounts(store: away, clock: bench.clock, options: options())
      for text in ["nonsense", "mk_\(token)", token + "=", "é" + token.dropLast(2), " "] {
        #expect(try await accounts.identity(token: text) == nil)
      }
      await #expect(throws: StoreError.self) { try await accounts.identity(token: token) }
      accounts.stop()
    }
  }

  @Test(arguments: Engine.testable)
  func `a revoked token is dead at once, the others live`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let life = TokenLife.fixed(seconds: 100)
      let one = try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      let two = try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      #expect(!two.isNew)
      #expect(try await bench.accounts.identity(token: one.text) != nil)
      try await bench.accounts.revoke(token: one.text)
      #expect(try await bench.accounts.identity(token: one.text) == nil)
      #expect(try await bench.accounts.identity(token: two.text) != nil)
      #expect(bench.takeRevoked() == [.token(TokenDigest(one.text))])
      try await bench.accounts.revoke(token: one.text)
      #expect(bench.takeRevoked().isEmpty)
    }
  }

  @Test(arguments: Engine.testable)
  func `a new password ends all tokens and the old password`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li", password: "old")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .sliding(seconds: 100))
      #expect(try await bench.accounts.identity(token: token.text) != nil)
      try await bench.accounts.setPassword("new", of: li.id)
      #expect(bench.takeRevoked() == [.account(li.id)])
      #expect(try await bench.accounts.identity(token: token.text) == nil)
      let old = try await bench.accounts.logIn(
        .login("li"), password: "old", from: Peer("10.0.0.1"))
      let new = try await bench.accounts.logIn(
        .login("li"), password: "new", from: Peer("10.0.0.1"))
      #expect(old == .wrongPassword)
      #expect(new == .success(try #require(try await bench.accounts.account(li.id))))
    }
  }

  @Test(arguments: Engine.testable)
  func `an account that is switched off loses its tokens and gets no new ones`(engine: Engine)
    async throws
  {
    try await withBench(engine) { bench async throws in
      var li = try await bench.make("li")
      let life = TokenLife.fixed(seconds: 100)
      let token = try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      #expect(try await bench.accounts.identity(token: token.text) != nil)
      li.isActive = false
      try await bench.accounts.update(li)
      #expect(bench.takeRevoked() == [.account(li.id)])
      #expect(try await bench.accounts.identity(token: token.text) == nil)
      await #expect(throws: AccountError.self) {
        try await bench.accounts.issueToken(for: li.id, purpose: "web", life: life)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `the oldest token goes when there are too many of one purpose`(engine: Engine) async throws {
    try await withBench(engine, options { $0.tokensPerPurpose = 2 }) { bench async throws in
      let li = try await bench.make("li")
      var tokens: [IssuedToken] = []
      for _ in 0..<3 {
        bench.clock.turn(seconds: 1)
        tokens.append(
          try await bench.accounts.issueToken(
            for: li.id, purpose: "web", life: .fixed(seconds: 100)))
      }
      let other = try await bench.accounts.issueToken(
        for: li.id, purpose: "campus", life: .fixed(seconds: 100))
      #expect(other.isNew)
      #expect(try await bench.accounts.identity(token: tokens[0].text) == nil)
      #expect(try await bench.accounts.identity(token: tokens[1].text) != nil)
      #expect(try await bench.accounts.identity(token: tokens[2].text) != nil)
      #expect(bench.takeRevoked() == [.token(TokenDigest(tokens[0].text))])
    }
  }

  @Test(arguments: Engine.testable)
  func `expired tokens are swept away after an hour`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      _ = try await bench.accounts.issueToken(for: li.id, purpose: "a", life: .fixed(seconds: 10))
      _ = try await bench.accounts.issueToken(for: li.id, purpose: "b", life: .fixed(seconds: 3620))
      bench.clock.turn(seconds: 3610)
      try await bench.accounts.sweep()
      let row = try await bench.store.first("SELECT count(*) AS total FROM account_tokens")
      #expect(try #require(row).int("total") == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `tokens are listed without their text and ended one by one`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let web = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .sliding(seconds: 100))
      bench.clock.turn(seconds: 1)
      let campus = try await bench.accounts.issueToken(
        for: li.id, purpose: "campus", life: .fixed(seconds: 100))
      let tokens = try await bench.accounts.tokens(of: li.id)
      #expect(tokens.map(\.purpose) == ["campus", "web"])
      #expect(tokens.map(\.isSliding) == [false, true])
      #expect(tokens.allSatisfy { !web.text.contains($0.id) })
      #expect(try await bench.accounts.revoke(tokenID: tokens[0].id, of: li.id))
      #expect(try await bench.accounts.identity(token: campus.text) == nil)
      #expect(try await bench.accounts.identity(token: web.text) != nil)
      #expect(try await !bench.accounts.revoke(tokenID: tokens[0].id, of: li.id))
      #expect(try await !bench.accounts.revoke(tokenID: tokens[1].id, of: li.id + 1))
    }
  }

  @Test(arguments: Engine.testable)
  func `a login that is under way does not outlive a new password`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      guard
        case .success(let recognised) = try await bench.accounts.logIn(
          .login("li"), password: "secret", from: Peer("10.0.0.1"))
      else {
        Issue.record("the password is right")
        return
      }
      for end in ["password", "revocation", "lock"] {
        switch end {
        case "password": try await bench.accounts.setPassword("another", of: li.id)
        case "revocation": try await bench.accounts.revokeTokens(of: li.id)
        default:
          try await bench.accounts.change(li.id) { $0.isActive = false }
          try await bench.accounts.change(li.id) { $0.isActive = true }
        }
        await #expect("\(end)") {
          try await bench.accounts.issueToken(
            for: recognised, purpose: "pages", life: .fixed(seconds: 60))
        } throws: {
          ($0 as? PluginError)?.code == .unauthorized
        }
      }
      let now = try #require(try await bench.accounts.account(li.id))
      let token = try await bench.accounts.issueToken(
        for: now, purpose: "pages", life: .fixed(seconds: 60))
      #expect(try await bench.accounts.identity(token: token.text)?.account == li.id)
    }
  }

  @Test(arguments: Engine.testable, [Int64.min, -1, .max])
  func `a token whose row has a life of any length is good`(engine: Engine, number: Int64)
    async throws
  {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      let token = try await bench.accounts.issueToken(
        for: li.id, purpose: "web", life: .sliding(seconds: 100))
      try await bench.store.execute(
        "UPDATE account_tokens SET issued_at = ?, sliding_seconds = ?", number, number)
      #expect(try await bench.accounts.identity(token: token.text) == li.identity)
      try await bench.store.execute("UPDATE account_tokens SET expires_at = ?", Int64.max)
      bench.clock.turn(seconds: 60)
      #expect(try await bench.accounts.identity(token: token.text) == li.identity)
      #expect(try await bench.accounts.tokens(of: li.id).count == 1)
    }
  }
}
