import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

@Suite struct `A list of courses` {
  private static let courses = """
    course_table_id,teacher,course,department,enrol_year,year,term,from_week,end_week,status,classes
    20,admin,"算法""A"",上",计算机科学与技术系,2012,2015,0,1,22,0,计科11201;计科11202
    """

  @Test(arguments: Engine.testable)
  func `is tried first, then taken in, and changes nothing the second time`(
    engine: Engine
  ) async throws {
    try await withClassroom(engine) { room in
      func take(_ kind: String, _ csv: String, dry: Bool) async -> BenchAnswer {
        await room.bench.post(
          "/admin/api/sign/import",
          json: ["kind": .string(kind), "csv": .string(csv), "dry_run": .bool(dry)],
          as: room.teacher)
      }
      let path = "/sign/prepare?course_table_id=20"
      #expect(await take("courses", Self.courses, dry: true).status == 200)
      #expect(room.code(await room.get(path, as: room.teacher)) == 17002)
      for _ in 0..<2 { #expect(await take("courses", Self.courses, dry: false).status == 200) }
      let found = await room.get(path, as: room.teacher)["data"]
      #expect(found?["course"]?["courseName"] == "算法\"A\",上")
      #expect(found?["classInfo"]?.array?.count == 2)
      let wrong = await take("selections", "course_table_id,student\n20,tao\n20,no", dry: false)
      #expect(wrong.status == 400)
      #expect(wrong.json["message"] == "line 3: there is no account no")
      let chosen = await take("selections", "course_table_id,student\r\n20,tao\r\n", dry: false)
      #expect(chosen.status == 200)
      #expect(await room.bench.hub.names(in: "sign.user.32") == ["sign.selected"])
      let students = await room.get("/admin/api/sign/courses/20/students", as: room.teacher)
      #expect(students["students"]?.array?.map { $0["studentID"] } == [32])
      // Only members of its classes may choose a course for themselves.
      let choice: KeyValuePairs = ["id": "20"]
      let path20 = "/course_table/student_select_add"
      let stranger = try await room.bench.accounts.create(
        NewAccount(login: "new", name: "new", password: "new", roles: .student)
      ).identity
      #expect(room.code(await room.post(path20, choice, as: stranger)) == 12801)
      let unknown = await take("classes", "class,student\n计科9,new", dry: false)
      #expect(unknown.json["message"] == "line 2: there is no class 计科9")
      let members = "\u{FEFF}class,student\n计科11202,new"
      for isDry in [true, false] {
        #expect(room.code(await room.post(path20, choice, as: stranger)) == 12801)
        #expect(await take("classes", members, dry: isDry).json["lines"] == 1)
      }
      #expect(room.code(await room.post(path20, choice, as: stranger)) == 0)
      let forbidden = await room.bench.get("/admin/api/sign/courses", as: room.tao)
      #expect(forbidden.status == 403)
    }
  }
}
