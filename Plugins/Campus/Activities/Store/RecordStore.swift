internal import JSON
internal import Storage

/// The history of clock-ins.
struct RecordStore: Sendable {
  struct Filter: Sendable {
    var activity: Int64?
    var clockin: Int64?
    var user: Int64?

    /// A `WHERE` clause over the rows of an item `i` and of a table with a user and an item.
    func condition(of table: String) -> (String, [Value]) {
      let parts = [
        ("i.activity_id", activity), ("\(table).clockin_id", clockin), ("\(table).user_id", user),
      ]
      let given = parts.compactMap { column, value in value.map { (column, $0) } }
      guard !given.isEmpty else { return ("", []) }
      let text = given.map { "\($0.0) = ?" }.joined(separator: " AND ")
      return ("WHERE \(text)", given.map { .int($0.1) })
    }
  }

  let store: any Store

  func count(_ filter: Filter) async throws -> Int {
    let (condition, arguments) = filter.condition(of: "r")
    let rows = try await store.query(
      """
      SELECT count(*) AS number FROM campus_clockin_records r
      JOIN campus_clockins i ON i.id = r.clockin_id \(condition)
      """, arguments: arguments)
    return try rows.first?.int("number") ?? 0
  }

  /// The newest first.
  func list(_ filter: Filter, _ page: ListPage) async throws -> [JSONValue] {
    let (condition, arguments) = filter.condition(of: "r")
    return try await store.query(
      """
      SELECT r.id, r.created, r.clockin_id, r.user_id, i.activity_id, i.label, u.username,
        u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_clockins i ON i.id = r.clockin_id
      JOIN campus_users u ON u.id = r.user_id \(condition) ORDER BY r.id DESC LIMIT ? OFFSET ?
      """,
      arguments: arguments + page.bounds
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

  /// The item of a record; nil if there is no such record.
  func item(of record: Int64) async throws -> Int64? {
    try await store.first("SELECT clockin_id FROM campus_clockin_records WHERE id = ?", record)?
      .int64("clockin_id")
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
