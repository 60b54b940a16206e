// Booking, as the HTTP calls do it.
extension Rooms {
  /// False if there is one of that name.
  mutating func create(_ room: String, at now: Int64) -> Bool {
    expire(at: now)
    guard rooms[room] == nil else { return false }
    open(room, at: now)
    return true
  }

  enum Booking: Equatable { case seated, full, noRoom, notYours }

  mutating func book(_ room: String, _ user: String, by claim: Claim, at now: Int64) -> Booking {
    expire(at: now)
    guard rooms[room] != nil else { return .noRoom }
    switch sit(room, ChatUser(name: user), claim, at: now) {
    case .seated:
      change(room, user) { $0.isBooking = true }
      return .seated
    case .full: return .full
    case .notYours: return .notYours
    }
  }

  enum Return: Equatable { case left, noRoom, notThere }

  /// Ends the seat of `user` for all of its connections. Whoever has just left is answered as if
  /// the seat were given back now, for the documents have the two in this order.
  mutating func giveBack(_ room: String, _ user: String, by claim: Claim, at now: Int64) -> Return {
    expire(at: now)
    let pair = Departures.Pair(room: room, user: user)
    if let seat = rooms[room]?.seat(of: user) {
      guard seat.holders.admits(claim) else { return .notThere }
      if seat.isEntered { news.append(.moved(room, seat.user, .leave)) }
      news += seat.parties.keys.sorted().map { .evicted(room, party: $0) }
      end(seat, of: room)
      return .left
    }
    if departed.admits(pair, claim) {
      departed.forget(pair)
      return .left
    }
    return rooms[room] == nil ? .noRoom : .notThere
  }
}
