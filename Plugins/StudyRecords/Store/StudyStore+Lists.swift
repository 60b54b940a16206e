internal import Storage

extension StudyStore {
  /// A page of one user's records; nil if there is no such user or page.
  func page(_ number: Int, of user: Int64) async throws -> StudyPage? {
    try await store.read { tx in
      let owner = try tx.first("SELECT records FROM study_users WHERE id = ?", user)
      guard let count = try owner?.int("records", in: StudyPage.counts),
        number <= StudyPage.pages(count)
      else { return nil }
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
    let all = try await store.first(
      "SELECT CAST(coalesce(sum(records), 0) AS BIGINT) AS count FROM study_users")
    let count = try all?.int("count", in: StudyPage.counts) ?? 0
    guard number <= StudyPage.pages(count) else { return nil }
    let anchor = try await anchors.anchor(before: (number - 1) * StudyPage.size, of: count)
    let studys = try await store.read { tx in try tx.studys(onPage: number, of: count, anchor) }
    return StudyPage(number: number, count: count, studys: studys)
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
      let (start, end) = (try row.unixSeconds("start_time"), try row.unixSeconds("end_time"))
      return start < end ? start..<end : nil
    }
  }
}

extension Transaction {
  /// Ids have gaps where a transaction failed, so a page is counted off: from the end if that is
  /// near, else from an anchor.
  fileprivate func studys(
    onPage number: Int, of count: Int, _ anchor: PageAnchors.Anchor
  ) throws -> [Study] {
    let before = (number - 1) * StudyPage.size
    let length = min(StudyPage.size, count - before)
    guard length > 0 else { return [] }
    let (skipped, after) = (before - anchor.count, count - before - length)
    if after < skipped {
      let rows = try query(
        "SELECT \(Study.columns) FROM study_studys ORDER BY id DESC LIMIT ? OFFSET ?", length,
        after)
      return try rows.map { try Study($0) }.reversed()
    }
    return try query(
      "SELECT \(Study.columns) FROM study_studys WHERE id > ? ORDER BY id LIMIT ? OFFSET ?",
      anchor.id, length, skipped
    ).map { try Study($0) }
  }
}
