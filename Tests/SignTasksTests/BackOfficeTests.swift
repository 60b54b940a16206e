import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

@Suite struct `The back office` {
  private func setWeek(_ room: Classroom, _ body: JSONValue, as who: Identity? = nil) async
    -> BenchAnswer
  {
    await room.bench.post("/admin/api/sign/weeks", json: body, as: who ?? room.teacher)
  }

  @Test(arguments: Engine.testable)
  func `sets the start of a term, and the week follows from it`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      // The room's day is Friday, 2025-11-21.
      let body: JSONValue = ["year": 2025, "term": 1, "begin_date": "2025-11-10"]
      let wanted: JSONValue = ["year": 2025, "term": 1, "week": 2, "begin_date": "2025-11-10"]
      #expect(await setWeek(room, body).json["week"] == wanted)
      let prepared = await room.get("/sign/prepare?course_table_id=6", as: room.teacher)
      #expect(prepared["data"]?["week"] == wanted)
      let moved: JSONValue = ["year": 2025, "term": 1, "begin_date": "2025-11-17"]
      #expect(await setWeek(room, moved).json["week"]?["week"] == 1)
      // A term that has not begun leaves the one before it.
      let future: JSONValue = ["year": 2026, "term": 0, "begin_date": "2026-03-02"]
      #expect(await setWeek(room, future).json["week"]?["term"] == 1)
    }
  }

  @Test func `takes only a Monday of a real term`() async throws {
    try await withClassroom { room in
      let bodies: [JSONValue] = [
        [:], ["year": 2025, "term": 2, "begin_date": "2025-11-10"],
        ["year": 2025, "term": 1, "begin_date": "2025-11-11"],
        ["year": 2025, "term": 1, "begin_date": "2025-02-31"],
        ["year": 99999, "term": 1, "begin_date": "2025-11-10"],
        ["year": "2025", "term": 1, "begin_date": 20_251_110],
      ]
      for body in bodies {
        let answer = await setWeek(room, body)
        #expect(answer.status == 400)
        #expect(
          answer.json["message"] == "year, term (0 or 1) and begin_date (a Monday) are needed")
      }
      let day: JSONValue = ["year": 2025, "term": 1, "begin_date": "2025-11-10"]
      #expect(await setWeek(room, day, as: room.other).status == 403)
    }
  }

  @Test(arguments: Engine.testable)
  func `takes a student out of a course, who sees nothing of it any more`(
    engine: Engine
  ) async throws {
    try await withClassroom(engine) { room in
      // Whoever has called once is known by the account as well.
      #expect(room.code(await room.get("/user/info", as: room.tao)) == 0)
      let course = try await room.bench.subscribe("sign.course.5", as: room.tao)
      let path = "/admin/api/sign/courses/5/students/32"
      #expect(await room.bench.call(.delete, path, as: room.other).status == 403)
      #expect(await room.bench.call(.delete, path, as: room.teacher).json == ["removed": true])
      #expect(await room.bench.call(.delete, path, as: room.teacher).status == 404)
      _ = await room.post(
        "/sign/teacher_append_info", ["sign_id": "6", "info": "a"], as: room.teacher)
      #expect(course.takeEvents().isEmpty)
      await #expect(throws: TopicRefusal.denied) {
        try await room.bench.subscribe("sign.course.5", as: room.tao)
      }
      let open = await room.get("/sign/student_new_sign", as: room.tao)
      #expect(open["data"]?["list"] == [])
      #expect(room.code(await room.begin(as: room.tao)) == 17608)
    }
  }

  private func giveCourse(_ room: Classroom, to teacher: String, dry: Bool = false) async {
    let csv = """
      course_table_id,teacher,course,department,enrol_year,year,term,from_week,end_week,status
      5,\(teacher),人工智能,计算机科学与技术系,2012,2015,0,1,22,0
      """
    let answer = await room.bench.post(
      "/admin/api/sign/import",
      json: ["kind": "courses", "csv": .string(csv), "dry_run": .bool(dry)], as: room.teacher)
    #expect(answer.status == 200)
  }

  private func note(_ room: Classroom) async {
    let form: KeyValuePairs = ["sign_id": "6", "info": "a"]
    #expect(
      room.code(await room.post("/sign/teacher_append_info", form, as: room.teacher)) == 0)
  }

  @Test(arguments: Engine.testable)
  func `gives a course to another teacher, and the former one hears no more of it`(
    engine: Engine
  ) async throws {
    try await withClassroom(engine) { room in
      let course = try await room.bench.subscribe("sign.course.5", as: room.teacher)
      let student = try await room.bench.subscribe("sign.course.5", as: room.tao)
      await giveCourse(room, to: "chenwei", dry: true)
      await giveCourse(room, to: "admin")
      await note(room)
      #expect(course.takeEvents().map(\.name) == ["sign.appended"])
      await giveCourse(room, to: "chenwei")
      await note(room)
      #expect(course.takeEvents().isEmpty)
      #expect(student.takeEvents().count == 2)
      await #expect(throws: TopicRefusal.denied) {
        try await room.bench.subscribe("sign.course.5", as: room.teacher)
      }
      _ = try await room.bench.subscribe("sign.course.5", as: room.other)
    }
  }

  @Test(arguments: Engine.testable)
  func `takes no teacher out of the own course, nor leaves one in as a student`(
    engine: Engine
  ) async throws {
    try await withClassroom(engine) { room in
      let chosen: JSONValue = [
        "kind": "selections", "csv": "course_table_id,student\n5,admin\n5,chenwei",
      ]
      let added = await room.bench.post("/admin/api/sign/import", json: chosen, as: room.teacher)
      #expect(added.status == 200)
      await #expect(throws: TopicRefusal.denied) {
        try await room.bench.subscribe("sign.course.5", as: room.other)
      }
      let course = try await room.bench.subscribe("sign.course.5", as: room.teacher)
      let path = "/admin/api/sign/courses/5/students/1"
      #expect(await room.bench.call(.delete, path, as: room.teacher).status == 200)
      await note(room)
      #expect(course.takeEvents().count == 1)
      let again = await room.bench.post("/admin/api/sign/import", json: chosen, as: room.teacher)
      #expect(again.status == 200)
      await giveCourse(room, to: "chenwei")
      await note(room)
      #expect(course.takeEvents().isEmpty)
    }
  }

  @Test func `knows the students of its course tables alone`() async throws {
    try await withClassroom { room in
      let list = await room.get("/admin/api/sign/courses/9/students", as: room.teacher)
      #expect(list["students"]?.array?.map { $0["name"] } == ["林一", "陶然"])
      for (path, status) in [("7/students", 404), ("x/students", 400), ("0/students", 400)] {
        let answer = await room.bench.get("/admin/api/sign/courses/\(path)", as: room.teacher)
        #expect(answer.status == status)
      }
      let all = await room.get("/admin/api/sign/courses", as: room.teacher)
      #expect(all["courses"]?.array?.map { $0["courseTableID"] } == [5, 6, 8, 9, 10])
    }
  }
}
