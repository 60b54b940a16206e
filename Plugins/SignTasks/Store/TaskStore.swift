internal import JSON
internal import Storage

/// The tasks of teachers.
struct TaskStore: Sendable {
  struct Draft: Sendable {
    let table: Int64
    let name: String
    let detail: String
    let begin: Int64
    let end: Int64
  }

  static let mostNotes = 10
  static let longestText = 4095

  let store: any Store

  func sign(_ id: Int64) async throws -> SignTask? {
    try await store.first(
      "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", id
    ).map { try SignTask($0) }
  }

  func signs(by teacher: Int64) async throws -> [SignTask] {
    try await store.query(
      """
      SELECT \(SignTask.columns) FROM \(SignTask.source)
      WHERE t.userid = ? AND t.kind = 0 AND t.flag = 0 ORDER BY s.id DESC
      """, teacher
    ).map { try SignTask($0) }
  }

  func open(in table: Int64, at now: Int64) async throws -> [SignTask] {
    try await store.query(
      """
      SELECT \(SignTask.columns) FROM \(SignTask.source)
      WHERE s.tableid = ? AND t.flag = 0 AND t.expiretime > ? ORDER BY s.id DESC
      """, table, now
    ).map { try SignTask($0) }
  }

  /// The tasks that a student has not touched yet.
  func new(for student: Int64, at now: Int64) async throws -> [SignTask] {
    try await store.query(
      """
      SELECT \(SignTask.columns) FROM sign_selections e
      JOIN sign_signs s ON s.tableid = e.tableid JOIN sign_tasks t ON t.id = s.taskid
      WHERE e.studentid = ? AND t.flag = 0 AND t.expiretime > ?
      AND NOT EXISTS (SELECT 1 FROM sign_logs l WHERE l.userid = ? AND l.signid = s.id)
      ORDER BY s.id DESC
      """, student, now, student
    ).map { try SignTask($0) }
  }

  /// The new task, and the students who are to hear of it.
  func create(
    _ draft: Draft, by teacher: Int64
  ) async throws -> (task: SignTask, students: [Int64]) {
    try await store.write { tx in
      let table = try tx.first(
        "SELECT \(Course.columns) FROM \(Course.source) WHERE c.id = ?", draft.table
      ).map { try Course($0) }
      guard let table else { throw Verdict(17104) }
      guard table.teacher.id == teacher, table.status == 0 else { throw Verdict(17105) }
      let task = try insertTask(draft, teacher, tx)
      let sign = try Failing.with(17109) {
        try tx.insert(
          "INSERT INTO sign_signs (taskid, courseid, tableid) VALUES (?, ?, ?) RETURNING id",
          task, table.course, draft.table)
      }
      let row = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign)
      guard let row else { throw Verdict(17109) }
      let students = try tx.query(
        "SELECT studentid FROM sign_selections WHERE tableid = ?", draft.table)
      return (try SignTask(row), try students.map { try $0.int64("studentid") })
    }
  }

  private func insertTask(_ draft: Draft, _ teacher: Int64, _ tx: Transaction) throws -> Int {
    // The column of the original took no more, and the insert failed.
    guard draft.detail.unicodeScalars.count <= TaskStore.longestText else { throw Verdict(17108) }
    do {
      return try tx.attempt {
        try tx.insert(
          """
          INSERT INTO sign_tasks (name, detail, begintime, expiretime, userid)
          VALUES (?, ?, ?, ?, ?) RETURNING id
          """, draft.name, draft.detail, draft.begin, draft.end, teacher)
      }
    } catch let error as StoreError {
      if error.code == .unique { throw Verdict(17107) }
      throw error.isTemporary ? error : Verdict(17108)
    }
  }

  /// Adds a note at the end. Two teachers' windows at once lose none: the row is read and written
  /// in one unit.
  func append(
    _ info: String, to sign: Int64, by teacher: Int64, at now: Int64
  ) async throws -> (note: JSONValue, task: SignTask) {
    let note: JSONValue = ["time": .int(now), "content": .string(info)]
    return try await store.write { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task, task.flag == 0, task.publisher == teacher else { throw Verdict(17403) }
      let notes = (try? JSONValue(parsing: Array(task.notes.utf8)))?.array ?? []
      // Ten of these are the most that every list of every student carries.
      guard notes.count < TaskStore.mostNotes, info.unicodeScalars.count <= TaskStore.longestText
      else { throw Verdict(17404) }
      let text = String(decoding: JSONValue.array(notes + [note]).encoded(), as: UTF8.self)
      try Failing.with(17404) {
        try tx.execute("UPDATE sign_signs SET notes = ? WHERE id = ?", text, sign)
      }
      return (note, task)
    }
  }

  /// Sets the detail of a task that has none.
  func setDetail(_ detail: String, of task: Int64, by teacher: Int64) async throws -> SignTask {
    try await store.write { tx in
      let found = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE t.id = ?", task
      ).map { try SignTask($0) }
      guard let found, found.flag == 0 else { throw Verdict(19003) }
      guard found.publisher == teacher else { throw Verdict(19004) }
      guard found.detail.isEmpty else { throw Verdict(19005) }
      guard detail.unicodeScalars.count <= TaskStore.longestText else { throw Verdict(19006) }
      try Failing.with(19006) {
        try tx.execute("UPDATE sign_tasks SET detail = ? WHERE id = ?", detail, task)
      }
      return found
    }
  }

  /// Ends a task before its time. The last second that counts is the one before `now`, but no
  /// task ends before it began.
  func end(_ sign: Int64, by teacher: Int64, at now: Int64) async throws -> SignTask? {
    try await store.write { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task, task.flag == 0, task.publisher == teacher else { throw Verdict(17502) }
      try tx.execute(
        "UPDATE sign_tasks SET expiretime = ? WHERE id = ? AND expiretime >= ?",
        max(task.time, now - 1), task.task, now)
      return try takeExpired(task.task, at: now, tx)
    }
  }

  /// Hands over each task whose end was not told yet, to one caller alone.
  func takeExpired(at now: Int64, _ tell: (SignTask) async -> Void) async throws {
    let due = try await store.query(
      "SELECT id FROM sign_tasks WHERE announced = 0 AND expiretime < ? LIMIT 200", now)
    for row in due {
      let id = try row.int64("id")
      let task = try await store.write { tx in try takeExpired(id, at: now, tx) }
      if let task { await tell(task) }
    }
  }

  /// Nil if the task is open, or was told of already.
  private func takeExpired(_ id: Int64, at now: Int64, _ tx: Transaction) throws -> SignTask? {
    let mine = try tx.execute(
      "UPDATE sign_tasks SET announced = 1 WHERE id = ? AND announced = 0 AND expiretime < ?", id,
      now)
    guard mine > 0 else { return nil }
    return try tx.first(
      "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE t.id = ? AND t.flag = 0", id
    ).map { try SignTask($0) }
  }
}

/// Puts the document's code onto a statement that the database refused. An error
/// that may pass when tried again stays as it is.
enum Failing {
  @discardableResult
  static func with<Result>(_ code: Int, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as StoreError {
      throw error.isTemporary ? error : Verdict(code)
    }
  }
}
