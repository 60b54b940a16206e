internal import JSON
internal import Storage

/// The live roll of a clock-in item: everybody who is enrolled or has a record, and who is in.
struct Roll: Sendable {
  struct Person: Sendable {
    let user: Int64
    let username: String
    let fullName: String
    let isEnrolled: Bool
    let record: Int64?
    let created: Moment?
    let isByHand: Bool
    /// The names of others whom the same phone clocked in at this activity.
    var sharesPhoneWith: [String] = []
    /// Whether the newest second look saw this person; nil without a look, or without a record.
    var isConfirmed: Bool?

    var json: JSONValue {
      [
        "user": .int(user), "username": .string(username), "fullname": .string(fullName),
        "is_enrolled": .bool(isEnrolled), "record": JSONValue(record),
        "created": JSONValue(created?.text), "is_by_hand": .bool(isByHand),
        "shares_phone_with": .array(sharesPhoneWith.map { .string($0) }),
        "is_confirmed": isConfirmed.map { JSONValue.bool($0) } ?? .null,
      ]
    }
  }

  let item: ClockinItem
  var people: [Person]

  /// Takes what the newest second look saw.
  mutating func take(_ seen: Set<Int64>) {
    for index in people.indices where people[index].record != nil {
      people[index].isConfirmed = seen.contains(people[index].user)
    }
  }

  var json: JSONObject {
    var object = item.json.object ?? [:]
    object["enrolled"] = JSONValue(people.count { $0.isEnrolled })
    object["people"] = .array(people.map(\.json))
    return object
  }
}

extension RecordStore {
  /// By staff number; nil if there is no such item. All of it is of one moment.
  func roll(of clockin: Int64, flagsSharedPhones: Bool) async throws -> Roll? {
    try await store.read { tx in
      guard let item = try tx.clockin(clockin) else { return nil }
      let shared = flagsSharedPhones ? try tx.sharedPhones(at: item.activity) : [:]
      let people = try tx.query(
        """
        SELECT u.id, u.username, u.last_name || u.first_name AS full_name, e.id AS enrollment,
          r.id AS record, r.created, (SELECT count(*) FROM campus_corrections c
            WHERE c.clockin_id = ?1 AND c.user_id = u.id AND c.kind = 'added'
            AND c.undone_at IS NULL AND c.record_at = r.created) AS by_hand
        FROM campus_users u
        LEFT JOIN campus_enrollments e ON e.user_id = u.id AND e.activity_id = ?2
        LEFT JOIN campus_clockin_records r ON r.user_id = u.id AND r.clockin_id = ?1
        WHERE e.id IS NOT NULL OR r.id IS NOT NULL ORDER BY u.username
        """, clockin, item.activity
      ).map { row in
        let user = try row.int64("id")
        return Roll.Person(
          user: user, username: try row.text("username"), fullName: try row.text("full_name"),
          isEnrolled: try row.optionalInt("enrollment") != nil,
          record: try row.optionalInt("record").map { Int64($0) },
          created: try row.optionalInt("created").map { Moment(microseconds: Int64($0)) },
          isByHand: try row.int("by_hand") > 0, sharesPhoneWith: shared[user] ?? [])
      }
      return Roll(item: item, people: people)
    }
  }
}

extension Transaction {
  /// Of each user of a phone that clocked in several at one activity, the names of the others.
  fileprivate func sharedPhones(at activity: Int64) throws -> [Int64: [String]] {
    let rows = try query(
      """
      SELECT DISTINCT r.user_id, u.username, u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_clockins i ON i.id = r.clockin_id
      JOIN campus_clockin_records o ON o.device = r.device AND o.user_id <> r.user_id
      JOIN campus_clockins oi ON oi.id = o.clockin_id AND oi.activity_id = i.activity_id
      JOIN campus_users u ON u.id = o.user_id
      WHERE i.activity_id = ? ORDER BY u.username
      """, activity)
    return try rows.reduce(into: [:]) { shared, row in
      shared[try row.int64("user_id"), default: []].append(try row.text("full_name"))
    }
  }
}
