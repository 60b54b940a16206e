// Entering and leaving.
extension Rooms {
  enum Admission: Equatable {
    /// `isNew` is false if the occupant already has this seat by another connection.
    case admitted(isNew: Bool)
    /// This very connection is in already.
    case again
    case full
    case notYours
  }

  /// Takes a seat for an occupant about to enter; opens the room if needed.
  ///
  /// - Parameters:
  ///   - occupant: the hub's name for the user; an account and a guest of one name differ in it.
  ///   - connection: the connection of a guest, which stays as long as its connections.
  mutating func admit(
    _ room: String, _ user: ChatUser, as occupant: String, on connection: String?,
    by request: SeatRequest, at now: Int64
  ) -> Admission {
    expire(at: now)
    // A renamed account keeps the seat it has.
    let user = rooms[room]?.seat(ofOccupant: occupant)?.user ?? user
    let known = rooms[room]?.seat(of: user.name)?.occupants[occupant]
    if let connection, known?.connections.contains(connection) == true { return .again }
    if rooms[room] == nil { open(room, at: now) }
    switch takeSeat(room, user, request, at: now) {
    case .full: return .full
    case .notYours: return .notYours
    case .seated: break
    }
    var isNew = false
    change(room, user.name) { seat in
      isNew = seat.occupants[occupant] == nil
      var known = seat.occupants[occupant] ?? Occupant()
      if let connection { known.connections.insert(connection) }
      seat.occupants[occupant] = known
    }
    return .admitted(isNew: isNew)
  }

  enum Entry: Equatable {
    case announced
    /// The occupant was announced before.
    case already
    /// Another occupant of the same name is in the seat: nothing changes for the others.
    case shared
    case noSeat
  }

  /// Moves an admitted occupant in.
  mutating func enter(_ room: String, _ user: String, as occupant: String, at now: Int64) -> Entry {
    guard let seat = rooms[room]?.seat(ofOccupant: occupant), let known = seat.occupants[occupant]
    else { return .noSeat }
    let user = seat.user.name
    if known.isEntered { return .already }
    let isShared = seat.isEntered
    change(room, user) { seat in
      seat.occupants[occupant]?.isEntered = true
      seat.bookedUntil = nil
    }
    departed.forget(.init(room: room, user: user))
    if isShared { return .shared }
    let isFirst = rooms[room]?.wasEntered == false
    rooms[room]?.wasEntered = true
    changes.append(.moved(room, seat.user, isFirst ? .create : .join))
    return .announced
  }

  enum Leaving: Equatable {
    case noRoom
    case notThere
    /// Another connection of that name is in the room, so the leave is not announced.
    case stays
    case gone
  }

  /// Moves an occupant out, or one connection of it.
  ///
  /// - Parameter isLost: the hub may still count the occupant as present.
  mutating func leave(
    _ room: String, _ user: String, as occupant: String, on connection: String?,
    isLost: Bool = false, at now: Int64
  ) -> Leaving {
    expire(at: now)
    guard let found = rooms[room] else { return .noRoom }
    guard let seat = found.seat(ofOccupant: occupant), let known = seat.occupants[occupant],
      connection.map({ known.connections.contains($0) }) ?? known.isEntered
    else { return .notThere }
    let user = seat.user.name
    change(room, user) { seat in
      if let connection { seat.occupants[occupant]?.connections.remove(connection) }
      if seat.occupants[occupant]?.connections.isEmpty != false { seat.occupants[occupant] = nil }
    }
    guard let rest = rooms[room]?.seat(of: user), rest.occupants[occupant] == nil else {
      return .stays
    }
    if isLost { changes.append(.evicted(room, occupant: occupant)) }
    if rest.isEntered { return .stays }
    // An occupant that never entered leaves a booking, which ends by itself.
    guard known.isEntered else { return .gone }
    changes.append(.moved(room, rest.user, .leave))
    departed.remember(
      .init(room: room, user: user), rest.owners, until: now + Rooms.departureMilliseconds)
    end(rest, of: room)
    return .gone
  }

  /// Revokes an admission after a failed subscription.
  mutating func withdraw(
    _ room: String, _ user: String, as occupant: String, on connection: String?, at now: Int64
  ) {
    guard let seat = rooms[room]?.seat(ofOccupant: occupant), let known = seat.occupants[occupant]
    else { return }
    // The occupant may be in by another connection, or have been until a moment ago.
    guard !known.isEntered else {
      if connection != nil { _ = leave(room, user, as: occupant, on: connection, at: now) }
      return
    }
    let user = seat.user.name
    change(room, user) { seat in
      if let connection { seat.occupants[occupant]?.connections.remove(connection) }
      if seat.occupants[occupant]?.connections.isEmpty != false { seat.occupants[occupant] = nil }
    }
    if let rest = rooms[room]?.seat(of: user), rest.occupants.isEmpty, !rest.isBooking {
      end(rest, of: room)
    }
  }

  enum Standing: Equatable { case inside, noRoom, notThere }

  func standing(_ room: String, _ user: String, as occupant: String, on connection: String?)
    -> Standing
  {
    guard let found = rooms[room] else { return .noRoom }
    guard let known = found.seat(ofOccupant: occupant)?.occupants[occupant], known.isEntered,
      connection.map({ known.connections.contains($0) }) ?? true
    else { return .notThere }
    return .inside
  }

  /// Whether the occupant has a seat and so may subscribe.
  func isAdmitted(_ room: String, _ user: String, as occupant: String) -> Bool {
    rooms[room]?.seat(ofOccupant: occupant) != nil
  }
}
