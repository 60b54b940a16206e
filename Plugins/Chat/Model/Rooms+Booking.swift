// Booking over HTTP.
extension Rooms {
  /// False if the room exists.
  mutating func create(_ room: String, at now: Int64) -> Bool {
    expire(at: now)
    guard rooms[room] == nil else { return false }
    open(room, at: now)
    return true
  }

  enum Booking: Equatable { case seated, full, noRoom, notYours }

  mutating func book(
    _ room: String, _ user: String, by request: SeatRequest, at now: Int64
  ) -> Booking {
    expire(at: now)
    guard rooms[room] != nil else { return .noRoom }
    switch takeSeat(room, ChatUser(name: user), request, at: now) {
    case .seated:
      change(room, user) { $0.isBooking = true }
      return .seated
    case .full: return .full
    case .notYours: return .notYours
    }
  }

  enum Return: Equatable { case left, noRoom, notThere }

  /// Ends the seat of `user` for all of its connections. After a recent leave the answer is the same,
  /// because the documents have the two in this order.
  mutating func giveBack(
    _ room: String, _ user: String, by request: SeatRequest, at now: Int64
  ) -> Return {
    expire(at: now)
    let pair = RecentDepartures.Pair(room: room, user: user)
    if let seat = rooms[room]?.seat(of: user) {
      guard seat.owners.admits(request) else { return .notThere }
      if seat.isEntered { changes.append(.moved(room, seat.user, .leave)) }
      changes += seat.occupants.keys.sorted().map { .evicted(room, occupant: $0) }
      end(seat, of: room)
      return .left
    }
    if departed.admits(pair, request) {
      departed.forget(pair)
      return .left
    }
    return rooms[room] == nil ? .noRoom : .notThere
  }
}
