internal import JSON
internal import PluginKit
internal import Storage

/// Course tables, the classes that may choose them, and who did.
struct CourseStore: Sendable {
  let store: any Store
  let users: UserStore

  func course(_ table: Int64) async throws -> Course? {
    try await courses("WHERE c.id = ?", table).first
  }

  func courses(taughtBy teacher: Int64) async throws -> [Course] {
    try await courses("WHERE c.teacherid = ? ORDER BY c.id", teacher)
  }

  func courses(chosenBy student: Int64) async throws -> [Course] {
    try await courses(
      "WHERE c.id IN (SELECT tableid FROM sign_selections WHERE studentid = ?) ORDER BY c.id",
      student)
  }

  func all() async throws -> [Course] { try await courses("ORDER BY c.id") }

  private func courses(_ condition: String, _ arguments: Int64...) async throws -> [Course] {
    let found = try await store.query(
      "SELECT \(Course.columns) FROM \(Course.source) \(condition)",
      arguments: arguments.map { .int($0) }
    ).map { try Course($0) }
    let accounts = try await users.accounts(of: found.map(\.teacher))
    return found.map { $0.updated(from: accounts) }
  }

  /// The students of a course table, by their numbers.
  func students(of table: Int64) async throws -> [ListedUser] {
    let found = try await store.query(
      """
      SELECT e.studentid, \(ListedUser.columns) FROM sign_selections e
      JOIN sign_users u ON u.id = e.studentid WHERE e.tableid = ?
      """, table
    ).map { try ListedUser(try $0.int64("studentid"), $0) }
    let accounts = try await users.accounts(of: found)
    return found.map { $0.updated(from: accounts) }.sorted(by: ListedUser.precedes)
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

  /// May this user follow the course table? Its teacher may, and students who chose it.
  func follows(_ user: CourseUser, _ table: Int64) async throws -> Bool {
    switch user.kind {
    case .teacher:
      try await store.first(
        "SELECT id FROM sign_tables WHERE id = ? AND teacherid = ?", table, user.id) != nil
    case .student:
      try await store.first(
        "SELECT tableid FROM sign_selections WHERE studentid = ? AND tableid = ?", user.id, table)
        != nil
    case .administrator: false
    }
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

  /// Nil if the course table was not chosen; otherwise who may have followed it, if any.
  func remove(_ student: Int64, from table: Int64) async throws -> [Follower]? {
    try await store.write { tx in
      let removed = try tx.execute(
        "DELETE FROM sign_selections WHERE studentid = ? AND tableid = ?", student, table)
      guard removed > 0 else { return nil }
      return [try tx.follower(student, of: table)].compactMap(\.self)
    }
  }
}

/// A user with an account, whose right to a course table may have ended.
struct Follower: Sendable {
  let user: Int64
  let account: Int64
  let table: Int64
}

extension Transaction {
  /// Nil for a user without an account, who follows nothing.
  func follower(_ user: Int64, of table: Int64) throws -> Follower? {
    try first("SELECT account FROM sign_users WHERE id = ? AND account IS NOT NULL", user)
      .map { Follower(user: user, account: try $0.int64("account"), table: table) }
  }
}
