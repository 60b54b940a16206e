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

  func create(_ draft: Draft, by teacher: Int64) async throws -> SignTask {
    try await store.write { tx in
      let table = try tx.first(
        "SELECT \(Course.columns) FROM \(Course.source) WHERE c.id = ?", draft.table
      ).map { try Course($0) }
      guard let table else { throw Verdict(17104) }
      guard table.teacher == teacher, table.status == 0 else { throw Verdict(17105) }
      let task = try insertTask(draft, teacher, tx)
      let sign = try Failing.with(17109) {
        try tx.insert(
          "INSERT INTO sign_signs (taskid, courseid, tableid) VALUES (?, ?, ?) RETURNING id",
          task, table.course, draft.table)
      }
      let row = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign)
      guard let row else { throw Verdict(17109) }
      return try SignTask(row)
    }
  }

  private func insertTask(_ draft: Draft, _ teacher: Int64, _ tx: Transaction) throws -> Int {
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
  func append(_ note: JSONValue, to sign: Int64, by teacher: Int64) async throws -> SignTask {
    try await store.write { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task, task.flag == 0, task.publisher == teacher else { throw Verdict(17403) }
      let notes = (try? JSONValue(parsing: Array(task.notes.utf8)))?.array ?? []
      guard notes.count < TaskStore.mostNotes else { throw Verdict(17404) }
      let text = String(decoding: JSONValue.array(notes + [note]).encoded(), as: UTF8.self)
      try Failing.with(17404) {
        try tx.execute("UPDATE sign_signs SET notes = ? WHERE id = ?", text, sign)
      }
      return task
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
      try Failing.with(19006) {
        try tx.execute("UPDATE sign_tasks SET detail = ? WHERE id = ?", detail, task)
      }
      return found
    }
  }

  /// Ends a task before its time. The last second that counts is the one before `now`.
  func end(_ sign: Int64, by teacher: Int64, at now: Int64) async throws -> SignTask {
    try await store.write { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task, task.flag == 0, task.publisher == teacher else { throw Verdict(17502) }
      try tx.execute(
        "UPDATE sign_tasks SET expiretime = ? WHERE id = ? AND expiretime >= ?", now - 1,
        task.task, now)
      return task
    }
  }

  /// The tasks whose time is over and that nobody was told of yet: each is given to one caller.
  func takeExpired(at now: Int64) async throws -> [SignTask] {
    let due = try await store.query(
      "SELECT id FROM sign_tasks WHERE announced = 0 AND expiretime < ? LIMIT 200", now)
    var taken: [SignTask] = []
    for row in due {
      let id = try row.int64("id")
      let mine = try await store.execute(
        "UPDATE sign_tasks SET announced = 1 WHERE id = ? AND announced = 0", id)
      guard mine > 0 else { continue }
      let sign = try await store.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE t.id = ? AND t.flag = 0", id
      ).map { try SignTask($0) }
      if let sign { taken.append(sign) }
    }
    return taken
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
