internal import JSON
internal import PluginKit
internal import Storage

/// Course tables, the classes that may choose them, and who did.
struct CourseStore: Sendable {
  let store: any Store

  func course(_ table: Int64) async throws -> Course? {
    try await store.first(
      "SELECT \(Course.columns) FROM \(Course.source) WHERE c.id = ?", table
    ).map { try Course($0) }
  }

  func courses(taughtBy teacher: Int64) async throws -> [Course] {
    try await store.query(
      "SELECT \(Course.columns) FROM \(Course.source) WHERE c.teacherid = ? ORDER BY c.id", teacher
    ).map { try Course($0) }
  }

  func courses(chosenBy student: Int64) async throws -> [Course] {
    try await store.query(
      """
      SELECT \(Course.columns) FROM \(Course.source)
      WHERE c.id IN (SELECT tableid FROM sign_selections WHERE studentid = ?) ORDER BY c.id
      """, student
    ).map { try Course($0) }
  }

  func all() async throws -> [Course] {
    try await store.query("SELECT \(Course.columns) FROM \(Course.source) ORDER BY c.id")
      .map { try Course($0) }
  }

  /// `classInfo` of the document.
  func classes(of table: Int64) async throws -> [JSONValue] {
    try await store.query(
      """
      SELECT k.id AS classid, k.name FROM sign_table_classes t
      JOIN sign_classes k ON k.id = t.classid WHERE t.tableid = ? ORDER BY k.id
      """, table
    ).map { row in
      [
        "classID": .int(try row.int64("classid")), "className": .string(try row.text("name")),
        "courseTableID": .int(table),
      ]
    }
  }

  /// The week of the term that runs now; nil where no term was entered.
  func week(at seconds: Int64) async throws -> JSONValue? {
    let today = LocalZone.shanghai.time(at: seconds * 1000).date
    let row = try await store.first(
      """
      SELECT openyear, openterm, begindate FROM sign_weeks WHERE begindate <= ?
      ORDER BY begindate DESC LIMIT 1
      """, today)
    return try row.flatMap { try Week.json($0, at: seconds) }
  }

  func setWeek(year: Int64, term: Int64, begin: String) async throws {
    try await store.execute(
      """
      INSERT INTO sign_weeks (openyear, openterm, begindate) VALUES (?, ?, ?)
      ON CONFLICT (openyear, openterm) DO UPDATE SET begindate = excluded.begindate
      """, year, term, begin)
  }

  func teaches(_ user: Int64, _ table: Int64) async throws -> Bool {
    try await store.first(
      "SELECT id FROM sign_tables WHERE id = ? AND teacherid = ?", table, user) != nil
  }

  func hasChosen(_ student: Int64, _ table: Int64) async throws -> Bool {
    try await store.first(
      "SELECT tableid FROM sign_selections WHERE studentid = ? AND tableid = ?", student, table)
      != nil
  }

  /// As a student does it: only for the own class, only once.
  func choose(_ table: Int64, by student: Int64, at now: Int64) async throws {
    try await store.write { tx in
      let allowed = try tx.first(
        """
        SELECT u.id FROM sign_users u JOIN sign_table_classes t ON t.classid = u.classid
        WHERE u.id = ? AND t.tableid = ?
        """, student, table)
      guard allowed != nil else { throw Verdict(12801) }
      guard try CourseStore.add(student, to: table, at: now, tx) else { throw Verdict(12802) }
    }
  }

  /// False if it was chosen before.
  static func add(
    _ student: Int64, to table: Int64, at now: Int64, _ tx: Transaction
  ) throws -> Bool {
    try tx.execute(
      """
      INSERT INTO sign_selections (studentid, tableid, selectedat) VALUES (?, ?, ?)
      ON CONFLICT (studentid, tableid) DO NOTHING
      """, student, table, now) > 0
  }

  func remove(_ student: Int64, from table: Int64) async throws -> Bool {
    try await store.execute(
      "DELETE FROM sign_selections WHERE studentid = ? AND tableid = ?", student, table) > 0
  }
}
