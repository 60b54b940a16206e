internal import Storage

extension StudyStore {
  /// A page of one user's records; nil if there is no such user or page.
  func page(_ number: Int, of user: Int64) async throws -> StudyPage? {
    try await store.read { tx in
      let owner = try tx.first("SELECT records FROM study_users WHERE id = ?", user)
      guard let count = try owner?.int("records"), number <= StudyPage.pages(count) else {
        return nil
      }
      let studys = try tx.query(
        """
        SELECT \(Study.columns) FROM study_studys WHERE creator_id = ? AND number > ?
        ORDER BY number LIMIT ?
        """, user, (number - 1) * StudyPage.size, StudyPage.size
      ).map { try Study($0) }
      return StudyPage(number: number, count: count, studys: studys)
    }
  }

  /// A page of everybody's records; nil if there is no such page.
  func page(_ number: Int) async throws -> StudyPage? {
    try await store.read { tx in
      let all = try tx.first(
        "SELECT CAST(coalesce(sum(records), 0) AS BIGINT) AS count FROM study_users")
      let count = try all?.int("count") ?? 0
      guard number <= StudyPage.pages(count) else { return nil }
      return StudyPage(
        number: number, count: count, studys: try tx.studys(onPage: number, of: count))
    }
  }
}

extension StudyStore {
  /// No calendar needs more, and no user reaches it by hand.
  private static let mostSpans = 20_000

  /// The finished records of a user that touch `range`, as ranges of Unix seconds by their start.
  func spans(of user: Int64, _ range: Range<Int64>) async throws -> [Range<Int64>] {
    try await store.query(
      """
      SELECT start_time, end_time FROM study_studys
      WHERE creator_id = ? AND start_time < ? AND end_time > ? ORDER BY start_time LIMIT ?
      """, user, range.upperBound, range.lowerBound, StudyStore.mostSpans
    ).compactMap { row in
      let (start, end) = (try row.int64("start_time"), try row.int64("end_time"))
      return start < end ? start..<end : nil
    }
  }
}

extension Transaction {
  /// Ids have gaps where a transaction failed, so a page is found by counting from the nearer end.
  fileprivate func studys(onPage number: Int, of count: Int) throws -> [Study] {
    let before = (number - 1) * StudyPage.size
    let length = min(StudyPage.size, count - before)
    guard length > 0 else { return [] }
    let after = count - before - length
    let isNearStart = before <= after
    let rows = try query(
      """
      SELECT \(Study.columns) FROM study_studys ORDER BY id \(isNearStart ? "" : "DESC")
      LIMIT ? OFFSET ?
      """, length, isNearStart ? before : after)
    let studys = try rows.map { try Study($0) }
    return isNearStart ? studys : studys.reversed()
  }
}
