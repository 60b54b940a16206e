internal import JSON
internal import Storage

/// A room that a user has for a half-open span of time.
struct Reservation: Sendable, Hashable {
  static let columns = """
    r.id, r.user_id, r.reserve_from, r.reserve_to, r.description, u.username, u.last_name,
    u.first_name, \(MeetingRoom.columns)
    """
  static let tables = """
    campus_reservations r JOIN campus_meetingrooms m ON m.id = r.room_id
    JOIN campus_users u ON u.id = r.user_id
    """

  let id: Int64
  let user: Int64
  let room: MeetingRoom
  let from: Moment
  let to: Moment
  let description: String
  /// `20120001-陈伟`
  let holder: String

  init(_ row: Row) throws(StoreError) {
    id = try row.int64("id")
    user = try row.int64("user_id")
    room = try MeetingRoom(row)
    from = Moment(microseconds: try row.int64("reserve_from"))
    to = Moment(microseconds: try row.int64("reserve_to"))
    description = try row.text("description")
    let name = PersonName(last: try row.text("last_name"), first: try row.text("first_name"))
    holder = "\(try row.text("username"))-\(name.full)"
  }

  /// The documented object.
  var json: JSONValue {
    [
      "id": .int(id), "user": .int(user), "meetingroom": .object(room.json),
      "reserve_from": .string(from.text), "reserve_to": .string(to.text),
      "description": .string(description),
    ]
  }

  var span: Range<Moment> { from..<max(from, to) }
}

/// Whether the holder and the purpose of a reservation are shown to others.
struct TitlePolicy: Sendable {
  static let hidden = "已预约"

  let isPrivate: Bool

  /// The form of doors and pages.
  func entry(_ reservation: Reservation, for caller: Caller) -> JSONObject {
    let isMine = reservation.user == caller.id
    let isShown = !isPrivate || isMine || caller.isStaff
    return [
      "id": .int(reservation.id), "reserve_from": .string(reservation.from.text),
      "reserve_to": .string(reservation.to.text),
      "title": .string(isShown ? reservation.holder : TitlePolicy.hidden),
      "description": .string(isShown ? reservation.description : ""), "mine": .bool(isMine),
    ]
  }

  /// The form of events, which everybody gets.
  func event(_ reservation: Reservation) -> JSONObject {
    [
      "id": .int(reservation.id), "meetingroom": .int(reservation.room.id),
      "reserve_from": .string(reservation.from.text), "reserve_to": .string(reservation.to.text),
      "reserve_user": .string(isPrivate ? TitlePolicy.hidden : reservation.holder),
      "description": .string(isPrivate ? "" : reservation.description),
    ]
  }
}
