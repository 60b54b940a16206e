internal import JSON
internal import Storage

/// The enrolments. The database decides about limits and duplicates, each in one transaction.
struct EnrollmentStore: Sendable {
  /// A stored change, and the activity as it is then.
  struct Change: Sendable {
    let enrollment: Enrollment
    let activity: Activity
  }

  let store: any Store

  /// Throws the documented refusals. Staff who enrol somebody else are not held up by a closed or
  /// ended enrolment.
  func enrol(
    _ user: Int64, in id: Int64, answers: String, at now: Moment, onBehalf: Bool = false
  ) async throws -> Change {
    if !onBehalf {
      guard let activity = try await store.read({ tx in try tx.activity(id) }) else {
        throw Refusal.field("activity", FieldMessage.unknownKey(id))
      }
      try EnrollmentRefusal.check(activity, at: now, field: "activity")
    }
    return try await store.write { tx in
      guard let activity = try tx.activity(id) else {
        throw Refusal.field("activity", FieldMessage.unknownKey(id))
      }
      if !onBehalf {
        try EnrollmentRefusal.check(activity, at: now, field: "non_field_errors")
      } else if let limit = activity.limit, activity.enrollments >= limit {
        throw Refusal.nonField(EnrollmentRefusal.full)
      }
      guard try !tx.isEnrolled(user, in: id) else { throw EnrollmentRefusal.repeated }
      let cleaned = try EnrollmentRefusal.cleaned(answers, for: activity)
      return try tx.insert(user, into: id, cleaned, at: now)
    }
  }

  /// Nil if it is not there, or of somebody else than `user`.
  func delete(_ id: Int64, of user: Int64?) async throws -> Change? {
    try await store.write { tx in
      let row = try tx.first(
        "SELECT \(Enrollment.columns) FROM campus_enrollments e WHERE e.id = ?", id)
      guard let enrollment = try row.map({ try Enrollment($0) }),
        user == nil || enrollment.user == user,
        try tx.execute("DELETE FROM campus_enrollments WHERE id = ?", id) == 1
      else { return nil }
      return Change(
        enrollment: enrollment, activity: try tx.count(-1, in: enrollment.activity))
    }
  }

  func find(_ id: Int64, of user: Int64) async throws -> Enrollment? {
    try await store.first(
      """
      SELECT \(Enrollment.columns) FROM campus_enrollments e WHERE e.id = ? AND e.user_id = ?
      """, id, user
    ).map { try Enrollment($0) }
  }

  func count(of user: Int64) async throws -> Int {
    let row = try await store.first(
      "SELECT count(*) AS number FROM campus_enrollments WHERE user_id = ?", user)
    return try row?.int("number") ?? 0
  }

  /// The newest first.
  func list(of user: Int64, _ page: ListPage) async throws -> [Enrollment] {
    try await store.query(
      """
      SELECT \(Enrollment.columns) FROM campus_enrollments e WHERE e.user_id = ?
      ORDER BY e.id DESC LIMIT ? OFFSET ?
      """, user, ListPage.size, page.offset
    ).map { try Enrollment($0) }
  }
}

extension Transaction {
  func isEnrolled(_ user: Int64, in activity: Int64) throws -> Bool {
    try first(
      "SELECT 1 AS one FROM campus_enrollments WHERE activity_id = ? AND user_id = ?", activity,
      user) != nil
  }

  fileprivate func insert(
    _ user: Int64, into activity: Int64, _ answers: String, at now: Moment
  ) throws -> EnrollmentStore.Change {
    let changed = try count(1, in: activity)
    let id = try insert(
      """
      INSERT INTO campus_enrollments (activity_id, user_id, enroll_time, participating_metas)
      VALUES (?, ?, ?, ?) RETURNING id
      """, activity, user, now.microseconds, answers)
    return EnrollmentStore.Change(
      enrollment: Enrollment(
        id: Int64(id), activity: activity, user: user, time: now, answers: answers),
      activity: changed)
  }

  fileprivate func count(_ difference: Int, in activity: Int64) throws -> Activity {
    try execute(
      "UPDATE campus_activities SET enrollments = enrollments + ? WHERE id = ?", difference,
      activity)
    guard let changed = try self.activity(activity) else {
      throw StoreError(.mismatch, "the activity of an enrolment is missing")
    }
    return changed
  }
}
