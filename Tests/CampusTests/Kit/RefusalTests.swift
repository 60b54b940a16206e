import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct Refusals {
  @Test(
    arguments: [
      (nil, "身份认证信息未提供。"), ("Token nonsense", "认证令牌无效。"),
      ("Token", "没有提供认证信息（认证令牌HTTP头无效）。"), ("token ", "没有提供认证信息（认证令牌HTTP头无效）。"),
      ("Token a b", "认证令牌字符串不应该包含空格（无效的认证令牌HTTP头）。"), ("Bearer nonsense", "认证令牌无效。"),
    ] as [(String?, String)])
  func `of callers say how to log in`(header: String?, sentence: String) async throws {
    try await withFaculty { faculty in
      let answer = await faculty.bench.call(
        .get, "/departments/", headers: header.map { ["Authorization": $0] } ?? [:])
      #expect(answer.whole == #"401 {"detail":"\#(sentence)"}"#)
      #expect(answer.header("WWW-Authenticate") == "Token")
    }
  }

  @Test(arguments: Engine.testable)
  func `of a token say why it ended`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let bench = faculty.bench
      let store = TokenStore(store: bench.store, clock: bench.clock)
      func refusal(_ token: String) async -> String {
        let headers: KeyValuePairs = ["Authorization": "Token \(token)"]
        return await bench.call(.get, "/departments/", headers: headers).whole
      }
      let life = bench.clock.now + 10_800_000
      try await store.note(IssuedToken(text: "chen", expiresAt: life), of: 7)
      try await store.note(IssuedToken(text: "zhao", expiresAt: life), of: 10)
      #expect(await refusal("chen") == #"401 {"detail":"认证令牌无效。"}"#)
      #expect(await refusal("zhao") == #"401 {"detail":"用户未激活或者已删除。"}"#)
      bench.clock.advance(seconds: 10_800)
      #expect(await refusal("chen") == #"401 {"detail":"Token has expired."}"#)
      bench.clock.advance(seconds: 7 * 86_400)
      try await bench.runJob("tokens")
      #expect(await refusal("chen") == #"401 {"detail":"认证令牌无效。"}"#)
    }
  }

  @Test func `have the documented bodies`() async throws {
    try await withFaculty { faculty in
      let student = try await faculty.student()
      #expect(
        await faculty.get("/departments/", as: student).whole
          == #"403 {"detail":"您没有执行该操作的权限。"}"#)
      #expect(
        await faculty.put("/departments/", as: faculty.chen).whole
          == #"405 {"detail":"方法 “PUT” 不被允许。"}"#)
      #expect(
        await faculty.get("/campus/nothing/", as: faculty.chen).whole == #"404 {"detail":"未找到。"}"#)
    }
  }

  @Test(arguments: ["/departments", "/departments/", "/campus/departments", "/campus/departments/"])
  func `are none for a path with or without a slash at its end`(path: String) async throws {
    try await withFaculty { faculty in
      let answer = await faculty.get(path, as: faculty.chen)
      #expect(answer.whole == #"200 [{"id":1,"name":"通信系"},{"id":2,"name":"计算机系"}]"#)
    }
  }

  @Test func `meet a provisional account that has no rights yet`() async throws {
    try await withFaculty { faculty in
      let new = try await faculty.bench.accounts.register(
        NewAccount(login: "new", name: "new", password: "new123456", roles: .teacher),
        from: .loopback)
      #expect(
        await faculty.get("/departments/", as: new.identity).whole
          == #"403 {"detail":"您没有执行该操作的权限。"}"#)
    }
  }
}
