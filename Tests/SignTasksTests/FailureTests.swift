import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

/// What the document answers where the database refuses: each failure has a code of its own.
@Suite struct `A database that refuses` {
  /// A change after which exactly one statement of a call cannot be done any more.
  struct Fault: Sendable, CustomTestStringConvertible {
    let code: Int
    let statement: String
    let path: String
    let form: KeyValuePairs<String, String>
    var testDescription: String { "\(code)" }

    init(
      _ code: Int, _ statement: String, _ path: String, _ form: KeyValuePairs<String, String>
    ) {
      (self.code, self.statement, self.path, self.form) = (code, statement, path, form)
    }
  }

  /// Holds for all rows of the example data.
  private static func check(_ table: String, _ condition: String) -> String {
    "ALTER TABLE \(table) ADD COLUMN fault BIGINT DEFAULT 0 CHECK (\(condition))"
  }

  private static let create: KeyValuePairs = ["course_table_id": "6", "name": "a", "time": "1"]

  private static let ofTeacher = [
    Fault(17106, "ALTER TABLE sign_tables RENAME COLUMN teacherid TO t", "/sign/create", create),
    Fault(17108, "ALTER TABLE sign_tasks RENAME COLUMN detail TO d", "/sign/create", create),
    Fault(17109, "ALTER TABLE sign_signs RENAME COLUMN courseid TO c", "/sign/create", create),
    Fault(
      17404, check("sign_signs", "length(notes) < 200"), "/sign/teacher_append_info",
      ["sign_id": "6", "info": String(repeating: "a", count: 200)]),
    Fault(
      19006, check("sign_tasks", "detail = ''"), "/task/task_set_detail",
      ["task_id": "9", "detail": "a"]),
  ]

  @Test(arguments: Engine.testable, ofTeacher)
  func `is told to the teacher in the code of what failed`(
    engine: Engine, fault: Fault
  ) async throws {
    try await withClassroom(engine) { room in
      try await room.bench.store.execute(fault.statement)
      let answer = await room.post(fault.path, fault.form, as: room.teacher)
      #expect(room.code(answer) == fault.code)
      let tasks = try await room.bench.store.first("SELECT count(*) AS n FROM sign_tasks")
      #expect(try tasks?.int("n") == 7)
      #expect(await room.bench.hub.published.isEmpty)
    }
  }

  @Test(arguments: Engine.testable)
  func `leaves no log of a begin`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      try await room.bench.store.execute(Self.check("sign_logs", "begintime < 1700000000"))
      #expect(room.code(await room.begin(as: room.tao)) == 17609)
      #expect(await room.bench.hub.published.isEmpty)
      let open = await room.get("/sign/student_new_sign", as: room.tao)
      #expect(open["data"]?["list"]?.array?.count == 1)
    }
  }

  private static let ofFinish: [(Int, String)] = [
    (17710, check("sign_logs", "endtime < 1700000000")),
    (17711, check("sign_signs", "id <> 6 OR signed < 1")),
    (17712, "ALTER TABLE sign_logs RENAME COLUMN auth TO a"),
  ]

  @Test(arguments: Engine.testable, ofFinish)
  func `leaves a finish undone as a whole`(engine: Engine, fault: (Int, String)) async throws {
    try await withClassroom(engine) { room in
      _ = await room.begin(as: room.tao)
      await room.bench.hub.forget()
      try await room.bench.store.execute(fault.1)
      #expect(room.code(await room.finish(as: room.tao)) == fault.0)
      #expect(await room.bench.hub.published.isEmpty)
      let log = try await room.bench.store.first(
        """
        SELECT l.status, s.signed FROM sign_logs l JOIN sign_signs s ON s.id = l.signid
        WHERE l.id = 4
        """)
      #expect(try log?.int("status") == 0)
      #expect(try log?.int("signed") == 0)
    }
  }

  @Test(arguments: Engine.testable)
  func `leaves a course unchosen`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      try await room.bench.store.execute(
        "ALTER TABLE sign_selections RENAME COLUMN selectedat TO s")
      let answer = await room.post(
        "/course_table/student_select_add", ["id": "6"], as: room.tao)
      #expect(room.code(answer) == 12803)
      #expect(await room.bench.hub.published.isEmpty)
    }
  }

  @Test(arguments: Engine.testable, [Int64.min, -1, .max])
  func `a report shows moments of any size`(engine: Engine, number: Int64) async throws {
    try await withClassroom(engine) { room in
      _ = await room.begin(as: room.tao)
      try await room.bench.store.execute(
        "UPDATE sign_logs SET begintime = ?, endtime = ?", number, number)
      #expect(room.code(await room.get("/sign/teacher_report/6", as: room.teacher)) == 0)
      let table = await room.bench.get("/sign/teacher_export/6", as: room.teacher)
      #expect(table.status == 200 && !table.bytes.isEmpty)
    }
  }

  @Test func `gives no token, at a login and at its renewal`() async throws {
    try await withClassroom { room in
      let login: KeyValuePairs = ["username": "tao", "password": "tao123456", "client": "web"]
      let renewal: KeyValuePairs = ["confirm": "\(room.now)"]
      let calls = [("/user_action/login", login, 21303), ("/user/refresh_token", renewal, 21401)]
      for (path, form, code) in calls {
        let accounts = room.bench.accounts
        await accounts.failIssuing(for: "sign", with: StoreError(.readOnly, "read only"))
        #expect(room.code(await room.post(path, form, as: room.tao)) == code)
        // The same call may succeed later: the client has to hear that.
        await accounts.failIssuing(for: "sign", with: StoreError(.busy, "busy"))
        #expect(room.code(await room.post(path, form, as: room.tao)) == 503)
        await accounts.failIssuing(for: "sign", with: nil)
        #expect(room.code(await room.post(path, form, as: room.tao)) == 0)
      }
    }
  }
}
