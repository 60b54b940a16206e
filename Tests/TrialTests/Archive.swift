import JSON
import MusterTesting
import PostgresStore
import Rig
import SQLiteStore
import Storage

/// The archive of a college after years: records of study, and the logs of one large course.
struct Archive: Sendable {
  static let login = "s0"

  let students: Int
  let tasks: Int
  let readers: Int
  let recordsPerReader: Int

  var logs: Int { students * tasks }
  var records: Int { readers * recordsPerReader }
  var lastPage: Int { (records + 19) / 20 }
  /// Of the student's records, in Shanghai, where the first begins at 10:40.
  var days: Int { (38_400 + (records - readers) * 60 + 3600) / 86_400 + 1 }

  /// 200,000 logs and 100,000 records in a long trial.
  static let wanted = Archive(
    students: Trial.pick(short: 40, long: 2000), tasks: Trial.pick(short: 10, long: 100),
    readers: Trial.pick(short: 20, long: 500), recordsPerReader: 200)

  /// Fills the tables of a server that is stopped. Its one student has the first log of each task,
  /// and the first of each round of records; a task is open.
  func fill(_ store: any Store, for student: Int) async throws {
    let archive = self
    try await store.write { tx in
      try archive.addStudents(tx)
      try archive.addTasks(tx)
      try archive.addLogs(of: student, tx)
      try archive.addRecords(tx)
      // PostgreSQL plans by what it knows of a table, which its own worker finds out in a minute.
      if tx.engine == .postgres { try tx.execute("ANALYZE") }
    }
  }

  private func addStudents(_ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO sign_users (id, number, name)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT 10000 + i, CAST(10000 + i AS TEXT), 'student ' || CAST(i AS TEXT) FROM n
      """, students - 1)
    try tx.execute(
      """
      INSERT INTO sign_selections (studentid, tableid, selectedat)
      SELECT id, 1, 1500000000 FROM sign_users WHERE id > 10000
      """)
  }

  private func addTasks(_ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO sign_tasks (id, name, begintime, expiretime, userid, announced)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT n.i, 'lecture ' || CAST(n.i AS TEXT), 1500000000 + n.i * 86400,
        CASE WHEN n.i = ? THEN 4000000000 ELSE 1500002700 + n.i * 86400 END, c.teacherid, 1
      FROM n JOIN sign_tables c ON c.id = 1
      """, tasks + 1, tasks + 1)
    try tx.execute(
      """
      INSERT INTO sign_signs (id, taskid, courseid, tableid, signed)
      SELECT t.id, t.id, h.courseid, c.id, CASE WHEN t.announced = 1 THEN ? ELSE 0 END
      FROM sign_tasks t JOIN sign_tables c ON c.id = 1 JOIN sign_schedules h ON h.id = c.scheduleid
      """, students)
  }

  private func addLogs(of student: Int, _ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO sign_logs (id, userid, begintime, endtime, signid, tableid, status)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      SELECT 1 + i, CASE WHEN i % ?2 = 0 THEN ?3 ELSE 10000 + i % ?2 END,
        1500000000 + i, 1500000005 + i, 1 + i / ?2, 1, 1 + i % 3 FROM n
      """, logs - 1, students, student)
  }

  /// In the order in which such records come: all readers take turns.
  private func addRecords(_ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO study_users (id, username, member_since, last_seen)
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT i, 'reader ' || CAST(i AS TEXT), 0, 0 FROM n
      """, readers)
    try tx.execute("UPDATE study_users SET records = ?", recordsPerReader)
    try tx.execute(
      """
      INSERT INTO study_studys (id, creator_id, number, start_time, end_time)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      SELECT 1 + i, 1 + i % ?2, 1 + i / ?2, 1500000000 + i * 60, 1500003600 + i * 60 FROM n
      """, records - 1, readers)
  }
}

/// A database that a server and a test use in turns.
struct TurnDatabase: Sendable {
  let engine: Engine
  /// As the setting `database` has it.
  let address: String
  private let folder: FreshFolder?

  static func make(_ engine: Engine) async throws -> TurnDatabase {
    switch engine {
    case .sqlite:
      let folder = try FreshFolder()
      return TurnDatabase(engine: engine, address: "sqlite:\(folder.path)/t.db", folder: folder)
    case .postgres:
      let url = try await ThrowawayPostgres.shared().makeDatabase()
      return TurnDatabase(engine: engine, address: url, folder: nil)
    }
  }

  func use(_ body: (any Store) async throws -> Void) async throws {
    let store: any Store =
      switch engine {
      case .sqlite: try await SQLiteStore.open(.file(String(address.dropFirst("sqlite:".count))))
      case .postgres: try await PostgresStore.open(address)
      }
    do {
      try await body(store)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }
}
