internal import Storage

// The back office.
extension ActivityStore {
  /// All activities, the newest first.
  func all(_ terms: SearchTerms) async throws -> [Activity] {
    try await store.query(
      "SELECT \(Activity.columns) FROM campus_activities a ORDER BY a.id DESC"
    ).map { try Activity($0) }.filter { terms.match([$0.name]) }
  }

  func create(_ draft: ActivityDraft, at now: Moment) async throws -> Activity {
    try await unlessNameTaken {
      try await store.write { tx in
        let id = try tx.insert(
          """
          INSERT INTO campus_activities (name, description, location, time_start, time_end,
            form_metas, open_for_enrollment, participants_limit, created)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
          """, draft.name, draft.description, draft.location, draft.start.microseconds,
          draft.end.microseconds, draft.form, draft.isOpen, draft.limit, now.microseconds)
        return try tx.activity(Int64(id))
      }
    }.orMissing()
  }

  /// Nil if there is no such activity. The draft is made inside of the transaction, so that of two
  /// changes at once none is lost.
  func change(
    _ id: Int64, _ draft: @escaping @Sendable (Activity) throws -> ActivityDraft
  ) async throws -> Activity? {
    try await unlessNameTaken {
      try await store.write { tx in
        guard let current = try tx.activity(id) else { return nil }
        let draft = try draft(current)
        try tx.execute(
          """
          UPDATE campus_activities SET name = ?, description = ?, location = ?, time_start = ?,
            time_end = ?, form_metas = ?, open_for_enrollment = ?, participants_limit = ?
          WHERE id = ?
          """, draft.name, draft.description, draft.location, draft.start.microseconds,
          draft.end.microseconds, draft.form, draft.isOpen, draft.limit, id)
        return try tx.activity(id)
      }
    }
  }

  /// Also deletes the enrolments, the items and the records. False if there is no such activity.
  func delete(_ id: Int64) async throws -> Bool {
    try await store.execute("DELETE FROM campus_activities WHERE id = ?", id) == 1
  }

  private func unlessNameTaken<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch let error as StoreError where error.code == .unique {
      throw Refusal.field("name", "具有该名称的活动已存在。")
    }
  }
}

extension Optional {
  /// The row that was just written.
  func orMissing() throws -> Wrapped {
    guard let self else { throw StoreError(.mismatch, "a row that was just written is missing") }
    return self
  }
}
