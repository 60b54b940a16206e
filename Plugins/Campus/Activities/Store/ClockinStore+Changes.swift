internal import JSON
internal import Storage

// The back office.
extension ClockinStore {
  /// The items of one activity or of all; only those whose staff `user` is, if it is given.
  func list(of activity: Int64?, staff user: Int64?) async throws -> [ClockinItem] {
    var (conditions, arguments): ([String], [Value]) = ([], [])
    if let activity {
      conditions.append("i.activity_id = ?")
      arguments.append(.int(activity))
    }
    if let user {
      conditions.append(
        "i.id IN (SELECT clockin_id FROM campus_clockin_staff WHERE user_id = ?)")
      arguments.append(.int(user))
    }
    let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return try await store.query(
      """
      SELECT \(ClockinItem.columns) FROM campus_clockins i \(condition)
      ORDER BY i.activity_id DESC, i.from_time, i.id
      """, arguments: arguments
    ).map { try ClockinItem($0) }
  }

  func create(_ draft: ClockinDraft, at now: Moment) async throws -> ClockinItem {
    try await unlessLabelTaken {
      try await store.write { tx in
        guard try tx.activity(draft.activity) != nil else {
          throw Refusal.field("activity", FieldMessage.unknownKey(draft.activity))
        }
        let id = try tx.insert(
          """
          INSERT INTO campus_clockins (activity_id, label, from_time, to_time, created, changed)
          VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING id
          """, draft.activity, draft.label, draft.from.microseconds, draft.to.microseconds,
          now.microseconds)
        return try tx.clockin(Int64(id)).orMissing()
      }
    }
  }

  /// Nil if there is no such item. The age of its code stays as it is.
  func change(
    _ id: Int64, at now: Moment, _ draft: @escaping @Sendable (ClockinItem) throws -> ClockinDraft
  ) async throws -> ClockinItem? {
    try await unlessLabelTaken {
      try await store.write { tx in
        guard let current = try tx.clockin(id) else { return nil }
        let draft = try draft(current)
        try tx.execute(
          """
          UPDATE campus_clockins SET label = ?, from_time = ?, to_time = ?, changed = ?
          WHERE id = ?
          """, draft.label, draft.from.microseconds, draft.to.microseconds, now.microseconds, id)
        return try tx.clockin(id)
      }
    }
  }

  /// Also deletes the records. False if there is no such item.
  func delete(_ id: Int64) async throws -> Bool {
    try await store.execute("DELETE FROM campus_clockins WHERE id = ?", id) == 1
  }

  private func unlessLabelTaken<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch let error as StoreError where error.code == .unique {
      throw Refusal.field("label", "该活动已存在同名的打卡项。")
    }
  }
}
