import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

/// The documented calls, on both databases.
@Suite struct `A call of the sign tasks` {
  @Test func `shows notes for the exact value 1 only`() async throws {
    try await withClassroom { room in
      let plain = await room.get("/sign/teacher_list?show_append=yes", as: room.teacher)
      let list = plain["data"]?["list"]?.array
      #expect(list?.map { $0["signID"]?.int } == [11, 10, 6, 4, 3, 1])
      #expect(list?.allSatisfy { $0["append"] == .null } == true)
      let history = await room.get("/sign/student_history", as: room.tao)
      #expect(history["data"]?["list"]?.array?.map { $0["append"] } == [.null, .null])
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
