internal import JSON

/// A room at one moment: free or busy, and until when.
struct RoomState: Sendable {
  let room: MeetingRoom
  let now: Moment
  let current: Reservation?
  let next: Reservation?
  /// The end of the unbroken chain of reservations that runs now.
  let busyUntil: Moment?
  /// The beginning of the next reservation; nil while the room is busy or nothing more is known.
  let freeUntil: Moment?

  /// - Parameter reservations: of this room, sorted by their beginning.
  init(_ room: MeetingRoom, _ reservations: [Reservation], at now: Moment) {
    self.room = room
    self.now = now
    current = reservations.first { $0.from <= now && now < $0.to }
    let next = reservations.first { $0.from > now && $0.from < $0.to }
    self.next = next
    var end = current?.to
    for reservation in reservations where reservation.from == end { end = reservation.to }
    busyUntil = end
    freeUntil = current == nil ? next?.from : nil
  }

  var isBusy: Bool { current != nil }

  func json(_ titles: TitlePolicy, for caller: Caller) -> JSONObject {
    var object = room.json
    object["state"] = .string(isBusy ? "busy" : "free")
    object["current"] = current.map { .object(titles.entry($0, for: caller)) } ?? .null
    object["next"] = next.map { .object(titles.entry($0, for: caller)) } ?? .null
    object["free_until"] = JSONValue(freeUntil?.text)
    object["busy_until"] = JSONValue(busyUntil?.text)
    object["now"] = .string(now.text)
    return object
  }
}
