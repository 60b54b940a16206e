internal import JSON
internal import Storage

/// A screen that shows the code of an item, as it last reported itself.
struct Screen: Sendable, Equatable {
  enum State: String, Sendable {
    /// It shows a code that counts.
    case current
    /// It reports that it shows an old code, or none.
    case outdated
    /// It has reported nothing for too long.
    case silent
  }

  /// A screen reports every 15 seconds; two reports may be lost.
  static let silenceMilliseconds: Int64 = 40_000
  static let keptMilliseconds: Int64 = 86_400_000
  static let mostOfItem = 100
  static let longestName = 64

  static let columns = """
    s.id, s.clockin_id, s.user_id, s.state, s.since, s.seen, i.activity_id, i.label,
    a.name AS activity_name, u.last_name || u.first_name AS full_name
    """
  static let tables = """
    campus_screens s JOIN campus_clockins i ON i.id = s.clockin_id
    JOIN campus_activities a ON a.id = i.activity_id JOIN campus_users u ON u.id = s.user_id
    """

  /// Chosen by the screen.
  let id: String
  let clockin: Int64
  let activity: Int64
  let activityName: String
  let label: String
  /// The user who is logged in on it.
  let user: Int64
  let fullName: String
  let state: State
  /// Unix milliseconds.
  let since: Int64
  let seen: Int64

  init(_ row: Row) throws {
    id = try row.text("id")
    clockin = try row.int64("clockin_id")
    activity = try row.int64("activity_id")
    activityName = try row.text("activity_name")
    label = try row.text("label")
    user = try row.int64("user_id")
    fullName = try row.text("full_name")
    state = State(rawValue: try row.text("state")) ?? .silent
    since = try row.int64("since")
    seen = try row.int64("seen")
  }

  var isStale: Bool { state != .current }

  var fields: JSONObject {
    [
      "screen": .string(id), "clockin": .int(clockin), "activity": .int(activity),
      "activity_name": .string(activityName), "label": .string(label), "user": .int(user),
      "fullname": .string(fullName), "state": .string(state.rawValue),
      "since": .string(Moment(milliseconds: since).text),
      "seen": .string(Moment(milliseconds: seen).text),
    ]
  }

  /// Letters, digits and hyphens.
  static func isUsable(_ id: String) -> Bool {
    (1...longestName).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        switch byte {
        case 45, 48...57, 65...90, 97...122: true
        default: false
        }
      }
  }
}

extension ClockinKeys {
  /// Whether a screen that shows the key of this age shows one that counts.
  func counts(shownSince createdAt: Int64, at now: Int64) -> Bool {
    let key = [current, previous].compactMap(\.self).first { $0.createdAt == createdAt }
    return key.map { judge($0.text, arrivedAt: now) == .good } ?? false
  }
}
