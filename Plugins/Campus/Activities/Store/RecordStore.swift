internal import JSON
internal import Storage

/// The history of clock-ins, and corrections of it by hand.
struct RecordStore: Sendable {
  struct Filter: Sendable {
    var activity: Int64?
    var clockin: Int64?
    var user: Int64?
  }

  let store: any Store

  func count(_ filter: Filter) async throws -> Int {
    let (condition, arguments) = RecordStore.condition(filter)
    let rows = try await store.query(
      """
      SELECT count(*) AS number FROM campus_clockin_records r
      JOIN campus_clockins i ON i.id = r.clockin_id \(condition)
      """, arguments: arguments)
    return try rows.first?.int("number") ?? 0
  }

  /// The newest first.
  func list(_ filter: Filter, _ page: ListPage) async throws -> [JSONValue] {
    let (condition, arguments) = RecordStore.condition(filter)
    return try await store.query(
      """
      SELECT r.id, r.created, r.clockin_id, r.user_id, i.activity_id, i.label, u.username,
        u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_clockins i ON i.id = r.clockin_id
      JOIN campus_users u ON u.id = r.user_id \(condition) ORDER BY r.id DESC LIMIT ? OFFSET ?
      """,
      arguments: arguments + [.int(Int64(ListPage.size)), .int(Int64(page.offset))]
    ).map(RecordStore.json)
  }

  /// The names on an item, the newest first.
  func latest(of clockin: Int64, limit: Int) async throws -> [JSONValue] {
    try await store.query(
      """
      SELECT r.created, u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_users u ON u.id = r.user_id
      WHERE r.clockin_id = ? ORDER BY r.id DESC LIMIT ?
      """, clockin, limit
    ).map { row in
      [
        "fullname": .string(try row.text("full_name")),
        "created": .string(Moment(microseconds: try row.int64("created")).text),
      ]
    }
  }

  /// Adds a record without a scan. Throws the documented refusal of a second one.
  func add(_ user: Int64, to clockin: Int64, at now: Moment) async throws -> ClockinStore.Recorded {
    try await store.write { tx in
      guard let item = try tx.clockin(clockin) else {
        throw Refusal.field("clockin", FieldMessage.unknownKey(clockin))
      }
      guard try tx.first("SELECT 1 AS one FROM campus_users WHERE id = ?", user) != nil else {
        throw Refusal.field("user", FieldMessage.unknownKey(user))
      }
      guard let recorded = try tx.record(user, on: item, at: now) else {
        throw ClockinRefusal.repeated
      }
      return recorded
    }
  }

  /// The deleted record; nil if there is none.
  func delete(_ id: Int64) async throws -> (clockin: Int64, user: Int64)? {
    try await store.write { tx in
      let deleted = try tx.first(
        "DELETE FROM campus_clockin_records WHERE id = ? RETURNING clockin_id, user_id", id)
      guard let deleted else { return nil }
      let clockin = try deleted.int64("clockin_id")
      try tx.execute("UPDATE campus_clockins SET records = records - 1 WHERE id = ?", clockin)
      return (clockin, try deleted.int64("user_id"))
    }
  }

  private static func condition(_ filter: Filter) -> (String, [Value]) {
    let parts = [
      ("i.activity_id", filter.activity), ("r.clockin_id", filter.clockin),
      ("r.user_id", filter.user),
    ]
    let given = parts.compactMap { column, value in value.map { (column, $0) } }
    guard !given.isEmpty else { return ("", []) }
    let text = given.map { "\($0.0) = ?" }.joined(separator: " AND ")
    return ("WHERE \(text)", given.map { .int($0.1) })
  }

  private static func json(_ row: Row) throws -> JSONValue {
    [
      "id": .int(try row.int64("id")), "clockin": .int(try row.int64("clockin_id")),
      "activity": .int(try row.int64("activity_id")), "label": .string(try row.text("label")),
      "user": .int(try row.int64("user_id")), "username": .string(try row.text("username")),
      "fullname": .string(try row.text("full_name")),
      "created": .string(Moment(microseconds: try row.int64("created")).text),
    ]
  }
}
