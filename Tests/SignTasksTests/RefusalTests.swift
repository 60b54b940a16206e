import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import SignTasks

/// Every refusal of the document in its checking order, with its words.
@Suite struct `A refusal` {
  private func expect(
    _ code: Int, _ path: String, _ form: KeyValuePairs<String, String>, as who: Identity,
    in room: Classroom, at location: SourceLocation = #_sourceLocation
  ) async {
    let answer = await room.post(path, form, as: who)
    let wanted: JSONValue = [
      "status": false, "code": JSONValue(code), "msg": .string(Verdict(code).text), "data": nil,
    ]
    #expect(answer == wanted, sourceLocation: location)
    #expect(!Verdict(code).text.isEmpty, sourceLocation: location)
  }

  @Test(arguments: Engine.testable)
  func `of the teacher's calls comes in the document's order`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let (teacher, tao) = (room.teacher, room.tao)
      let prepare = "/sign/prepare"
      await expect(17000, prepare, [:], as: tao, in: room)
      await expect(17000, prepare, ["course_table_id": "0"], as: teacher, in: room)
      await expect(17001, prepare, ["course_table_id": "6"], as: tao, in: room)
      await expect(17002, prepare, ["course_table_id": "7"], as: teacher, in: room)
      await expect(17003, prepare, ["course_table_id": "10"], as: teacher, in: room)
      await expect(17003, prepare, ["course_table_id": "8"], as: teacher, in: room)
      let create = "/sign/create"
      await expect(17100, create, [:], as: tao, in: room)
      await expect(17101, create, ["course_table_id": "x"], as: teacher, in: room)
      for time in ["0", "1001", "", "x"] {
        await expect(
          17102, create, ["course_table_id": "6", "time": time], as: teacher, in: room)
      }
      for name in [" \n", String(repeating: "a", count: 256)] {
        await expect(
          17103, create, ["course_table_id": "6", "time": "1", "name": name], as: teacher, in: room)
      }
      await expect(
        17104, create, ["course_table_id": "7", "time": "1", "name": "a"], as: teacher, in: room)
      await expect(
        17105, create, ["course_table_id": "8", "time": "1", "name": "a"], as: teacher, in: room)
      let long = String(repeating: "a", count: 4096)
      await expect(
        17108, create, ["course_table_id": "6", "time": "1", "name": "a", "detail": long],
        as: teacher, in: room)
      await expect(17200, "/sign/teacher_list", [:], as: tao, in: room)
      let append = "/sign/teacher_append_info"
      await expect(17400, append, [:], as: tao, in: room)
      await expect(17401, append, ["info": "a"], as: teacher, in: room)
      await expect(17402, append, ["sign_id": "4", "info": " "], as: teacher, in: room)
      for sign in ["2", "5"] {
        await expect(17403, append, ["sign_id": sign, "info": "a"], as: teacher, in: room)
      }
      await expect(17403, append, ["sign_id": "4", "info": "a"], as: room.other, in: room)
      for call in ["teacher_get", "teacher_report", "teacher_end"] {
        await expect(17500, "/sign/\(call)/4", [:], as: tao, in: room)
        await expect(17501, "/sign/\(call)/x", [:], as: teacher, in: room)
        await expect(17502, "/sign/\(call)/2", [:], as: teacher, in: room)
        await expect(17502, "/sign/\(call)/4", [:], as: room.other, in: room)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `of the student's calls comes in the document's order`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let (teacher, tao, now) = (room.teacher, room.tao, room.now)
      await expect(17300, "/sign/student_new_sign", [:], as: teacher, in: room)
      let begin = "/sign/student_sign_begin"
      func form(_ sign: String, _ time: Int64) -> KeyValuePairs<String, String> {
        ["sign_id": sign, "key": "\(time)\ta\tb", "hash": "\(time)ab"]
      }
      await expect(17600, begin, [:], as: teacher, in: room)
      await expect(17601, begin, [:], as: tao, in: room)
      await expect(17602, begin, ["sign_id": "6", "algorithm": "GeV3"], as: tao, in: room)
      await expect(17603, begin, ["sign_id": "6", "key": "a", "hash": "a"], as: tao, in: room)
      await expect(17604, begin, form("6", now - 61), as: tao, in: room)
      await expect(17604, begin, form("6", now + 61), as: tao, in: room)
      await expect(17605, begin, form("2", now), as: tao, in: room)
      await expect(17606, begin, form("4", now), as: tao, in: room)
      await expect(17700, "/sign/student_sign_finish", [:], as: teacher, in: room)
      let finish = "/sign/student_sign_finish"
      await expect(17701, finish, [:], as: tao, in: room)
      await expect(17702, finish, ["sign_id": "6", "algorithm": "x"], as: tao, in: room)
      await expect(17703, finish, ["sign_id": "6"], as: tao, in: room)
      await expect(17704, finish, ["sign_id": "11"], as: tao, in: room)
      await expect(17705, finish, ["sign_id": "10"], as: tao, in: room)
      #expect(room.code(await room.post(begin, form("6", now - 60), as: tao)) == 0)
      await expect(17607, begin, form("6", now), as: tao, in: room)
      await expect(
        17702, finish, ["sign_id": "6", "algorithm": "GeV1", "key": "a"], as: tao, in: room)
      await expect(17707, finish, ["sign_id": "6", "key": "a"], as: tao, in: room)
      await expect(17708, finish, ["sign_id": "6", "key": "1\tz\t0\t0"], as: tao, in: room)
      await expect(17709, finish, ["sign_id": "6", "key": "0\ta\t0\t0"], as: tao, in: room)
      try await room.bench.store.execute(
        "UPDATE sign_logs SET auth = ? WHERE signid = ?", "{", 6)
      await expect(17706, finish, ["sign_id": "6", "key": "1\ta\t0\t0"], as: tao, in: room)
      await expect(17800, "/sign/student_history", [:], as: teacher, in: room)
      await expect(17801, "/sign/student_history", ["status": "x"], as: tao, in: room)
      await expect(17900, "/sign/student_get/3", [:], as: teacher, in: room)
      await expect(17901, "/sign/student_get/0", [:], as: tao, in: room)
      await expect(17902, "/sign/student_get/1", [:], as: tao, in: room)
    }
  }

  @Test func `of a method that a call does not take is an envelope, too`() async throws {
    try await withClassroom { room in
      for (method, path) in [
        (Method.get, "/sign/create"), (.put, "/gocourse/sign/teacher_list"),
        (.delete, "/sign/student_get/3"),
      ] {
        let answer = await room.bench.call(method, path, as: room.teacher)
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":false,"code":405,"msg":"请求方法有误","data":null}"#)
      }
    }
  }

  @Test func `of an unknown path is in the envelope`() async throws {
    try await withClassroom { room in
      for path in ["/gocourse", "/gocourse/nothing", "/gocourse/sign/nothing"] {
        let answer = await room.bench.get(path)
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":false,"code":404,"msg":"页面未找到","data":null}"#)
      }
    }
  }

  @Test func `of a course that was not chosen`() async throws {
    try await withClassroom { room in
      let made = await room.post(
        "/sign/create", ["course_table_id": "6", "time": "1", "name": "a"], as: room.teacher)
      let sign = Int64(made["data"]?["signID"]?.int ?? 0)
      #expect(room.code(await room.begin(sign, as: room.tao)) == 17608)
      room.bench.clock.advance(seconds: 60)
      // The last second still counts.
      #expect(room.code(await room.begin(sign, as: room.lin)) == 0)
      room.bench.clock.advance(seconds: 1)
      #expect(room.code(await room.finish(sign, as: room.lin)) == 17705)
    }
  }

  @Test func `of the plain algorithm where it is switched off`() async throws {
    try await withClassroom(settings: ["plain_algorithm": .flag(false)]) { room in
      #expect(room.code(await room.begin(as: room.tao)) == 17602)
    }
  }

  @Test func `of the supporting calls has the document's words`() async throws {
    try await withClassroom { room in
      let (teacher, tao) = (room.teacher, room.tao)
      let detail = "/task/task_set_detail"
      await expect(19000, detail, [:], as: tao, in: room)
      await expect(19001, detail, [:], as: teacher, in: room)
      await expect(19002, detail, ["task_id": "16"], as: teacher, in: room)
      await expect(19003, detail, ["task_id": "99", "detail": "a"], as: teacher, in: room)
      await expect(19004, detail, ["task_id": "16", "detail": "a"], as: room.other, in: room)
      #expect(
        room.code(await room.post(detail, ["task_id": "16", "detail": "a"], as: teacher)) == 0)
      await expect(19005, detail, ["task_id": "16", "detail": "b"], as: teacher, in: room)
      let login = "/user_action/login"
      await expect(21304, login, [:], as: tao, in: room)
      await expect(21305, login, ["client": "x"], as: tao, in: room)
      await expect(21306, login, ["client": "web", "pwd_type": "md5"], as: tao, in: room)
      await expect(
        21300, login, ["client": "web", "username": "nobody", "password": "x"], as: tao, in: room)
      await expect(
        21301, login, ["client": "web", "username": "tao", "password": "x"], as: tao, in: room)
      await expect(
        21400, "/user/refresh_token", ["confirm": "\(room.now - 21)"], as: tao, in: room)
      let register = "/user_action/register"
      await expect(21500, register, ["email": "a"], as: tao, in: room)
      await expect(
        21501, register, ["email": "a@example.edu", "password": "short"], as: tao, in: room)
      let new: KeyValuePairs = ["email": "new@example.edu", "password": "long enough"]
      #expect(room.code(await room.post(register, new, as: nil)) == 0)
      await expect(21502, register, new, as: tao, in: room)
      let alike: KeyValuePairs = ["email": "tao@example.org", "password": "longenough"]
      #expect(room.code(await room.post(register, alike, as: nil)) == 0)
      let made = try await room.bench.accounts.find(.any("tao@example.org"))
      #expect(made?.name == "tao@example.org", "tao is somebody else")
      await room.bench.accounts.apply(RegistrationRules(.closed))
      let late: KeyValuePairs = ["email": "late@example.edu", "password": "long enough"]
      await expect(21503, register, late, as: tao, in: room)
      await expect(12400, "/course_table/get/x", [:], as: tao, in: room)
      await expect(12401, "/course_table/get/7", ["status": "3"], as: tao, in: room)
      await expect(12402, "/course_table/get/7", [:], as: tao, in: room)
      await expect(12402, "/course_table/get/5", ["status": "2"], as: tao, in: room)
      await expect(12601, "/course_table/search", [:], as: tao, in: room)
      await expect(12602, "/course_table/search", ["search_type": "teacher"], as: tao, in: room)
      await expect(
        12603, "/course_table/search", ["search_type": "student"], as: teacher, in: room)
      await expect(
        12604, "/course_table/search", ["search_type": "student", "status": "x"], as: tao, in: room)
      await expect(12700, "/course_table/student_selected", [:], as: teacher, in: room)
      await expect(12701, "/course_table/student_selected", [:], as: tao, in: room)
      await expect(12800, "/course_table/student_select_add", [:], as: teacher, in: room)
      await expect(12801, "/course_table/student_select_add", ["id": "x"], as: tao, in: room)
      await expect(12801, "/course_table/student_select_add", ["id": "7"], as: tao, in: room)
      await expect(12802, "/course_table/student_select_add", ["id": "5"], as: tao, in: room)
    }
  }
}
