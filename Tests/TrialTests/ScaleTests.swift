import JSON
import MusterTesting
import Rig
import Storage
import Testing

extension Trials {
  /// Lists and histories over all that a college has gathered.
  @Suite(.timeLimit(.minutes(10))) struct ScaleTests {
    /// A call, and how many entries its answer lists.
    private struct Look: Sendable {
      let path: String
      let token: String
      let list: String
      let count: Int
    }

    private static let calls = 101

    @Test(arguments: Engine.testable)
    func `lists and histories are answered within five milliseconds`(engine: Engine) async throws {
      let database = try await TurnDatabase.make(engine)
      let settings = [
        "database=\(database.address)", "limits.requests_per_second=0", "log.level=debug",
      ]
      try await RealServer.run(settings, people: ["teacher:teacher:admin", Archive.login]) {
        server, tokens in
        try await ScaleTests.fill(database, server, tokens)
        let line = try await Wire.connect(server.address)
        for look in ScaleTests.looks(Archive.wanted, teacher: tokens[0], student: tokens[1]) {
          let median = try await ScaleTests.median(of: look, line, server)
          print("scale, \(engine): \(look.path): \(median) µs at the median")
          guard Trial.isLong, Trial.isOfRelease else { continue }
          #expect(median < 5000, "\(look.path)")
        }
        await line.drop()
      }
    }

    /// The first calls make the rows of teacher and student.
    private static func fill(
      _ database: TurnDatabase, _ server: RealServer, _ tokens: [String]
    ) async throws {
      let lecture = try await Lecture.make(
        server, teacher: tokens[0], logins: [Archive.login], tokens: [tokens[1]])
      let line = try await Wire.connect(server.address)
      let myself = try await line.call(
        "GET", "/api/v1.0/users/myself", headers: [("token", tokens[1])])
      #expect(myself.status == 200)
      await line.drop()
      _ = try await server.stop()
      try await database.use { try await Archive.wanted.fill($0, for: lecture.students[0].id) }
      try await server.start()
    }

    private static func looks(_ archive: Archive, teacher: String, student: String) -> [Look] {
      func look(_ path: String, _ list: String, _ count: Int, by token: String) -> Look {
        Look(path: path, token: token, list: list, count: count)
      }
      let (tasks, ofStatus) = (archive.tasks, (archive.tasks + 2) / 3)
      return [
        look("/sign/student_history?show_append=1", "list", tasks, by: student),
        look("/sign/student_history?status=1", "list", ofStatus, by: student),
        look("/sign/student_history?course=cour", "list", tasks, by: student),
        look("/sign/student_new_sign", "list", 1, by: student),
        look("/course_table/search?search_type=student", "list", 1, by: student),
        look("/sign/teacher_list?show_append=1", "list", tasks + 1, by: teacher),
        look("/api/v1.0/studys/", "studys", 20, by: student),
        look("/api/v1.0/studys/?page=\(archive.lastPage / 2)", "studys", 20, by: student),
        look("/api/v1.0/studys/?page=\(archive.lastPage)", "studys", 20, by: student),
        look("/api/v1.0/users/1/studys/", "studys", 20, by: student),
        look("/api/v1.0/users/\(archive.readers)/studys/?page=10", "studys", 20, by: student),
        look(
          "/api/v1.0/users/myself/days?from=2017-07-14&to=2018-07-14", "days", archive.days,
          by: student),
      ]
    }

    private static func median(
      of look: Look, _ line: Wire, _ server: RealServer
    ) async throws -> Int {
      let path = look.path.prefix { $0 != "?" }
      let known = await server.microseconds(of: String(path)).count
      for _ in 0..<calls {
        let reply = try await line.call("GET", look.path, headers: [("token", look.token)])
        let answer = try JSONValue(parsing: reply.body)
        let list = (answer["data"]?[look.list] ?? answer[look.list])?.array
        #expect(list?.count == look.count, "\(look.path)")
      }
      // The log is written by another thread.
      var times: [Int] = []
      _ = await eventually(within: 20) {
        times = Array(await server.microseconds(of: String(path)).dropFirst(known))
        return times.count == calls
      }
      #expect(times.count == calls)
      return times.sorted()[times.count / 2]
    }
  }
}
