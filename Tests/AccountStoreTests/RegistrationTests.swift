import AccountStore
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

@Suite struct RegistrationTests {
  private static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])

  private static func new(_ login: String, _ password: String = "longenough") -> NewAccount {
    NewAccount(login: login, name: login, password: password, roles: [])
  }

  @Test(arguments: Engine.testable)
  func `registration follows the rules in force`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let accounts = bench.accounts
      await #expect {
        try await accounts.register(Self.new("zz"), from: Self.outside)
      } throws: {
        ($0 as? AccountError)?.code == .registrationClosed
      }
      try await accounts.register(Self.new("yy"), from: .loopback)
      accounts.apply(RegistrationRules(.open))
      try await accounts.register(Self.new("zz"), from: Self.outside)
      #expect(try await accounts.count() == 2)
    }
  }

  @Test func `a short password is refused wherever one is chosen`() async throws {
    let strict = options { $0.registration = RegistrationRules(passwordLength: 8) }
    try await withBench(.sqlite, strict) { bench async throws in
      let accounts = bench.accounts
      let made = try await accounts.create(Self.new("li"))
      func isTooShort(_ error: any Error) -> Bool {
        (error as? AccountError)?.code == .passwordTooShort
      }
      await #expect {
        try await accounts.register(Self.new("a", "1"), from: .loopback)
      } throws: {
        isTooShort($0)
      }
      await #expect { try await accounts.create(Self.new("b", "1")) } throws: { isTooShort($0) }
      await #expect {
        try await accounts.setPassword("1", of: made.id)
      } throws: {
        isTooShort($0)
      }
      var job = AccountImport(into: accounts, options: ImportOptions())
      var lines: [ImportLine] = []
      try await job.append(Array("login,password\nc,1\n".utf8)) { lines.append($0) }
      try await job.finish { lines.append($0) }
      #expect(
        lines.map(\.outcome) == [.failed("a password has at least 8 characters")])
    }
  }

  @Test func `a registration is logged with the address`() async throws {
    let lines = Locked<[String]>([])
    let logging = options {
      $0.log = Log { _, message, fields in
        let values = fields.map(\.value.description).joined(separator: " ")
        lines.withLock { $0.append("\(message) \(values)") }
      }
    }
    try await withBench(.sqlite, logging) { bench async throws in
      try await bench.accounts.register(Self.new("zz"), from: .loopback)
    }
    #expect(lines.withLock { $0 } == ["an account was registered 1 zz 127.0.0.1"])
  }
}
