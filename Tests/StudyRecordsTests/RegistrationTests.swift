import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct Registration {
  private func application(
    _ name: String = "new", password: String = "12345678", number: JSONValue = "4130209102",
    proof: String = "jw-102"
  ) -> JSONValue {
    [
      "username": .string(name), "password": .string(password), "stu_id": number,
      "stu_pwd": .string(proof),
    ]
  }

  @Test(arguments: Engine.testable)
  func `makes a user who can log in at once`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let answer = await library.register(application())
      #expect(answer.status == 201)
      #expect(answer.header("Location") == "https://localhost/api/v1.0/users/2")
      #expect(answer.json["username"] == "new")
      #expect(answer.json["member_since"] == "2017-03-25 12:00:02")
      let myself = await library.call(.get, "users/myself", user: "4130209102:12345678")
      #expect(myself.json["username"] == "new")
      let account = try await library.bench.accounts.find(.login("new"))
      #expect(account?.roles == .student)
      #expect(account?.profiles == [.studyName: "new", .studentNumber: "4130209102"])
    }
  }

  @Test func `takes the form that the published client declares as JSON`() async throws {
    try await withLibrary { library in
      let answer = await library.call(
        .post, "register", "username=new&password=12345678&stu_id=413020911&stu_pwd=jw-911")
      #expect(answer.status == 201)
    }
  }

  @Test func `refuses in the order and the words of the document`() async throws {
    try await withLibrary { library in
      func message(_ body: JSONValue) async -> String { await library.register(body).refusal }
      #expect(await message([:]) == "400 bad request: 缺少必要参数。")
      #expect(await message(application("")) == "400 bad request: 缺少必要参数。")
      #expect(
        await message(application("bllli", number: "1")) == "400 bad request: 用户已经存在。")
      #expect(
        await message(application(number: "4130209101"))
          == "400 bad request: 该学号被注册，可以试试找回密码。")
      for number: JSONValue in ["12345678", "12345678901", "12345678a", "٤١٣٠٢٠٩١٠", 12_345] {
        #expect(
          await message(application(number: number))
            == "400 bad request: 学号应该是一个十位数或是九位数.")
      }
      #expect(
        await message(application(proof: "x")) == "400 bad request: 402, 账号或密码错误")
      #expect(
        await message(application(number: "4130209999"))
          == "400 bad request: 402, 账号或密码错误")
      let away = await message(application(number: "4130209500"))
      #expect(away == "502 bad_gateway: 教务系统暂时无法访问，请稍后再试。")
    }
  }

  @Test func `does not take the login of another account`() async throws {
    try await withLibrary { library in
      _ = try await library.student("taken")
      #expect(
        await library.register(application("taken")).refusal == "400 bad request: 用户已经存在。")
    }
  }

  @Test func `refuses what no account can have`() async throws {
    try await withLibrary { library in
      let long = application(String(repeating: "长", count: 65))
      #expect(await library.register(long).refusal == "400 bad request: 用户名最多64个字符。")
      await library.bench.accounts.apply(RegistrationRules(.open, passwordLength: 9))
      #expect(await library.register(application()).refusal == "400 bad request: 密码太短。")
    }
  }

  @Test func `without a real check makes an account that the staff has to confirm`() async throws {
    try await withLibrary(settings: ["student_check": .text("always")]) { library in
      #expect(await library.register(application(number: "123456789")).status == 201)
      let account = try #require(try await library.bench.accounts.find(.login("new")))
      #expect(account.isProvisional)
      #expect(account.profiles == [.studyName: "new"])
      let proven = try await library.bench.accounts.find(.profile(.studentNumber, "123456789"))
      #expect(proven == nil)
    }
  }

  @Test func `says what is taken before it says what is not allowed`() async throws {
    try await withLibrary { library in
      await library.bench.accounts.apply(RegistrationRules(.closed, passwordLength: 9))
      func message(_ body: JSONValue) async -> String { await library.register(body).refusal }
      #expect(await message(application("bllli")) == "400 bad request: 用户已经存在。")
      #expect(
        await message(application(number: "12"))
          == "400 bad request: 学号应该是一个十位数或是九位数.")
      #expect(await message(application()) == "403 forbidden: 当前网络不允许注册。")
    }
  }

  @Test func `follows the operator's rules before the college is asked`() async throws {
    let settings: [String: Setting.Kind] = [
      "student_check": .text("service"), "check_url": .text("https://college.example/check"),
    ]
    try await withLibrary(settings: settings) { library in
      let answer = await library.register(application(), from: .outside)
      #expect(answer.refusal == "403 forbidden: 当前网络不允许注册。")
      #expect(await library.bench.outbox.calls.isEmpty)
      #expect(await library.register(application()).status == 201)
      #expect(await library.bench.outbox.calls.count == 1)
    }
  }

  @Test func `is refused for a while after five wrong passwords`() async throws {
    try await withLibrary { library in
      for _ in 0..<5 {
        #expect(await library.register(application(proof: "x")).status == 400)
      }
      let answer = await library.register(application())
      #expect(answer.status == 429)
      #expect(answer.header("Retry-After") == "600")
      library.bench.clock.advance(seconds: 600)
      #expect(await library.register(application()).status == 201)
    }
  }

  @Test(arguments: Engine.testable)
  func `leaves no password of the college in the database`(engine: Engine) async throws {
    let settings: [String: Setting.Kind] = ["student_check": .text("always")]
    try await withLibrary(engine, settings: settings) { library in
      #expect(await library.register(application(proof: "proof-of-me")).status == 201)
      for table in ["study_users", "study_studys", "study_students"] {
        let rows = try await library.bench.store.query("SELECT * FROM \(table)")
        #expect(!rows.contains { "\($0)".contains("proof-of-me") })
      }
    }
  }
}
