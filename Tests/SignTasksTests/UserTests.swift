import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import SignTasks

/// Accounts and the users of the document that belong to them.
@Suite struct `A user` {
  private func id(_ room: Classroom, _ who: Identity) async -> Int? {
    await room.get("/user/info", as: who)["data"]?["id"]?.int
  }

  private func add(
    _ room: Classroom, _ login: String, _ profiles: [ProfileKind: String] = [:]
  ) async throws -> Account {
    var new = NewAccount(login: login, name: login, password: login, roles: .student)
    new.profiles = profiles
    return try await room.bench.accounts.create(new)
  }

  private func take(_ room: Classroom, _ csv: String, dry: Bool = false) async -> BenchAnswer {
    await room.bench.post(
      "/admin/api/sign/import",
      json: [
        "kind": "selections", "csv": .string("course_table_id,student\n\(csv)"),
        "dry_run": .bool(dry),
      ], as: room.teacher)
  }

  private func students(_ room: Classroom, _ table: Int) async -> [Int] {
    let answer = await room.get("/admin/api/sign/courses/\(table)/students", as: room.teacher)
    return answer["students"]?.array?.compactMap { $0["studentID"]?.int } ?? []
  }

  @Test(arguments: Engine.testable)
  func `keeps an id that another account is given`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let one = try await add(room, "one")
      let counted = try #require(await id(room, one.identity))
      let two = try await add(room, "two", [.courseUser: "\(counted)"])
      let other = try #require(await id(room, two.identity))
      #expect(other != counted)
      #expect(await id(room, one.identity) == counted)
      #expect(await id(room, two.identity) == other)
    }
  }

  @Test(arguments: Engine.testable)
  func `takes over the id of an account that is gone`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      #expect(room.code(await room.begin(as: room.tao)) == 0)
      let gone = try #require(room.tao.account)
      try await room.bench.accounts.delete(gone)
      let tao = try await add(room, "tao", [.courseUser: "32", .studentNumber: "2100301419"])
      #expect(await id(room, tao.identity) == 32)
      #expect(room.code(await room.finish(as: tao.identity)) == 0)
    }
  }

  @Test(arguments: Engine.testable)
  func `takes the history along to a new id`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      var late = try await add(room, "late")
      let before = late.identity
      #expect(await take(room, "5,late").status == 200)
      #expect(room.code(await room.begin(as: before)) == 0)
      late.profiles[.courseUser] = "77"
      try await room.bench.accounts.update(late)
      for who in [late.identity, before] {
        #expect(await id(room, who) == 77)
        let history = await room.get("/sign/student_history", as: who)["data"]?["list"]
        #expect(history?.array?.map { $0["studentID"] } == [77])
      }
      #expect(room.code(await room.finish(as: late.identity)) == 0)
      #expect(await students(room, 5).contains(77))
    }
  }

  @Test func `in a list is named by an account before any id`() async throws {
    try await withClassroom { room in
      let one = try await add(room, "one")
      let counted = try #require(await id(room, one.identity))
      let numbered = try await add(room, "two", [.studentNumber: "\(counted)"])
      #expect(await take(room, "10,\(counted)").status == 200)
      #expect(await students(room, 10) == [await id(room, numbered.identity)])
      #expect(await take(room, "10,id:33").status == 200)
      #expect(await students(room, 10).contains(33))
      #expect(await take(room, "10,id:99").status == 400)
    }
  }

  @Test(arguments: Engine.testable)
  func `is made by no list that is not taken`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      _ = try await add(room, "new")
      func count() async throws -> Int? {
        try await room.bench.store.first("SELECT count(*) AS n FROM sign_users")?.int("n")
      }
      #expect(await take(room, "5,new", dry: true).status == 200)
      #expect(await take(room, "5,new\n99,new").status == 400)
      #expect(try await count() == 4)
      #expect(await take(room, "5,new").status == 200)
      #expect(try await count() == 5)
    }
  }

  @Test(arguments: Engine.testable)
  func `is one row for twenty first calls at once`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let new = try await add(room, "new").identity
      let ids = await withTaskGroup(of: Int?.self) { group in
        for _ in 0..<20 { group.addTask { await id(room, new) } }
        return await group.reduce(into: Set<Int?>()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(!ids.contains(nil))
    }
  }

  private func rename(_ room: Classroom, _ who: Identity, _ name: String) async throws {
    let account = try #require(who.account)
    try await room.bench.accounts.change(account) {
      $0.name = name
      $0.profiles[.studentNumber] = "99"
      $0.email = "\(name)@example.org"
    }
  }

  @Test(arguments: Engine.testable)
  func `goes by the name and number that the account has now`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      for who in [room.teacher, room.tao, room.lin] { _ = await id(room, who) }
      _ = await room.begin(as: room.tao)
      let own = await room.get("/user/info", as: room.tao)["data"]
      #expect(own?["name"] == "陶然")
      try await rename(room, room.tao, "renamed")
      let info = await room.get("/user/info", as: room.tao)["data"]
      #expect(info?["name"] == "renamed")
      #expect(info?["uid"] == "99")
      #expect(info?["email"] == "renamed@example.org")
      let report = await room.get("/sign/teacher_report/6", as: room.teacher)["data"]
      #expect(report?["list"]?[0]?["name"] == "renamed")
      #expect(report?["list"]?[0]?["uid"] == "99")
      #expect(report?["absent"]?[0]?["name"] == "林一")
      let list = await room.get("/admin/api/sign/courses/9/students", as: room.teacher)
      // By number: 2100301418, then 99.
      #expect(list["students"]?.array?.map { $0["name"] } == ["林一", "renamed"])
    }
  }

  @Test(arguments: Engine.testable)
  func `who has not signed and who teaches goes by the name of now`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      for who in [room.teacher, room.lin] { _ = await id(room, who) }
      try await rename(room, room.lin, "absent")
      let admin = try #require(room.teacher.account)
      try await room.bench.accounts.change(admin) { $0.name = "teaches" }
      let report = await room.get("/sign/teacher_report/6", as: room.teacher)["data"]
      #expect(report?["absent"]?.array?.map { $0["name"] } == ["陶然", "absent"])
      for (path, who) in [
        ("/sign/prepare?course_table_id=5", room.teacher), ("/course_table/get/5", room.tao),
      ] {
        let course = await room.get(path, as: who)["data"]?["course"]
        #expect(course?["teacherName"] == "teaches")
      }
      let found = await room.get("/course_table/search?search_type=student", as: room.tao)
      #expect(found["data"]?["list"]?[0]?["course"]?["teacherName"] == "teaches")
    }
  }

  @Test func `keeps the name of its first call when the account is gone`() async throws {
    try await withClassroom { room in
      let gone = try await add(room, "gone")
      #expect(await take(room, "10,gone").status == 200)
      try await room.bench.accounts.delete(gone.id)
      let list = await room.get("/admin/api/sign/courses/10/students", as: room.teacher)
      #expect(list["students"]?[0]?["name"] == "gone")
    }
  }

  @Test(arguments: [(0, false), (1, true), (3650, true), (3651, false), (Int.max, false)])
  func `has a token for one day to ten years`(days: Int, isGood: Bool) async throws {
    let settings = Settings(SignTasksPlugin.settings, replacing: ["token_days": .number(days)])
    #expect(SignTasksPlugin.check(settings).isEmpty == isGood)
    try await withClassroom(settings: ["token_days": .number(days)]) { room in
      let login = await room.post(
        "/user_action/login", ["username": "tao", "password": "tao123456", "client": "web"],
        as: nil)
      #expect(room.code(login) == 0)
    }
  }
}
