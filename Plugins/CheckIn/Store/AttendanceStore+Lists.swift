internal import Storage

// Reads.
extension AttendanceStore {
  func find(_ number: String) async throws -> Person? {
    guard AttendanceStore.isPlausible(number) else { return nil }
    return try await people("WHERE studentid = ?", number).first
  }

  func find(id: Int) async throws -> Person? { try await people("WHERE id = ?", id).first }

  /// The people who are present, by id.
  func present() async throws -> [Person] { try await people("WHERE status = 1 ORDER BY id") }

  /// The numbers of the people who are present since `moment` or longer.
  func present(since moment: Int64) async throws -> [String] {
    try await database.query(
      """
      SELECT studentid FROM checkin_users
      WHERE status = 1 AND (starttime IS NULL OR starttime <= ?) ORDER BY id
      """, moment
    ).map { try $0.text("studentid") }
  }

  func everyone() async throws -> [Person] { try await people("ORDER BY id") }

  /// The people of a grade, or only the present or the absent of them.
  func people(of grade: Grade, isPresent: Bool?) async throws -> [Person] {
    guard let isPresent else {
      return try await people(
        "WHERE studentid >= ? AND studentid < ? ORDER BY id", grade.prefix, grade.end)
    }
    return try await people(
      "WHERE studentid >= ? AND studentid < ? AND status = ? ORDER BY id", grade.prefix,
      grade.end, isPresent)
  }

  /// The encoded list of the people present, as the documented call or the topic has it.
  func presentAnswer(isLive: Bool = false) async throws -> [UInt8] {
    try await lists.presentAnswer(isLive: isLive) { try await present() }
  }

  /// The first three of a grade, and the answer that names them.
  func leaders(of grade: Grade) async throws -> (people: [Person], answer: [UInt8]) {
    try await lists.leaders(of: grade) { try await topThree(of: grade) }
  }

  /// The three with the longest week. The ids come from an index alone, so that a grade of
  /// thousands is not read.
  func topThree(of grade: Grade) async throws -> [Person] {
    try await people(
      """
      WHERE id IN (
        SELECT id FROM checkin_users WHERE studentid >= ? AND studentid < ?
        ORDER BY weektime DESC, id LIMIT 3)
      ORDER BY weektime DESC, id
      """, grade.prefix, grade.end)
  }

  /// The stays of a person, newest first.
  func stays(of person: Int, before id: Int = .max, limit: Int) async throws -> [Stay] {
    try await database.query(
      """
      SELECT \(Stay.columns) FROM checkin_records WHERE userid = ? AND id < ?
      ORDER BY id DESC LIMIT ?
      """, person, id, limit
    ).map { try Stay($0, zone) }
  }

  /// The grades that people are in, by their first two digits.
  func grades() async throws -> [Grade] {
    try await database.query(
      "SELECT DISTINCT substr(studentid, 1, 2) AS grade FROM checkin_users ORDER BY grade"
    ).compactMap { Grade(try $0.text("grade")) }
  }

  private func people(_ condition: String, _ arguments: any Bindable...) async throws -> [Person] {
    try await database.query(
      "SELECT \(Person.columns) FROM checkin_users \(condition)",
      arguments: arguments.map(\.boundValue)
    ).map { row throws(StoreError) in try Person(row, zone) }
  }
}
