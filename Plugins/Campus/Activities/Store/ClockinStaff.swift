internal import JSON
internal import Storage

/// The users who may show and watch the QR code of an item, beside the administrators.
struct ClockinStaff: Sendable {
  let store: any Store

  func isStaff(_ user: Int64, of item: Int64) async throws -> Bool {
    try await store.first(
      "SELECT 1 AS one FROM campus_clockin_staff WHERE clockin_id = ? AND user_id = ?", item, user
    ) != nil
  }

  func list(of item: Int64) async throws -> [JSONValue] {
    try await store.query(
      """
      SELECT u.id, u.username, u.last_name || u.first_name AS full_name
      FROM campus_clockin_staff s JOIN campus_users u ON u.id = s.user_id
      WHERE s.clockin_id = ? ORDER BY u.id
      """, item
    ).map { row in
      [
        "user": .int(try row.int64("id")), "username": .string(try row.text("username")),
        "fullname": .string(try row.text("full_name")),
      ]
    }
  }

  /// False if the item or the user does not exist.
  func add(_ user: Int64, to item: Int64) async throws -> Bool {
    try await store.write { tx in
      let isThere = try tx.first(
        "SELECT 1 AS one FROM campus_clockins i, campus_users u WHERE i.id = ? AND u.id = ?",
        item, user)
      guard isThere != nil else { return false }
      try tx.execute(
        """
        INSERT INTO campus_clockin_staff (clockin_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING
        """, item, user)
      return true
    }
  }

  /// False if the user was not staff of the item.
  func remove(_ user: Int64, from item: Int64) async throws -> Bool {
    try await store.execute(
      "DELETE FROM campus_clockin_staff WHERE clockin_id = ? AND user_id = ?", item, user) == 1
  }
}
