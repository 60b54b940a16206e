// Coming and going, as connections do it.
extension Rooms {
  enum Admission: Equatable {
    /// `isNew` unless the same party is on its way in, or in, by another connection.
    case admitted(isNew: Bool)
    /// This very connection is in already.
    case again
    case full
    case notYours
  }

  /// Keeps a seat for somebody who is about to come in; opens the room if there is none.
  ///
  /// - Parameters:
  ///   - party: the hub's name for who comes, which is another one for an account and a guest.
  ///   - line: the connection, where a party lives only as long as its connections.
  mutating func admit(
    _ room: String, _ user: ChatUser, as party: String, on line: String?, by claim: Claim,
    at now: Int64
  ) -> Admission {
    expire(at: now)
    // Where an account sits already it stays, though it was given another name meanwhile.
    let user = rooms[room]?.seat(ofParty: party)?.user ?? user
    if let line, rooms[room]?.seat(of: user.name)?.parties[party]?.lines.contains(line) == true {
      return .again
    }
    if rooms[room] == nil { open(room, at: now) }
    switch sit(room, user, claim, at: now) {
    case .full: return .full
    case .notYours: return .notYours
    case .seated: break
    }
    var isNew = false
    change(room, user.name) { seat in
      isNew = seat.parties[party] == nil
      var known = seat.parties[party] ?? Party()
      if let line { known.lines.insert(line) }
      seat.parties[party] = known
    }
    return .admitted(isNew: isNew)
  }

  enum Entry: Equatable {
    case announced
    /// It was announced before.
    case already
    /// The seat was in use by another party of the same name: no news to the others.
    case shared
    case noSeat
  }

  /// An admitted party is in now.
  mutating func enter(_ room: String, _ user: String, as party: String, at now: Int64) -> Entry {
    guard let seat = rooms[room]?.seat(ofParty: party), let known = seat.parties[party] else {
      return .noSeat
    }
    let user = seat.user.name
    if known.isEntered { return .already }
    let isShared = seat.isEntered
    change(room, user) { seat in
      seat.parties[party]?.isEntered = true
      seat.bookedUntil = nil
    }
    departed.forget(.init(room: room, user: user))
    if isShared { return .shared }
    let isFirst = rooms[room]?.wasEntered == false
    rooms[room]?.wasEntered = true
    news.append(.moved(room, seat.user, isFirst ? .create : .join))
    return .announced
  }

  enum Leaving: Equatable {
    case noRoom
    case notThere
    /// Another connection of that name is in the room; nobody else is told.
    case stays
    case gone
  }

  /// A party goes, or one line of it. `isLost`: the hub may still count it as present.
  mutating func leave(
    _ room: String, _ user: String, as party: String, on line: String?, isLost: Bool = false,
    at now: Int64
  ) -> Leaving {
    expire(at: now)
    guard let found = rooms[room] else { return .noRoom }
    guard let seat = found.seat(ofParty: party), let known = seat.parties[party],
      line.map({ known.lines.contains($0) }) ?? known.isEntered
    else { return .notThere }
    let user = seat.user.name
    change(room, user) { seat in
      if let line { seat.parties[party]?.lines.remove(line) }
      if seat.parties[party]?.lines.isEmpty != false { seat.parties[party] = nil }
    }
    guard let rest = rooms[room]?.seat(of: user), rest.parties[party] == nil else { return .stays }
    if isLost { news.append(.evicted(room, party: party)) }
    if rest.isEntered { return .stays }
    // Whoever was only on its way in leaves a booking, which ends by itself.
    guard known.isEntered else { return .gone }
    news.append(.moved(room, rest.user, .leave))
    departed.remember(
      .init(room: room, user: user), rest.holders, until: now + Rooms.memoryLasts)
    end(rest, of: room)
    return .gone
  }

  /// Takes back an admission that came to nothing.
  mutating func withdraw(
    _ room: String, _ user: String, as party: String, on line: String?, at now: Int64
  ) {
    guard let seat = rooms[room]?.seat(ofParty: party), let known = seat.parties[party] else {
      return
    }
    // It may be in by another line, or have been until a moment ago.
    guard !known.isEntered else {
      if line != nil { _ = leave(room, user, as: party, on: line, at: now) }
      return
    }
    let user = seat.user.name
    change(room, user) { seat in
      if let line { seat.parties[party]?.lines.remove(line) }
      if seat.parties[party]?.lines.isEmpty != false { seat.parties[party] = nil }
    }
    if let rest = rooms[room]?.seat(of: user), rest.parties.isEmpty, !rest.isBooking {
      end(rest, of: room)
    }
  }

  enum Standing: Equatable { case inside, noRoom, notThere }

  func standing(_ room: String, _ user: String, as party: String, on line: String?) -> Standing {
    guard let found = rooms[room] else { return .noRoom }
    guard let known = found.seat(ofParty: party)?.parties[party], known.isEntered,
      line.map({ known.lines.contains($0) }) ?? true
    else { return .notThere }
    return .inside
  }

  /// Is somebody let in, so that it may be subscribed for?
  func isAdmitted(_ room: String, _ user: String, as party: String) -> Bool {
    rooms[room]?.seat(ofParty: party) != nil
  }
}
