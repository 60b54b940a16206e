internal import Storage

// Questions to the tables that change nothing.
extension Roll {
  func find(_ number: String) async throws -> Person? {
    guard Roll.isPlausible(number) else { return nil }
    return try await people("WHERE studentid = ?", number).first
  }

  func find(id: Int) async throws -> Person? { try await people("WHERE id = ?", id).first }

  /// Everybody who is present, by id.
  func present() async throws -> [Person] { try await people("WHERE status = 1 ORDER BY id") }

  /// Who is present since `moment` or longer.
  func present(since moment: Int64) async throws -> [String] {
    try await store.query(
      """
      SELECT studentid FROM checkin_users
      WHERE status = 1 AND (starttime IS NULL OR starttime <= ?) ORDER BY id
      """, moment
    ).map { try $0.text("studentid") }
  }

  func everybody() async throws -> [Person] { try await people("ORDER BY id") }

  /// Those of a grade, and only the present or only the absent if wished.
  func people(of grade: Grade, isPresent: Bool?) async throws -> [Person] {
    guard let isPresent else {
      return try await people(
        "WHERE studentid >= ? AND studentid < ? ORDER BY id", grade.prefix, grade.end)
    }
    return try await people(
      "WHERE studentid >= ? AND studentid < ? AND status = ? ORDER BY id", grade.prefix,
      grade.end, isPresent)
  }

  /// The whole answer to "who is here": to the documented call, or to the topic.
  func presentAnswer(isLive: Bool = false) async throws -> [UInt8] {
    try await board.presentAnswer(isLive: isLive) { try await present() }
  }

  /// The first three of a grade, and the answer that names them.
  func leaders(of grade: Grade) async throws -> (people: [Person], answer: [UInt8]) {
    try await board.leaders(of: grade) { try await topThree(of: grade) }
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

  /// Newest first.
  func stays(of person: Int, limit: Int) async throws -> [Stay] {
    try await store.query(
      """
      SELECT \(Stay.columns) FROM checkin_records WHERE userid = ? ORDER BY id DESC LIMIT ?
      """, person, limit
    ).map { try Stay($0, zone) }
  }

  /// The grades that people are in, by their first two digits.
  func grades() async throws -> [Grade] {
    try await store.query(
      "SELECT DISTINCT substr(studentid, 1, 2) AS grade FROM checkin_users ORDER BY grade"
    ).compactMap { Grade(try $0.text("grade")) }
  }

  private func people(_ condition: String, _ arguments: any Bindable...) async throws -> [Person] {
    try await store.query(
      "SELECT \(Person.columns) FROM checkin_users \(condition)",
      arguments: arguments.map(\.boundValue)
    ).map { row throws(StoreError) in try Person(row, zone) }
  }
}

/// The beginning of student numbers: `20`, `21`, or any other digits.
struct Grade: Sendable, Hashable {
  let prefix: String

  /// nil if `text` is not one to ten digits.
  init?(_ text: String) {
    guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    prefix = text
  }

  /// The grade that a number says by its first two digits.
  init?(of number: String) { self.init(String(number.prefix(2))) }

  /// The first text that does not begin with the prefix any more, in the order of bytes.
  var end: String {
    var bytes = Array(prefix.utf8)
    bytes[bytes.count - 1] += 1
    return String(decoding: bytes, as: UTF8.self)
  }

  func contains(_ number: String) -> Bool { number.hasPrefix(prefix) }
}
