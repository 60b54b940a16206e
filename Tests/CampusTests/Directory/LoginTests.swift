import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct Logins {
  private func logIn(
    _ faculty: Faculty, _ name: String = "20120001", _ password: String = "chenwei123456"
  ) async -> BenchAnswer {
    await faculty.post(
      "/auth/get-token/", ["username": .string(name), "password": .string(password)])
  }

  private func get(_ path: String, _ token: String, _ faculty: Faculty) async -> BenchAnswer {
    await faculty.bench.call(.get, path, headers: ["Authorization": "Token \(token)"])
  }

  @Test(arguments: Engine.testable)
  func `give a token of forty digits for three hours`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let first = await logIn(faculty)
      #expect(first.status == 201)
      #expect(first.header("Cache-Control") == "no-store")
      let token = try #require(first.json["token"]?.string)
      #expect(token.wholeMatch(of: /[0-9a-f]{40}/) != nil)
      #expect(await faculty.bench.accounts.lives[token] == .fixed(seconds: 10_800))
      #expect(await get("/current-user/", token, faculty).json["id"] == 7)
      let second = await logIn(faculty)
      #expect(second.status == 200)
      let renewed = try #require(second.json["token"]?.string)
      #expect(renewed != token)
      for one in [token, renewed] {
        #expect(await get("/current-user/", one, faculty).status == 200)
      }
    }
  }

  @Test func `take a form as well`() async throws {
    try await withFaculty { faculty in
      let answer = await faculty.bench.post(
        "/auth/get-token/", form: ["username": "20120001", "password": "chenwei123456"])
      #expect(answer.status == 201)
    }
  }

  @Test(arguments: [
    ("20120001", "x"), ("nobody", "x"), ("20120004", "zhaojun123456"), ("tao", "tao123456"),
    ("new", "new12345"),
  ])
  func `refuse every other pair in one way`(name: String, password: String) async throws {
    try await withFaculty { faculty in
      _ = try await faculty.student()
      _ = try await faculty.bench.accounts.register(
        NewAccount(login: "new", name: "new", password: "new12345", roles: .student),
        from: .loopback)
      #expect(
        await logIn(faculty, name, password).whole
          == #"400 {"non_field_errors":["无法使用提供的认证信息登录。"]}"#)
    }
  }

  @Test(
    arguments: [
      ([:], #"{"username":["该字段是必填项。"],"password":["该字段是必填项。"]}"#),
      (
        ["username": "", "password": nil], #"{"username":["该字段不能为空。"],"password":["该字段不能为 null。"]}"#
      ),
      (["username": "20120001", "password": ""], #"{"password":["该字段不能为空。"]}"#),
    ] as [(JSONValue, String)])
  func `name the fields that are missing`(body: JSONValue, refusal: String) async throws {
    try await withFaculty { faculty in
      #expect(await faculty.post("/auth/get-token/", body).whole == "400 \(refusal)")
    }
  }

  @Test(arguments: ["Token ", "token\t", "Token  "])
  func `end with the token alone`(scheme: String) async throws {
    try await withFaculty { faculty in
      let one = try #require(await logIn(faculty).json["token"]?.string)
      let two = try #require(await logIn(faculty).json["token"]?.string)
      let answer = await faculty.bench.call(
        .post, "/auth/logout/", headers: ["Authorization": "\(scheme)\(one)"])
      #expect(answer.status == 204)
      #expect(await get("/current-user/", one, faculty).whole == #"401 {"detail":"认证令牌无效。"}"#)
      #expect(await get("/current-user/", two, faculty).status == 200)
    }
  }

  @Test func `end when the account is locked`() async throws {
    try await withFaculty { faculty in
      let token = try #require(await logIn(faculty).json["token"]?.string)
      let account = try #require(faculty.chen.account)
      _ = try await faculty.bench.accounts.change(account) { $0.isActive = false }
      try await faculty.bench.accounts.revokeTokens(of: account)
      #expect(
        await get("/current-user/", token, faculty).whole == #"401 {"detail":"用户未激活或者已删除。"}"#)
    }
  }
}

@Suite struct `Logins with WeChat` {
  private func logIn(_ faculty: Faculty, _ code: JSONValue) async -> BenchAnswer {
    await faculty.post("/auth/wechat-code2token/", ["code": code])
  }

  @Test(arguments: Engine.testable)
  func `give a token to the user who is bound`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let first = await logIn(faculty, "demo-code-b")
      #expect(first.status == 201)
      let token = try #require(first.json["token"]?.string)
      let headers: KeyValuePairs = ["Authorization": "Token \(token)"]
      #expect(
        await faculty.bench.call(.get, "/current-user/", headers: headers).json["id"] == 9)
      #expect(await logIn(faculty, "demo-code-b").status == 200)
    }
  }

  @Test(
    arguments: [
      (nil, "Wechat JSCode field is required."), ("", "Wechat JSCode field is required."),
      (5, "Wechat JSCode field is required."),
      ("x", "Cannot convert Wechat JSCode to session, maybe the code is wrong."),
      (
        "demo-code-a",
        "The user account has not been associated with Wechat account, you have to call API"
          + " wechat-bind-wechat-user first."
      ),
    ] as [(JSONValue, String)])
  func `are refused in the documented words`(code: JSONValue, detail: String) async throws {
    try await withFaculty { faculty in
      #expect(await logIn(faculty, code).whole == #"400 {"detail":"\#(detail)"}"#)
    }
  }

  @Test(arguments: Engine.testable)
  func `follow the user who was bound last`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let bound = await faculty.put(
        "/auth/wechat-auth/", ["code": "demo-code-b"], as: faculty.chen)
      #expect(bound.status == 200)
      #expect(bound.json["username"] == "20120001")
      let token = try #require(await logIn(faculty, "demo-code-b").json["token"]?.string)
      let headers: KeyValuePairs = ["Authorization": "Token \(token)"]
      #expect(
        await faculty.bench.call(.get, "/current-user/", headers: headers).json["id"] == 7)
      let sql = "SELECT wechat_open_id FROM campus_users WHERE id = 9"
      #expect(try await faculty.bench.store.first(sql)?.optionalText("wechat_open_id") == nil)
    }
  }

  @Test func `end with the binding and the token of the call`() async throws {
    try await withFaculty { faculty in
      let token = try #require(await logIn(faculty, "demo-code-b").json["token"]?.string)
      let headers: KeyValuePairs = ["Authorization": "Token \(token)"]
      let answer = await faculty.bench.call(.delete, "/auth/wechat-auth/", headers: headers)
      #expect(answer.status == 200)
      #expect(answer.json["id"] == 9)
      #expect(
        await faculty.bench.call(.get, "/current-user/", headers: headers).status == 401)
      #expect(
        await logIn(faculty, "demo-code-b").text.contains("has not been associated"))
    }
  }

  @Test(arguments: Engine.testable)
  func `bind two users at once to one of them`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      await withTaskGroup(of: Int.self) { group in
        for who in [faculty.admin, faculty.chen, faculty.li, faculty.wang] {
          group.addTask {
            await faculty.put("/auth/wechat-auth/", ["code": "demo-code-a"], as: who).status
          }
        }
        for await status in group { #expect(status == 200) }
      }
      let sql = "SELECT count(*) AS bound FROM campus_users WHERE wechat_open_id = 'openid-a'"
      let bound = try await faculty.bench.store.first(sql)?.int("bound")
      #expect(bound == 1)
    }
  }
}

@Suite struct `The exchange with WeChat` {
  private static let settings: [String: Setting.Kind] = [
    "wechat": .text("service"), "wechat_app_id": .text("wx1"), "wechat_secret": .secret("s&c"),
  ]

  private func answer(_ json: String, status: Int = 200) -> WebAnswer {
    WebAnswer(status: status, body: Array(json.utf8))
  }

  @Test func `asks for the account of a code`() async throws {
    try await withFaculty(settings: Self.settings) { faculty in
      await faculty.bench.outbox.setAnswer(answer(#"{"openid":"openid-b","session_key":"k"}"#))
      let login = await faculty.post("/auth/wechat-code2token/", ["code": "c/1"])
      #expect(login.status == 201)
      let calls = await faculty.bench.outbox.calls
      #expect(
        calls == [
          WebCall(
            "GET",
            "https://api.weixin.qq.com/sns/jscode2session?appid=wx1&secret=s%26c&js_code=c%2F1"
              + "&grant_type=authorization_code", timeoutSeconds: 8)
        ])
    }
  }

  @Test(arguments: [
    #"{"errcode":40029,"errmsg":"invalid code"}"#, #"{"openid":""}"#, #"{"openid":5}"#, "", "x",
    "[]",
  ])
  func `takes every other answer for a wrong code`(text: String) async throws {
    try await withFaculty(settings: Self.settings) { faculty in
      await faculty.bench.outbox.setAnswer(answer(text))
      let login = await faculty.post("/auth/wechat-code2token/", ["code": "c"])
      #expect(
        login.whole
          == #"400 {"detail":"Cannot convert Wechat JSCode to session, maybe the code is wrong."}"#)
    }
  }

  @Test func `does not start without its credentials`() {
    func problems(_ settings: [String: Setting.Kind]) -> [String] {
      CampusPlugin.check(Settings(CampusPlugin.settings, replacing: settings)).map(\.key)
    }
    #expect(problems([:]) == [])
    #expect(problems(Self.settings) == [])
    #expect(problems(["wechat": .text("x")]) == ["wechat"])
    #expect(
      problems(["wechat": .text("service")]) == ["wechat_app_id", "wechat_secret"])
  }
}
