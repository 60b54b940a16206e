import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct Contacts {
  private func names(
    _ faculty: Faculty, _ query: String = "", as who: Identity? = nil
  ) async -> [String] {
    let answer = await faculty.get("/contacts/?\(query)", as: who ?? faculty.li)
    return (answer.json.array ?? []).compactMap { $0["fullname"]?.string }
  }

  @Test(arguments: Engine.testable)
  func `of one's own are the contract's example`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let answer = await faculty.get("/contacts/?my=yes", as: faculty.li)
      let example: JSONValue = [
        [
          "user": 7,
          "user_meta": [
            "id": 7, "username": "20120001", "first_name": "伟", "last_name": "陈",
            "email": "chen@example.edu", "is_staff": false, "is_active": true,
            "date_joined": "2020-02-13T09:00:00+08:00", "groups": [],
            "department": ["id": 2, "name": "计算机系"],
          ], "department": "计算机系", "post": "讲师", "qq": "10001", "wechat": nil, "tel": nil,
          "phone": "13800000000", "description": nil, "fullname": "陈伟", "alpha": "C",
          "is_friend": true, "id": 1,
        ]
      ]
      #expect(answer.json == example)
    }
  }

  @Test(arguments: [
    ("", ["陈伟", "李娜"]), ("my=no", ["陈伟", "李娜"]), ("my=maybe", ["陈伟", "李娜"]),
    ("my=yes", ["陈伟"]), ("search=陈伟", ["陈伟"]), ("search=教授", ["李娜"]),
    ("search=讲师,13800", ["陈伟"]), ("search=讲师%20139", []), ("search=计算机", ["陈伟"]),
    ("search=025", ["李娜"]), ("search=10001", ["陈伟"]), ("search=20120001", []),
    ("my=yes&search=教授", []), ("search=%25", []),
  ])
  func `are found by the documented fields`(query: String, found: [String]) async throws {
    try await withFaculty { faculty in #expect(await names(faculty, query) == found) }
  }

  @Test(arguments: Engine.testable)
  func `are sorted by the letter of the family name`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let people = ["曾一", "单二", "欧阳三", "仇四", "万俟五", "Smith", "朴六", "曹七", "7"]
      for (index, name) in people.enumerated() {
        let person = try await faculty.bench.accounts.create(
          NewAccount(login: "p\(index)", name: name, password: "x", roles: .teacher)
        ).identity
        _ = await faculty.get("/current-user/meta/", as: person)
      }
      let list = await faculty.get("/contacts/", as: faculty.li).json.array ?? []
      let lines = list.map { "\($0["alpha"]?.string ?? "")\($0["fullname"]?.string ?? "")" }
      #expect(
        lines == [
          "?7", "C陈伟", "C曹七", "L李娜", "M万俟五", "O欧阳三", "P朴六", "Q仇四", "S单二", "SSmith",
          "Z曾一",
        ])
    }
  }

  @Test(arguments: Engine.testable)
  func `of one's own can have the department, too`(engine: Engine) async throws {
    try await withFaculty(engine, settings: ["my_department": .flag(true)]) { faculty in
      #expect(await names(faculty, "my=yes") == ["陈伟", "李娜"])
      #expect(await names(faculty, "my=yes", as: faculty.admin) == [])
      #expect(await names(faculty, "my=yes", as: faculty.wang) == ["李娜"])
    }
  }

  @Test(arguments: Engine.testable)
  func `are made when they are asked for`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      #expect(await faculty.get("/contacts/3/", as: faculty.li).status == 404)
      let statuses = await withTaskGroup(of: JSONValue.self) { group in
        for _ in 0..<6 {
          group.addTask { await faculty.get("/current-user/meta/", as: faculty.wang).json }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(statuses.compactMap { $0["id"]?.int }).count == 1)
      let card = statuses[0]
      #expect(card["user"] == 9)
      #expect(card["department"] == "通信系")
      #expect(card["post"] == .null)
      #expect(card["is_friend"] == false)
      let id = try #require(card["id"]?.int)
      #expect(await faculty.get("/contacts/\(id)/", as: faculty.li).json["fullname"] == "王芳")
    }
  }

  @Test(arguments: Engine.testable)
  func `take the fields that are given`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let changed = await faculty.put(
        "/current-user/meta/", ["post": "教授", "qq": nil, "description": ""], as: faculty.chen)
      #expect(changed.status == 200)
      #expect(changed.json["post"] == "教授")
      #expect(changed.json["qq"] == .null)
      #expect(changed.json["description"] == "")
      #expect(changed.json["phone"] == "13800000000")
      let long = String(repeating: "1", count: 33)
      let refused = await faculty.put(
        "/current-user/meta/", ["post": "讲师", "tel": .string(long), "qq": .string(long)],
        as: faculty.chen)
      #expect(
        refused.whole
          == #"400 {"qq":["请确保这个字段不能超过 32 个字符。"],"tel":["请确保这个字段不能超过 32 个字符。"]}"#)
      #expect(await faculty.get("/contacts/1/", as: faculty.chen).json["post"] == "教授")
    }
  }

  @Test(arguments: ["0", "-1", "x", "01", "99999999999999999999", "99"])
  func `are none of another id`(id: String) async throws {
    try await withFaculty { faculty in
      #expect(
        await faculty.get("/contacts/\(id)/", as: faculty.li).whole == #"404 {"detail":"未找到。"}"#)
    }
  }
}

@Suite struct Colleagues {
  @Test(arguments: Engine.testable)
  func `are added and removed in one direction`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let added = await faculty.post("/friends/9/", as: faculty.chen)
      #expect(added.whole == "200 ")
      #expect(
        await faculty.post("/friends/9", as: faculty.chen).whole
          == #"400 {"detail":"已存在该好友关系。"}"#)
      #expect(await faculty.delete("/friends/7/", as: faculty.wang).status == 404)
      #expect(await faculty.delete("/friends/9/", as: faculty.chen).whole == "200 ")
      #expect(
        await faculty.delete("/friends/9/", as: faculty.chen).whole == #"404 {"detail":"未找到。"}"#)
    }
  }

  @Test func `are others`() async throws {
    try await withFaculty { faculty in
      #expect(
        await faculty.post("/friends/7/", as: faculty.chen).whole == #"400 {"detail":"不能添加自己。"}"#)
      for id in ["99", "0", "x"] {
        #expect(await faculty.post("/friends/\(id)/", as: faculty.chen).status == 404)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `are added once by calls at the same moment`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let statuses = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask { await faculty.post("/friends/9/", as: faculty.chen).status }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.count { $0 == 200 } == 1)
      #expect(statuses.count { $0 == 400 } == 7)
    }
  }

  @Test func `are announced to the user alone who has them`() async throws {
    try await withFaculty { faculty in
      let client = try await faculty.bench.subscribe("campus.user.7", as: faculty.chen)
      _ = await faculty.post("/friends/9/", as: faculty.chen)
      _ = await faculty.post("/friends/9/", as: faculty.chen)
      _ = await faculty.delete("/friends/9/", as: faculty.chen)
      let events = client.takeEvents()
      #expect(events.map(\.name) == ["friend.changed", "friend.changed"])
      #expect(events.map { $0.fields["user"] } == [9, 9])
      #expect(events.map { $0.fields["is_friend"] } == [true, false])
      for topic in ["campus.user.8", "campus.user.07", "campus.user.x"] as [Topic] {
        await #expect(throws: TopicRefusal.denied) {
          try await faculty.bench.subscribe(topic, as: faculty.chen)
        }
      }
      let student = try await faculty.student()
      await #expect(throws: TopicRefusal.denied) {
        try await faculty.bench.subscribe("campus.user.7", as: student)
      }
    }
  }
}
