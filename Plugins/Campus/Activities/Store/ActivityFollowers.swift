internal import Storage

/// The accounts that are told who clocks in at an activity: administrators who have subscribed to
/// it, and the staff of its items. A name that is not subscribed any more does no harm.
struct ActivityFollowers: Sendable {
  let store: any Store

  /// Notes whether an account that subscribes may see clock-ins.
  func note(_ account: Int64, of activity: Int64, isAdministrator: Bool) async throws {
    let isKnown =
      try await store.first(
        "SELECT 1 AS one FROM campus_activity_followers WHERE activity_id = ? AND account = ?",
        activity, account) != nil
    guard isKnown != isAdministrator else { return }
    let sql =
      isAdministrator
      ? """
      INSERT INTO campus_activity_followers (activity_id, account) VALUES (?, ?)
      ON CONFLICT DO NOTHING
      """ : "DELETE FROM campus_activity_followers WHERE activity_id = ? AND account = ?"
    try await store.execute(sql, activity, account)
  }

  /// Under the names that the hub gives to accounts.
  func hubUsers(of activity: Int64) async throws -> [String] {
    try await store.query(
      """
      SELECT account FROM campus_activity_followers WHERE activity_id = ?1
      UNION SELECT u.account FROM campus_clockin_staff s
      JOIN campus_clockins i ON i.id = s.clockin_id JOIN campus_users u ON u.id = s.user_id
      WHERE i.activity_id = ?1 AND u.account IS NOT NULL
      """, activity
    ).map { "u\(try $0.int64("account"))" }
  }
}
