internal import Storage

/// The records. The database decides between concurrent calls, each in one transaction.
struct StudyStore: Sendable {
  /// The newest open records in a snapshot.
  private static let mostOpen = 100

  let store: any Store
  let anchors: PageAnchors

  init(store: any Store) {
    self.store = store
    anchors = PageAnchors(store: store)
  }

  /// A new open record; nil if `onlyOne` may be open and another is.
  func start(by user: Int64, at moment: Moment, onlyOne: Bool) async throws -> Study? {
    let condition = onlyOne ? " AND open_records = 0" : ""
    return try await store.write { tx in
      let counted = try tx.first(
        """
        UPDATE study_users SET records = records + 1, open_records = open_records + 1
        WHERE id = ?\(condition) RETURNING records
        """, user)
      guard let counted else { return nil }
      let id = try tx.insert(
        """
        INSERT INTO study_studys (creator_id, number, start_time) VALUES (?, ?, ?) RETURNING id
        """, user, try counted.int("records"), moment.seconds)
      return Study(id: Int64(id), creator: user, start: moment)
    }
  }

  enum Finish: Sendable {
    case finished(Study, seconds: Int64)
    case unknown
    case notTheirs
    case finishedBefore
    case endsTooEarly
  }

  /// Closes a record once. Without an end it ends now, or at its start if that is later.
  ///
  /// An end that could not be read is thrown only after the documented checks before it.
  func finish(
    _ id: Int64, by user: Int64?, seesAll: Bool, at end: Result<Moment?, any Error>, now: Moment
  ) async throws -> Finish {
    try await store.write { tx in
      guard var study = try tx.study(id) else { return .unknown }
      guard study.creator == user else { return seesAll ? .notTheirs : .unknown }
      guard study.end == nil else { return .finishedBefore }
      let end = try end.get() ?? max(now, study.start)
      guard end >= study.start else { return .endsTooEarly }
      let changed = try tx.execute(
        "UPDATE study_studys SET end_time = ? WHERE id = ? AND end_time IS NULL", end.seconds, id)
      guard changed == 1 else { return .finishedBefore }
      try tx.execute(
        "UPDATE study_users SET open_records = open_records - 1 WHERE id = ?", study.creator)
      study.end = end
      return .finished(study, seconds: end.seconds - study.start.seconds)
    }
  }

  func find(_ id: Int64) async throws -> Study? {
    let row = try await store.first(
      "SELECT \(Study.columns) FROM study_studys WHERE id = ?", id)
    return try row.map { try Study($0) }
  }

  /// The open records of a user, the oldest first.
  func open(of user: Int64) async throws -> [Study] {
    let newest = try await store.query(
      """
      SELECT \(Study.columns) FROM study_studys WHERE creator_id = ? AND end_time IS NULL
      ORDER BY id DESC LIMIT ?
      """, user, StudyStore.mostOpen
    ).map { try Study($0) }
    return newest.reversed()
  }

  /// The number of users with an open record.
  func studying() async throws -> Int {
    let row = try await store.first(
      "SELECT count(*) AS studying FROM study_users WHERE open_records > 0")
    return try row?.int("studying") ?? 0
  }
}

extension Transaction {
  fileprivate func study(_ id: Int64) throws -> Study? {
    try first("SELECT \(Study.columns) FROM study_studys WHERE id = ?", id).map { try Study($0) }
  }
}
