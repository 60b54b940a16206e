internal import JSON
internal import Storage

/// The activities as users see them.
struct ActivityStore: Sendable {
  /// The activities that a list shows to one user.
  enum Scope: Sendable {
    case open
    /// Those in which the user is enrolled, closed ones too.
    case enrolled
  }

  let store: any Store

  /// The ids of the activities whose names have these terms, the newest first.
  func ids(_ scope: Scope, of user: Int64, _ terms: SearchTerms) async throws -> [Int64] {
    let rows =
      switch scope {
      case .open:
        try await store.query(
          """
          SELECT id, name FROM campus_activities WHERE open_for_enrollment = 1 ORDER BY id DESC
          """)
      case .enrolled:
        try await store.query(
          """
          SELECT a.id, a.name FROM campus_activities a
          JOIN campus_enrollments e ON e.activity_id = a.id
          WHERE e.user_id = ? ORDER BY a.id DESC
          """, user)
      }
    return try rows.compactMap { row in
      terms.match([try row.text("name")]) ? try row.int64("id") : nil
    }
  }

  /// The documented objects of these activities, the newest first.
  func objects(_ ids: some Collection<Int64> & Sendable, for user: Int64) async throws
    -> [JSONValue]
  {
    guard !ids.isEmpty else { return [] }
    let rows = try await store.query(
      """
      SELECT \(Activity.columns), \(ActivityStore.isEnrolled) FROM campus_activities a
      WHERE a.id IN (\(SQLText.marks(ids.count))) ORDER BY a.id DESC
      """, arguments: [.int(user)] + ids.map { .int($0) })
    return try rows.map { row in
      try Activity(row).json(isEnrolled: try row.int("is_enrolled") > 0)
    }
  }

  /// An activity and whether the user is enrolled in it.
  func find(_ id: Int64, for user: Int64) async throws -> (activity: Activity, isEnrolled: Bool)? {
    let row = try await store.first(
      """
      SELECT \(Activity.columns), \(ActivityStore.isEnrolled) FROM campus_activities a
      WHERE a.id = ?
      """, user, id)
    return try row.map { (try Activity($0), try $0.int("is_enrolled") > 0) }
  }

  func find(_ id: Int64) async throws -> Activity? {
    try await store.read { tx in try tx.activity(id) }
  }

  private static let isEnrolled = """
    (SELECT count(*) FROM campus_enrollments e
     WHERE e.activity_id = a.id AND e.user_id = ?) AS is_enrolled
    """
}

extension Transaction {
  func activity(_ id: Int64) throws -> Activity? {
    try first("SELECT \(Activity.columns) FROM campus_activities a WHERE a.id = ?", id)
      .map { try Activity($0) }
  }
}
