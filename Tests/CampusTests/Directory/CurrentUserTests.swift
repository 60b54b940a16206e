import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The caller` {
  private static let chen: JSONValue = [
    "id": 7, "username": "20120001", "first_name": "伟", "last_name": "陈",
    "email": "chen@example.edu", "is_staff": false, "is_active": true,
    "date_joined": "2020-02-13T09:00:00+08:00", "groups": [],
    "department": ["id": 2, "name": "计算机系"],
  ]

  @Test(arguments: Engine.testable)
  func `is the documented user`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      #expect(await faculty.get("/current-user/", as: faculty.chen).json == Self.chen)
      let admin = await faculty.get("/current-user/", as: faculty.admin).json
      #expect(admin["is_staff"] == true)
      #expect(admin["department"] == .null)
      #expect(await faculty.get("/current-user/", as: faculty.wang).json["email"] == .null)
    }
  }

  @Test(arguments: Engine.testable)
  func `becomes a user with the first call`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let new = try await faculty.bench.accounts.create(
        NewAccount(login: "ouyang", name: "欧阳娜娜", password: "x", roles: .teacher)
      ).identity
      let both = await withTaskGroup(of: JSONValue.self) { group in
        for _ in 0..<6 {
          group.addTask { await faculty.get("/current-user/", as: new).json }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(both.compactMap { $0["id"]?.int }) == [11])
      #expect(both[0]["username"] == "ouyang")
      #expect(both[0]["last_name"] == "欧阳")
      #expect(both[0]["first_name"] == "娜娜")
      #expect(both[0]["date_joined"] == "2020-02-22T12:00:00+08:00")
    }
  }

  @Test(arguments: Engine.testable)
  func `keeps a staff number whose account was made anew`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let old = try #require(faculty.chen.account)
      try await faculty.bench.accounts.delete(old)
      var new = NewAccount(login: "chen2", name: "chen2", password: "x", roles: .teacher)
      new.profiles[.staffName] = "20120001"
      let chen = try await faculty.bench.accounts.create(new).identity
      #expect(await faculty.get("/current-user/", as: chen).json["id"] == 7)
      let other = try await faculty.bench.accounts.create(
        NewAccount(login: "other", name: "other", password: "x", roles: .teacher)
      ).identity
      #expect(await faculty.get("/current-user/", as: other).json["id"] == 11)
    }
  }

  @Test(arguments: Engine.testable)
  func `changes the own data`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let answer = await faculty.put(
        "/current-user/",
        [
          "first_name": " 小伟 ", "last_name": "陈", "email": "wei@example.edu", "department": 1,
        ], as: faculty.chen)
      #expect(answer.status == 200)
      #expect(answer.json["first_name"] == "小伟")
      #expect(answer.json["email"] == "wei@example.edu")
      #expect(answer.json["department"] == ["id": 1, "name": "通信系"])
      let kept = await faculty.put(
        "/current-user/", ["first_name": "伟", "last_name": "陈"], as: faculty.chen
      ).json
      #expect(kept["email"] == "wei@example.edu")
      #expect(kept["department"]?["id"] == 1)
      let removed = await faculty.put(
        "/current-user/",
        ["first_name": "伟", "last_name": "陈", "email": "", "department": nil], as: faculty.chen)
      #expect(removed.json["email"] == .null)
      #expect(removed.json["department"] == .null)
    }
  }

  @Test(
    arguments: [
      ([:], #"{"last_name":["该字段是必填项。"],"first_name":["该字段是必填项。"]}"#),
      (
        ["first_name": "", "last_name": "陈", "email": "x@y", "department": 9],
        #"{"first_name":["该字段不能为空。"],"email":["请输入合法的邮件地址。"],"#
          + #""department":["无效主键 “9” － 对象不存在。"]}"#
      ),
      (
        ["first_name": "伟", "last_name": "陈", "password": "12345"],
        #"{"password":["密码长度太短。密码必须包含至少 8 个字符。","密码只包含数字。"]}"#
      ),
      (
        ["first_name": "伟", "last_name": "陈", "department": [], "password": "passw0rd"],
        #"{"department":["类型错误。期望为主键，获得的类型为 list。"],"password":["这个密码太常见了。"]}"#
      ),
      (
        ["first_name": "伟", "last_name": "陈", "email": "lina@example.edu"],
        #"{"email":["该邮件地址已被使用。"]}"#
      ),
    ] as [(JSONValue, String)])
  func `is told what is wrong with the new data`(body: JSONValue, refusal: String) async throws {
    try await withFaculty { faculty in
      let answer = await faculty.put("/current-user/", body, as: faculty.chen)
      #expect(answer.status == 400)
      let documented = try JSONValue(parsing: Array(refusal.utf8))
      #expect(answer.json == documented)
      #expect(await faculty.get("/current-user/", as: faculty.chen).json == Self.chen)
    }
  }

  @Test func `logs in with a new password`() async throws {
    try await withFaculty { faculty in
      let answer = await faculty.put(
        "/current-user/",
        ["first_name": "伟", "last_name": "陈", "password": " blau Kraut 7"], as: faculty.chen)
      #expect(answer.status == 200)
      let login = await faculty.post(
        "/auth/get-token/", ["username": "20120001", "password": " blau Kraut 7"])
      #expect(login.status == 201)
    }
  }
}

@Suite struct `A new password` {
  private func refusals(_ password: String) -> [String] {
    PasswordRules(
      username: "20120001", name: PersonName(last: "Chen", first: "Weiguang"),
      email: "weiguang.chen@example.edu"
    ).refusals(of: password)
  }

  @Test(arguments: ["blau Kraut 7", "correct horse", "教学研讨会议室甲乙"])
  func `that is hard to guess is taken`(password: String) {
    #expect(refusals(password) == [])
  }

  @Test(arguments: [
    ("weiguang1", ["密码跟 名字 太相似了。"]), ("x20120001", ["密码跟 用户名 太相似了。"]),
    ("Example1", ["密码跟 电子邮件地址 太相似了。"]), ("PASSWORD", ["这个密码太常见了。"]),
    ("9876543210987654", ["密码只包含数字。"]),
    ("short", ["密码长度太短。密码必须包含至少 8 个字符。"]),
    ("", ["密码长度太短。密码必须包含至少 8 个字符。"]),
  ])
  func `that is easy to guess is refused`(password: String, sentences: [String]) {
    #expect(refusals(password) == sentences)
  }
}
