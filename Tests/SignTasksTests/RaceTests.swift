import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

@Suite struct `Calls at the same moment` {
  /// The codes that so many calls are answered with, the lowest first.
  private func codes(
    _ count: Int, _ room: Classroom, _ call: @escaping @Sendable (Int) async -> JSONValue
  ) async -> [Int] {
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<count { group.addTask { room.code(await call(number)) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted()
    }
  }

  @Test(arguments: Engine.testable)
  func `begin one log and finish it once`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let begins = await codes(20, room) { _ in await room.begin(as: room.tao) }
      #expect(begins == [0] + Array(repeating: 17607, count: 19))
      let finishes = await codes(20, room) { _ in await room.finish(as: room.tao) }
      #expect(finishes == [0] + Array(repeating: 17704, count: 19))
      let task = await room.get("/sign/teacher_get/6", as: room.teacher)
      #expect(task["data"]?["count"] == 1)
      #expect(
        await room.bench.hub.names(in: "sign.task.6") == [
          "sign.begun", "sign.finished", "sign.count",
        ])
    }
  }

  @Test(arguments: Engine.testable)
  func `create one task of a name, and one of each name`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      @Sendable func create(_ name: String) async -> JSONValue {
        await room.post(
          "/sign/create", ["course_table_id": "6", "name": name, "time": "45"], as: room.teacher)
      }
      let same = await codes(12, room) { _ in await create("quiz") }
      #expect(same == [0] + Array(repeating: 17107, count: 11))
      let others = await codes(12, room) { await create("quiz \($0)") }
      #expect(others == Array(repeating: 0, count: 12))
      let list = await room.get("/sign/teacher_list", as: room.teacher)["data"]?["list"]?.array
      #expect(list?.count == 6 + 13)
      let created = await room.bench.hub.names(in: "sign.course.6")
      #expect(created == Array(repeating: "sign.created", count: 13))
    }
  }

  @Test(arguments: Engine.testable)
  func `lose no note, and add ten at most`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let codes = await codes(12, room) { number in
        await room.post(
          "/sign/teacher_append_info", ["sign_id": "6", "info": "\(number)"], as: room.teacher)
      }
      #expect(codes == Array(repeating: 0, count: 8) + Array(repeating: 17404, count: 4))
      let task = await room.get("/sign/teacher_get/6", as: room.teacher)
      let notes = task["data"]?["append"]?.array?.compactMap { $0["content"]?.string } ?? []
      #expect(notes.prefix(2) == ["Append 1", "Append 2"])
      #expect(Set(notes).count == 10)
    }
  }

  @Test(arguments: Engine.testable)
  func `set a detail once`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let codes = await codes(8, room) { number in
        await room.post(
          "/task/task_set_detail", ["task_id": "9", "detail": "\(number)"], as: room.teacher)
      }
      #expect(codes == [0] + Array(repeating: 19005, count: 7))
      #expect(await room.bench.hub.names(in: "sign.course.5") == ["sign.detail"])
    }
  }

  @Test(arguments: Engine.testable)
  func `choose a course once`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let codes = await codes(8, room) { _ in
        await room.post("/course_table/student_select_add", ["id": "6"], as: room.tao)
      }
      #expect(codes == [0] + Array(repeating: 12802, count: 7))
      #expect(await room.bench.hub.names(in: "sign.user.32") == ["sign.selected"])
    }
  }

  @Test(arguments: Engine.testable)
  func `of forty students count each of them`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      var students: [Identity] = []
      for number in 0..<40 {
        let new = NewAccount(
          login: "s\(number)", name: "s\(number)", password: "s", roles: .student)
        students.append(try await room.bench.accounts.create(new).identity)
      }
      let list = students.indices.map { "5,s\($0)" }.joined(separator: "\n")
      let imported = await room.bench.post(
        "/admin/api/sign/import",
        json: ["kind": "selections", "csv": .string("course_table_id,student\n\(list)")],
        as: room.teacher)
      #expect(imported.status == 200)
      let everybody = students
      let codes = await codes(40, room) { number in
        let begun = await room.begin(as: everybody[number])
        return room.code(begun) == 0 ? await room.finish(as: everybody[number]) : begun
      }
      #expect(codes == Array(repeating: 0, count: 40))
      let report = await room.get("/sign/teacher_report/6", as: room.teacher)["data"]
      #expect(report?["sign"]?["count"] == 40)
      #expect(report?["list"]?.array?.count == 40)
      #expect(report?["absent"]?.array?.count == 2)
      let told = await room.bench.hub.published.filter { $0.event.name == "sign.finished" }
      #expect(told.count == 80)
    }
  }
}
