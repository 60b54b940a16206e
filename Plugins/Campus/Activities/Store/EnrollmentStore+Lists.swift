internal import JSON
internal import Storage

// The back office.
extension EnrollmentStore {
  /// An enrolment with its user and the labels of the items that the user has done.
  struct Listed: Sendable {
    let enrollment: Enrollment
    let username: String
    let fullName: String
    var labels: Set<String> = []

    /// The documented object with the user's names and labels.
    var json: JSONValue {
      var object = enrollment.json.object ?? [:]
      object["username"] = .string(username)
      object["fullname"] = .string(fullName)
      object["clockins"] = .array(labels.sorted().map { .string($0) })
      return .object(object)
    }
  }

  /// The newest first, of one activity or user or of all.
  func all(of activity: Int64?, user: Int64?) async throws -> [Listed] {
    let parts = [("e.activity_id", activity), ("e.user_id", user)]
    let given = parts.compactMap { column, value in value.map { (column, $0) } }
    let condition = given.map { "AND \($0.0) = ?" }.joined(separator: " ")
    let rows = try await store.query(
      """
      SELECT \(Enrollment.columns), u.username, u.last_name || u.first_name AS full_name
      FROM campus_enrollments e JOIN campus_users u ON u.id = e.user_id
      WHERE e.id > 0 \(condition) ORDER BY e.id DESC
      """, arguments: given.map { .int($0.1) })
    let labels = try await labels(of: activity)
    return try rows.map { row in
      let enrollment = try Enrollment(row)
      return Listed(
        enrollment: enrollment, username: try row.text("username"),
        fullName: try row.text("full_name"),
        labels: labels[Person(enrollment.activity, enrollment.user)] ?? [])
    }
  }

  private struct Person: Hashable {
    let activity: Int64
    let user: Int64

    init(_ activity: Int64, _ user: Int64) { (self.activity, self.user) = (activity, user) }
  }

  private func labels(of activity: Int64?) async throws -> [Person: Set<String>] {
    let condition = activity == nil ? "" : "WHERE i.activity_id = ?"
    let rows = try await store.query(
      """
      SELECT i.activity_id, r.user_id, i.label FROM campus_clockin_records r
      JOIN campus_clockins i ON i.id = r.clockin_id \(condition)
      """, arguments: activity.map { [.int($0)] } ?? [])
    return try rows.reduce(into: [:]) { labels, row in
      let person = Person(try row.int64("activity_id"), try row.int64("user_id"))
      labels[person, default: []].insert(try row.text("label"))
    }
  }
}
