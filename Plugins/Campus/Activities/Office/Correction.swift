internal import JSON
internal import Storage

/// A correction of the history by hand: a record that was added or removed, and why.
struct Correction: Sendable, Equatable {
  enum Kind: String, Sendable { case added, removed }

  static let longestReason = 200
  static let columns = """
    c.id, c.clockin_id, c.user_id, c.kind, c.record_at, c.reason, c.actor, c.at, c.undone_at,
    i.activity_id, i.label, u.username, u.last_name || u.first_name AS full_name
    """
  static let tables = """
    campus_corrections c JOIN campus_clockins i ON i.id = c.clockin_id
    JOIN campus_users u ON u.id = c.user_id
    """

  let id: Int64
  let clockin: Int64
  let activity: Int64
  let label: String
  let user: Int64
  let username: String
  let fullName: String
  let kind: Kind
  /// The moment that the record has or had.
  let recordAt: Moment
  let reason: String
  /// The name of the person who corrected.
  let actor: String
  let at: Moment
  let undoneAt: Moment?

  init(_ row: Row) throws {
    id = try row.int64("id")
    clockin = try row.int64("clockin_id")
    activity = try row.int64("activity_id")
    label = try row.text("label")
    user = try row.int64("user_id")
    username = try row.text("username")
    fullName = try row.text("full_name")
    kind = Kind(rawValue: try row.text("kind")) ?? .removed
    recordAt = Moment(microseconds: try row.int64("record_at"))
    reason = try row.text("reason")
    actor = try row.text("actor")
    at = Moment(microseconds: try row.int64("at"))
    undoneAt = try row.optionalInt("undone_at").map { Moment(microseconds: Int64($0)) }
  }

  var json: JSONValue {
    [
      "id": .int(id), "clockin": .int(clockin), "activity": .int(activity),
      "label": .string(label), "user": .int(user), "username": .string(username),
      "fullname": .string(fullName), "kind": .string(kind.rawValue),
      "record_at": .string(recordAt.text), "reason": .string(reason), "actor": .string(actor),
      "at": .string(at.text), "undone_at": JSONValue(undoneAt?.text),
    ]
  }
}

/// Why somebody corrects, and who.
struct CorrectionNote: Sendable {
  let reason: String
  let actor: String
  let at: Moment
}
