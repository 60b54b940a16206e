import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The back office of the directory` {
  @Test func `is for the staff, and accounts for admins`() async throws {
    try await withFaculty { faculty in
      let clerk = try await faculty.bench.accounts.create(
        NewAccount(login: "clerk", name: "clerk", password: "x", roles: .staff)
      ).identity
      for path in ["users/", "users/7/", "tokens/", "departments/"] {
        #expect(await faculty.get("/admin/api/\(path)", as: faculty.chen).status == 403)
        #expect(await faculty.get("/admin/api/\(path)").status == 401)
        #expect(await faculty.get("/admin/api/\(path)", as: clerk).status == 200)
        #expect(await faculty.get("/campus/admin/api/\(path)", as: faculty.admin).status == 200)
      }
      #expect(await faculty.post("/admin/api/users/", as: clerk).status == 403)
      #expect(await faculty.put("/admin/api/users/7/", as: clerk).status == 403)
    }
  }

  @Test(arguments: [
    ("", [1, 7, 8, 9, 10]), ("search=陈伟", [7]), ("search=2012,芳", [9]),
    ("department=1", [8, 9, 10]),
    ("department=1&search=李", [8]), ("search=x", []),
  ])
  func `finds users by number, name and department`(query: String, ids: [Int]) async throws {
    try await withFaculty { faculty in
      let page = await faculty.get("/admin/api/users/?\(query)", as: faculty.admin).json
      #expect(page["count"]?.int == ids.count)
      #expect((page["results"]?.array ?? []).compactMap { $0["id"]?.int } == ids)
    }
  }

  @Test(arguments: Engine.testable)
  func `makes users who can log in`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let made = await faculty.post(
        "/admin/api/users/",
        [
          "username": "20120009", "first_name": "强", "last_name": "解", "email": "xie@example.edu",
          "department": 2, "password": "blau Kraut 7",
        ], as: faculty.admin)
      #expect(made.status == 201)
      #expect(made.json["id"] == 11)
      #expect(made.json["last_name"] == "解")
      #expect(made.json["department"]?["name"] == "计算机系")
      #expect(made.json["is_staff"] == false)
      let login = await faculty.post(
        "/auth/get-token/", ["username": "20120009", "password": "blau Kraut 7"])
      #expect(login.status == 201)
      let again = await faculty.post(
        "/admin/api/users/", ["username": "20120009", "first_name": "强", "last_name": "解"],
        as: faculty.admin)
      #expect(again.whole == #"400 {"username":["该字段必须唯一。"]}"#)
      let list = await faculty.get("/admin/api/tokens/", as: faculty.admin).json
      #expect(list["count"] == 1)
      #expect(list["results"]?[0]?["fullname"] == "解强")
      #expect(list["results"]?[0]?["created"] == "2020-02-22T12:00:00+08:00")
    }
  }

  @Test(arguments: Engine.testable)
  func `switches users off and ends tokens`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      func token() async throws -> KeyValuePairs<String, String> {
        let login = await faculty.post(
          "/auth/get-token/", ["username": "20120001", "password": "chenwei123456"])
        return ["Authorization": "Token \(try #require(login.json["token"]?.string))"]
      }
      let first = try await token()
      let ended = await faculty.delete("/admin/api/users/7/tokens/", as: faculty.admin)
      #expect(ended.status == 204)
      #expect(
        await faculty.bench.call(.get, "/current-user/", headers: first).whole
          == #"401 {"detail":"认证令牌无效。"}"#)
      let body: JSONValue = ["first_name": "伟", "last_name": "陈", "is_active": false]
      let changed = await faculty.put("/admin/api/users/7/", body, as: faculty.admin)
      #expect(changed.json["is_active"] == false)
      #expect(changed.json["email"] == "chen@example.edu")
      let login = await faculty.post(
        "/auth/get-token/", ["username": "20120001", "password": "chenwei123456"])
      #expect(login.status == 400)
      let own = await faculty.put("/admin/api/users/1/", body, as: faculty.admin)
      #expect(own.whole == #"400 {"is_active":["不能停用自己的账户。"]}"#)
      let acts = faculty.bench.audited.map(\.target)
      #expect(
        acts == ["DELETE /admin/api/users/7/tokens/", "PUT /admin/api/users/7/"])
    }
  }

  @Test func `has each change in the audit trail, and no look`() async throws {
    try await withFaculty { faculty in
      let root = "/admin/api/departments/"
      _ = await faculty.get(root, as: faculty.admin)
      for status in [201, 400] {
        let answer = await faculty.post(root, ["name": "新部门"], as: faculty.admin)
        #expect(answer.status == status)
      }
      #expect(await faculty.post(root, ["name": "x"], as: faculty.chen).status == 403)
      #expect(
        faculty.bench.audited.filter { $0.action == "call" } == [
          AuditEvent(
            "call", by: faculty.admin.auditName, on: "POST \(root)", from: "127.0.0.1",
            "plugin campus, status 201")
        ])
    }
  }

  @Test(arguments: Engine.testable)
  func `ends one token and leaves the others`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      func status(_ token: String) async -> Int {
        await faculty.bench.call(
          .get, "/current-user/", headers: ["Authorization": "Token \(token)"]
        ).status
      }
      var tokens: [String] = []
      for _ in 0..<2 {
        let login = await faculty.post(
          "/auth/get-token/", ["username": "20120001", "password": "chenwei123456"])
        tokens.append(try #require(login.json["token"]?.string))
      }
      #expect(await faculty.delete("/admin/api/tokens/1/", as: faculty.chen).status == 403)
      #expect(await faculty.delete("/admin/api/tokens/1/", as: faculty.admin).status == 204)
      #expect(await faculty.delete("/admin/api/tokens/1/", as: faculty.admin).status == 404)
      #expect(await status(tokens[0]) == 401)
      #expect(await status(tokens[1]) == 200)
      let list = await faculty.get("/admin/api/tokens/", as: faculty.admin).json
      #expect(list["count"] == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `changes a user and the account together or not at all`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let body: JSONValue = [
        "first_name": "新", "last_name": "名", "email": "lina@example.edu",
      ]
      let refused = await faculty.put("/admin/api/users/7/", body, as: faculty.admin)
      #expect(refused.whole == #"400 {"email":["该邮件地址已被使用。"]}"#)
      let user = await faculty.get("/admin/api/users/7/", as: faculty.admin).json
      #expect(user["last_name"] == "陈" && user["email"] == "chen@example.edu")
    }
  }

  @Test(arguments: Engine.testable)
  func `keeps departments with names of their own`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let admin = faculty.admin
      let made = await faculty.post("/admin/api/departments/", ["name": "电子系"], as: admin)
      #expect(made.whole == #"201 {"id":3,"name":"电子系"}"#)
      for path in ["/admin/api/departments/", "/admin/api/departments/3/"] {
        let method: Method = path.hasSuffix("3/") ? .put : .post
        let taken = await faculty.bench.call(
          method, path, body: .bytes(Array(#"{"name":"通信系"}"#.utf8)), as: admin)
        #expect(taken.whole == #"400 {"name":["该字段必须唯一。"]}"#)
      }
      let renamed = await faculty.put("/admin/api/departments/3/", ["name": "光电系"], as: admin)
      #expect(renamed.whole == #"200 {"id":3,"name":"光电系"}"#)
      #expect(
        await faculty.put("/admin/api/departments/9/", ["name": "无"], as: admin).status == 404)
      #expect(await faculty.delete("/admin/api/departments/2/", as: admin).status == 204)
      #expect(await faculty.delete("/admin/api/departments/2/", as: admin).status == 404)
      #expect(
        await faculty.get("/current-user/", as: faculty.chen).json["department"] == .null)
    }
  }
}
