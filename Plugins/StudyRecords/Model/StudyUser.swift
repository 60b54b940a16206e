internal import JSON
internal import Storage

/// A user of this system. The password and the mail address belong to the account.
struct StudyUser: Sendable, Hashable {
  static let columns = "id, username, member_since, last_seen"

  let id: Int64
  let name: String
  let memberSince: Moment
  var lastSeen: Moment

  init(_ row: Row) throws(StoreError) {
    id = try row.int64("id")
    name = try row.text("username")
    memberSince = Moment(seconds: try row.unixSeconds("member_since"))
    lastSeen = Moment(seconds: try row.unixSeconds("last_seen"))
  }

  /// The documented object.
  func json(_ links: Links) -> JSONValue {
    [
      "last_seen": .string(lastSeen.text), "member_since": .string(memberSince.text),
      "studys": .string(links.studys(of: id)), "url": .string(links.user(id)),
      "username": .string(name),
    ]
  }
}
