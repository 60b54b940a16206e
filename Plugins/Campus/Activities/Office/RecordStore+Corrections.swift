internal import Storage

// Corrections of the history. Each is kept beside the record that it adds or removes, in one
// transaction with it.
extension RecordStore {
  static let undoneBefore = Refusal.detail("该更正已撤销。")
  static let changedSince = Refusal.detail("该打卡记录已再次变更，无法撤销。")

  /// A change of the records, for the topics.
  enum Change: Sendable {
    case recorded(ClockinStore.Recorded)
    case removed(ClockinStore.Removed)
  }

  /// Adds a record without a scan. Throws the documented refusal of a second one.
  func add(
    _ user: Int64, to clockin: Int64, _ note: CorrectionNote
  ) async throws -> ClockinStore.Recorded {
    try await store.write { tx in
      guard let item = try tx.clockin(clockin) else {
        throw Refusal.field("clockin", FieldMessage.unknownKey(clockin))
      }
      guard try tx.first("SELECT 1 AS one FROM campus_users WHERE id = ?", user) != nil else {
        throw Refusal.field("user", FieldMessage.unknownKey(user))
      }
      guard let recorded = try tx.record(user, on: item, at: note.at) else {
        throw ClockinRefusal.repeated
      }
      try tx.keep(.added, of: user, on: clockin, recordAt: note.at, note)
      return recorded
    }
  }

  /// Removes a record; nil if there is none.
  func delete(_ id: Int64, _ note: CorrectionNote) async throws -> ClockinStore.Removed? {
    try await store.write { tx in
      let row = try tx.first(
        "SELECT clockin_id, user_id FROM campus_clockin_records WHERE id = ?", id)
      guard let row,
        let removed = try tx.removeRecord(
          of: try row.int64("user_id"), on: try row.int64("clockin_id"))
      else { return nil }
      try tx.keep(
        .removed, of: removed.user, on: removed.clockin, recordAt: removed.created, note)
      return removed
    }
  }

  /// Takes a correction back: a removed record returns with its own moment. Nil if there is no such
  /// correction; throws a 400 if it was undone before, or the record has changed since.
  func undo(_ id: Int64, at now: Moment) async throws -> Change? {
    try await store.write { tx in
      guard let correction = try tx.correction(id) else { return nil }
      let marked = try tx.execute(
        "UPDATE campus_corrections SET undone_at = ? WHERE id = ? AND undone_at IS NULL",
        now.microseconds, id)
      guard marked == 1 else { throw RecordStore.undoneBefore }
      switch correction.kind {
      case .added:
        guard let removed = try tx.removeRecord(of: correction.user, on: correction.clockin) else {
          throw RecordStore.changedSince
        }
        return .removed(removed)
      case .removed:
        guard let item = try tx.clockin(correction.clockin),
          let recorded = try tx.record(correction.user, on: item, at: correction.recordAt)
        else { throw RecordStore.changedSince }
        return .recorded(recorded)
      }
    }
  }

  func correction(_ id: Int64) async throws -> Correction? {
    try await store.read { tx in try tx.correction(id) }
  }

  func countCorrections(_ filter: Filter) async throws -> Int {
    let (condition, arguments) = filter.condition(of: "c")
    let rows = try await store.query(
      "SELECT count(*) AS number FROM \(Correction.tables) \(condition)", arguments: arguments)
    return try rows.first?.int("number") ?? 0
  }

  /// The newest first.
  func corrections(_ filter: Filter, _ page: ListPage) async throws -> [Correction] {
    let (condition, arguments) = filter.condition(of: "c")
    return try await store.query(
      """
      SELECT \(Correction.columns) FROM \(Correction.tables) \(condition)
      ORDER BY c.id DESC LIMIT ? OFFSET ?
      """, arguments: arguments + page.bounds
    ).map { try Correction($0) }
  }
}

extension Transaction {
  fileprivate func correction(_ id: Int64) throws -> Correction? {
    try first("SELECT \(Correction.columns) FROM \(Correction.tables) WHERE c.id = ?", id)
      .map { try Correction($0) }
  }

  fileprivate func keep(
    _ kind: Correction.Kind, of user: Int64, on clockin: Int64, recordAt: Moment,
    _ note: CorrectionNote
  ) throws {
    try execute(
      """
      INSERT INTO campus_corrections (clockin_id, user_id, kind, record_at, reason, actor, at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, clockin, user, kind.rawValue, recordAt.microseconds, note.reason, note.actor,
      note.at.microseconds)
  }

  /// Nil if the user has no record on the item.
  fileprivate func removeRecord(
    of user: Int64, on clockin: Int64
  ) throws -> ClockinStore.Removed? {
    let deleted = try first(
      """
      DELETE FROM campus_clockin_records WHERE user_id = ? AND clockin_id = ?
      RETURNING created
      """, user, clockin)
    guard let deleted else { return nil }
    try execute("UPDATE campus_clockins SET records = records - 1 WHERE id = ?", clockin)
    let name = try first(
      "SELECT last_name || first_name AS full_name FROM campus_users WHERE id = ?", user)
    guard let item = try self.clockin(clockin), let name else {
      throw StoreError(.mismatch, "the item or the user of a record is missing")
    }
    return ClockinStore.Removed(
      clockin: clockin, activity: item.activity, label: item.label, user: user,
      fullName: try name.text("full_name"),
      created: Moment(microseconds: try deleted.int64("created")), total: item.records)
  }
}
