internal import Storage

/// Second looks: everybody who is in scans once more, at a moment that nobody knows before.
///
/// Moments are Unix milliseconds.
struct LookStore: Sendable {
  static let withinMinutes: ClosedRange<Int64> = 1...240
  static let openMinutes: ClosedRange<Int64> = 1...30

  struct Look: Sendable, Equatable {
    let id: Int64
    let clockin: Int64
    let opens: Int64
    let closes: Int64

    init(_ row: Row) throws {
      id = try row.int64("id")
      clockin = try row.int64("clockin_id")
      opens = try row.int64("opens")
      closes = try row.int64("closes")
    }
  }

  private static let columns = "id, clockin_id, opens, closes"

  let store: any Store

  /// Plans a look. False while another one of the item is planned or open.
  func plan(_ clockin: Int64, opens: Int64, closes: Int64, at now: Int64) async throws -> Bool {
    try await store.write { tx in
      let pending = try tx.first(
        "SELECT 1 AS one FROM campus_looks WHERE clockin_id = ? AND closes >= ?", clockin, now)
      guard pending == nil else { return false }
      try tx.execute(
        "INSERT INTO campus_looks (clockin_id, opens, closes, told) VALUES (?, ?, ?, 0)", clockin,
        opens, closes)
      return true
    }
  }

  /// The looks that have begun and were not told yet; each comes once.
  func begun(at now: Int64) async throws -> [Look] {
    let waiting = try await store.first(
      "SELECT 1 AS one FROM campus_looks WHERE told = 0 AND opens <= ? LIMIT 1", now)
    guard waiting != nil else { return [] }
    return try await store.query(
      "UPDATE campus_looks SET told = 1 WHERE told = 0 AND opens <= ? RETURNING \(LookStore.columns)",
      now
    ).map { try Look($0) }
  }

  /// The look of an item that is open now.
  func open(of clockin: Int64, at now: Int64) async throws -> Look? {
    try await store.first(
      """
      SELECT \(LookStore.columns) FROM campus_looks
      WHERE clockin_id = ? AND opens <= ? AND closes >= ?
      """, clockin, now, now
    ).map { try Look($0) }
  }

  /// The newest look of an item that has begun, and the users who were seen by it.
  func latest(of clockin: Int64, at now: Int64) async throws -> (look: Look, seen: Set<Int64>)? {
    let row = try await store.first(
      """
      SELECT \(LookStore.columns) FROM campus_looks WHERE clockin_id = ? AND opens <= ?
      ORDER BY opens DESC LIMIT 1
      """, clockin, now)
    guard let look = try row.map({ try Look($0) }) else { return nil }
    let seen = try await store.query("SELECT user_id FROM campus_looked WHERE look_id = ?", look.id)
    return (look, Set(try seen.map { try $0.int64("user_id") }))
  }
}

extension Transaction {
  /// Notes that a user was seen by the look that is open, with the grace of a code. False if there
  /// is none, or the user was seen before.
  func noteLook(of user: Int64, on clockin: Int64, at arrival: Int64) throws -> Bool {
    let row = try first(
      "SELECT id FROM campus_looks WHERE clockin_id = ? AND opens <= ? AND closes >= ?", clockin,
      arrival, arrival - ClockinKeys.graceMilliseconds)
    guard let row else { return false }
    return try execute(
      """
      INSERT INTO campus_looked (look_id, user_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
      """, try row.int64("id"), user, arrival) == 1
  }
}
