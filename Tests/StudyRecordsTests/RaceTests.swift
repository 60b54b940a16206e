import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct `Two calls at the same moment` {
  private func statuses(
    _ count: Int, _ call: @escaping @Sendable () async -> Int
  ) async -> [Int] {
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<count { group.addTask { await call() } }
      return await group.reduce(into: []) { $0.append($1) }.sorted()
    }
  }

  @Test(arguments: Engine.testable)
  func `finish a record once`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let statuses = await statuses(8) { await library.finish(7, as: library.bllli).status }
      #expect(statuses == [200] + Array(repeating: 400, count: 7))
      let row = try await library.bench.store.first(
        "SELECT open_records FROM study_users WHERE id = 1")
      #expect(try row?.int("open_records") == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `start one record where only one may be open`(engine: Engine) async throws {
    try await withLibrary(engine, settings: ["single_open": .flag(true)]) { library in
      let other = try await library.student("other")
      let statuses = await statuses(8) { await library.start(as: other).status }
      #expect(statuses == [201] + Array(repeating: 400, count: 7))
    }
  }

  @Test(arguments: Engine.testable)
  func `start as many records as there are calls otherwise`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let other = try await library.student("other")
      let statuses = await statuses(8) { await library.start(as: other).status }
      #expect(statuses == Array(repeating: 201, count: 8))
      #expect(await library.get("users/2/studys/", as: other).json["count"] == 8)
    }
  }

  @Test(arguments: Engine.testable)
  func `register a student number once`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let answers = await withTaskGroup(of: BenchAnswer.self) { group in
        for number in 0..<4 {
          group.addTask {
            await library.register([
              "username": .string("new-\(number)"), "password": "12345678",
              "stu_id": "4130209102", "stu_pwd": "jw-102",
            ])
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.map(\.status).sorted() == [201, 400, 400, 400])
      for answer in answers where answer.status == 400 {
        #expect(answer.json["message"] == "该学号被注册，可以试试找回密码。")
      }
    }
  }
}
