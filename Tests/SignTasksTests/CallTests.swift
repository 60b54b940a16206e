import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

/// The documented calls, on both databases.
@Suite struct `A call of the sign tasks` {
  private static let prepared = """
    {"status":true,"code":0,"msg":"","data":{"course":{"scheduleID":14,"courseTableID":6,\
    "teacherID":1,"teacherName":"管理员","deptID":1,"deptName":"计算机科学与技术系",\
    "deptNickName":"计科","enrolYear":2012,"courseID":513,"courseName":"科学教育","openYear":2015,\
    "openTerm":0,"fromWeek":1,"endWeek":22,"status":0},"week":{"year":2015,"term":0,"week":12,\
    "begin_date":"2025-09-01"},"classInfo":[{"classID":3,"className":"计科11201",\
    "courseTableID":6}]}}
    """

  @Test(arguments: Engine.testable)
  func `answers the document's examples`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      for base in ["", "/gocourse"] {
        let answer = await room.bench.get(
          "\(base)/sign/prepare?course_table_id=6", as: room.teacher)
        #expect(answer.text == Self.prepared)
      }
      let list = await room.get("/sign/teacher_list?show_append=1", as: room.teacher)
      let signs = list["data"]?["list"]?.array ?? []
      #expect(signs.map { $0["signID"]?.int } == [11, 10, 6, 4, 3, 1])
      #expect(
        signs[3].description
          == """
          {"taskID":7,"courseTableID":5,"count":0,"append":[{"time":1434109565,"content":"附加信息1"},\
          {"time":1434101467,"content":"附加信息2222"}],"signID":4,"name":"人工智能(管理员)，第14周上课签到，\
          星期五","detail":"","time":1434098727,"expireTime":1434101427,"type":0,"userID":1,"flag":0}
          """)
      let plain = await room.get("/sign/teacher_list?show_append=yes", as: room.teacher)
      #expect(plain["data"]?["list"]?[0]?["append"] == .null)
      let history = await room.bench.get("/sign/student_history", as: room.tao)
      #expect(
        history.text.hasPrefix(
          """
          {"status":true,"code":0,"msg":"","data":{"list":[{"signLogID":2,"studentID":32,\
          "beginTime":1434331808,"endTime":0,"signID":10,"courseTableID":5,"longitude":0,\
          "latitude":0,"logStatus":0,"taskID":15,"name":"人工智能(管理员)，第15周上课签到，星期一 再次",\
          "detail":"","taskTime":1434299533,"expireTime":1434299933,"teacherID":1,"courseID":1,\
          "courseName":"人工智能","count":0,"append":null},{"signLogID":3,
          """))
    }
  }

  @Test(arguments: Engine.testable)
  func `of the history filters by status and by course`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      func logs(_ query: String) async -> [Int?] {
        let answer = await room.get("/sign/student_history?\(query)", as: room.tao)
        return answer["data"]?["list"]?.array?.map { $0["signLogID"]?.int } ?? []
      }
      #expect(await logs("status=2") == [3])
      #expect(await logs("status=") == [2, 3])
      #expect(await logs("course=386") == [3])
      #expect(await logs("course=RGZN") == [2])
      #expect(await logs("course=zhengzhi") == [3])
      #expect(await logs("course=%25") == [])
      #expect(await logs("course=99999999999999999999") == [])
      #expect(room.code(await room.get("/sign/student_history?status=4", as: room.tao)) == 17801)
    }
  }

  @Test(arguments: Engine.testable)
  func `signs once and counts a success`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let begun = await room.begin(as: room.tao)
      #expect(begun["data"]?["signLogId"] == "4")
      #expect(begun["data"]?["signKey"]?.string?.count == 10)
      #expect(room.code(await room.begin(as: room.tao)) == 17607)
      let open = await room.get("/sign/student_new_sign", as: room.tao)
      #expect(open["data"]?["list"] == [])
      #expect(room.code(await room.finish(uuid: "other", as: room.tao)) == 17708)
      #expect(room.code(await room.finish(status: 4, as: room.tao)) == 17709)
      #expect(
        await room.finish(as: room.tao)
          == ["status": true, "code": 0, "msg": "", "data": nil])
      #expect(room.code(await room.finish(as: room.tao)) == 17704)
      _ = await room.begin(as: room.lin)
      _ = await room.finish(status: 2, as: room.lin)
      let task = await room.get("/sign/teacher_get/6", as: room.teacher)
      #expect(task["data"]?["count"] == 1)
      let log = await room.get("/sign/student_get/4", as: room.tao)
      #expect(log["data"]?["longitude"] == 112.2456)
      #expect(log["data"]?["logStatus"] == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `leaves one log of twenty begins and one count of twenty finishes at once`(
    engine: Engine
  ) async throws {
    try await withClassroom(engine) { room in
      func codes(_ call: @escaping @Sendable () async -> JSONValue) async -> [Int] {
        await withTaskGroup(of: Int.self) { group in
          for _ in 0..<20 { group.addTask { room.code(await call()) } }
          return await group.reduce(into: []) { $0.append($1) }.sorted()
        }
      }
      let begins = await codes { await room.begin(as: room.tao) }
      #expect(begins == [0] + Array(repeating: 17607, count: 19))
      let finishes = await codes { await room.finish(as: room.tao) }
      #expect(finishes == [0] + Array(repeating: 17704, count: 19))
      let task = await room.get("/sign/teacher_get/6", as: room.teacher)
      #expect(task["data"]?["count"] == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `makes one task of a name`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let form: KeyValuePairs = ["course_table_id": "6", "name": " quiz ", "time": "45"]
      let made = await room.post("/sign/create", form, as: room.teacher)
      #expect(
        made["data"]
          == [
            "taskID": 17, "signID": 12, "beginTime": .int(room.now),
            "endTime": .int(room.now + 2700),
          ])
      #expect(room.code(await room.post("/sign/create", form, as: room.teacher)) == 17107)
      let deleted: KeyValuePairs = [
        "course_table_id": "6", "name": "科学教育(管理员)，已删除的签到", "time": "1000",
      ]
      #expect(room.code(await room.post("/sign/create", deleted, as: room.teacher)) == 0)
    }
  }

  @Test func `takes ten notes`() async throws {
    try await withClassroom { room in
      let form: KeyValuePairs = ["sign_id": "4", "info": " OK "]
      for _ in 0..<8 {
        #expect(
          room.code(await room.post("/sign/teacher_append_info", form, as: room.teacher)) == 0)
      }
      #expect(
        room.code(await room.post("/sign/teacher_append_info", form, as: room.teacher)) == 17404)
      let notes = await room.get("/sign/teacher_get/4", as: room.teacher)["data"]?["append"]
      #expect(notes?[2] == ["time": .int(room.now), "content": "OK"])
    }
  }

  @Test func `needs a login, by header, cookie or the form of a POST`() async throws {
    try await withClassroom { room in
      #expect(
        await room.bench.get("/sign/teacher_list").text
          == #"{"status":false,"code":-2,"msg":"当前未登录，请登录","data":null}"#)
      let login = await room.post(
        "/user_action/login",
        ["username": "tao@example.edu", "password": "tao123456", "client": "web"], as: nil)
      let token = login["data"]?["token"]?.string ?? ""
      let path = "/sign/student_new_sign"
      #expect(await room.bench.call(.get, path, headers: ["token": token]).json["code"] == 0)
      #expect(await room.bench.call(.get, path, cookies: ["token": token]).json["code"] == 0)
      #expect(await room.bench.post(path, form: ["__token": token]).json["code"] == 0)
      #expect(await room.bench.get("\(path)?__token=\(token)").json["code"] == -2)
      let bad = await room.bench.call(
        .post, path, body: .form(Fields(["__token": token]), files: []), headers: ["token": "bad"])
      #expect(bad.json["code"] == -2)
    }
  }
}
