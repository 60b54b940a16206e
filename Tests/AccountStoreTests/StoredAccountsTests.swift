import AccountStore
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct StoredAccountsTests {
  @Test(arguments: Engine.testable)
  func `one person is found by every name`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let tao = try await bench.make(
        "tao", profiles: [.studentNumber: "2100301419", .telephone: "13800000003"],
        email: "Tao@example.edu")
      let names: [LoginName] = [
        .login("tao"), .profile(.studentNumber, "2100301419"), .email("tao@EXAMPLE.edu"),
        .any("13800000003"), .any("tao"), .any("TAO@example.edu"),
      ]
      for name in names { #expect(try await bench.accounts.find(name) == tao) }
      #expect(try await bench.accounts.find(.profile(.telephone, "2100301419")) == nil)
      #expect(try await bench.accounts.account(tao.id) == tao)
    }
  }

  @Test(arguments: Engine.testable)
  func `many people are found by their ids at once`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let made = try await withThrowingTaskGroup(of: Account.self) { group in
        for number in 0..<600 {
          group.addTask {
            try await bench.make(
              "s\(number)", password: nil, profiles: [.studentNumber: "\(1000 + number)"])
          }
        }
        return try await group.reduce(into: [Int64: Account]()) { $0[$1.id] = $1 }
      }
      #expect(try await bench.accounts.accounts(Set(made.keys)) == made)
      let one = try #require(made.keys.max())
      #expect(try await bench.accounts.accounts([one, one + 1, -1]) == [one: made[one]])
      #expect(try await bench.accounts.accounts([]).isEmpty)
    }
  }

  @Test(arguments: Engine.testable)
  func `a number of one person is nobody else's in another system`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.make("a", profiles: [.studentNumber: "77"])
      await #expect {
        try await bench.make("b", profiles: [.courseUser: "77"])
      } throws: {
        code($0) == .profileTaken
      }
      #expect(try await bench.accounts.find(.any("77"))?.login == "a")
    }
  }

  @Test(arguments: Engine.testable)
  func `what is taken is refused by its kind and leaves nothing behind`(engine: Engine) async throws
  {
    try await withBench(engine) { bench async throws in
      try await bench.make("a", profiles: [.studentNumber: "1"], email: "a@x.org")
      await #expect { try await bench.make("a") } throws: { code($0) == .loginTaken }
      await #expect {
        try await bench.make("b", email: "A@x.org")
      } throws: {
        code($0) == .emailTaken
      }
      await #expect {
        try await bench.make("c", profiles: [.studentNumber: "1"])
      } throws: {
        code($0) == .profileTaken
      }
      #expect(try await bench.accounts.count() == 1)
    }
  }

  private func code(_ error: any Error) -> AccountError.Code? { (error as? AccountError)?.code }

  @Test(arguments: ["", " a", "a:b", "a\nb", String(repeating: "x", count: 256)])
  func `a login that would break something is refused`(login: String) async throws {
    try await withBench(.sqlite) { bench async throws in
      await #expect { try await bench.make(login) } throws: { code($0) == .invalid }
    }
  }

  @Test(arguments: Engine.testable)
  func `the list goes on after an id and can be searched`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      for number in 1...5 { try await bench.make("user\(number)", password: nil) }
      try await bench.make("100%", password: nil, profiles: [.telephone: "13800"])
      let logins = try await bench.accounts.list(after: 2, limit: 2).map(\.login)
      #expect(logins == ["user3", "user4"])
      #expect(try await bench.accounts.list(matching: "0%").map(\.login) == ["100%"])
      #expect(try await bench.accounts.list(matching: "1380").map(\.login) == ["100%"])
      #expect(try await bench.accounts.list(matching: "USER5").map(\.login) == ["user5"])
    }
  }

  @Test(arguments: Engine.testable)
  func `a change of roles is told, a change of name is not`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      var li = try await bench.make("li")
      li.name = "Li"
      try await bench.accounts.update(li)
      #expect(bench.takeRevoked().isEmpty)
      li.roles = [.student, .staff]
      li.profiles = [.studentNumber: "9"]
      try await bench.accounts.update(li)
      #expect(bench.takeRevoked() == [.permissions(li.id)])
      #expect(try await bench.accounts.account(li.id) == li)
    }
  }

  @Test(arguments: Engine.testable)
  func `the first start makes one admin and only then`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let password = try #require(try await bench.accounts.prepareFirstStart())
      #expect(password.count == 20)
      #expect(try await bench.accounts.prepareFirstStart() == nil)
      guard
        case .success(let admin) = try await bench.accounts.logIn(
          .login("admin"), password: password, from: Peer("10.0.0.1"))
      else {
        Issue.record("the printed password does not open the account")
        return
      }
      #expect(admin.roles.contains(.admin))
    }
  }

  @Test(arguments: Engine.testable)
  func `two changes at once both hold`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for kind in ProfileKind.allCases {
          group.addTask {
            try await bench.accounts.change(li.id) { $0.profiles[kind] = "\(kind)" }
          }
        }
        group.addTask { try await bench.accounts.change(li.id) { $0.isActive = false } }
        group.addTask { try await bench.accounts.change(li.id) { $0.roles.insert(.staff) } }
        try await group.waitForAll()
      }
      let after = try #require(try await bench.accounts.account(li.id))
      #expect(after.profiles.count == ProfileKind.allCases.count)
      #expect(!after.isActive && after.roles == [.student, .staff])
    }
  }
}
