/// The chat rooms, who sits in them, and what is remembered of those who left.
///
/// A pure value: it is told what somebody wants and when, answers, and collects what everybody is
/// to be told (`takeNews`). A seat belongs to a user name. It is booked over HTTP or taken by
/// coming in; a booking that nobody follows up ends, and a room without seats is released.
/// Times are Unix milliseconds.
struct Rooms: Sendable {
  /// How long a booked seat waits for somebody to come in.
  static let bookingLasts: Int64 = 30_000
  /// How long a room that was only created stays.
  static let emptyRoomLasts: Int64 = 300_000
  /// How long the seat of somebody who left can still be given back.
  static let memoryLasts: Int64 = 60_000
  /// Rooms that may be open at once: names cost memory.
  static let most = 10_000

  private var rooms: [String: Room] = [:]
  /// Names in order of creation.
  private var order: [String] = []
  private var departed: [Pair: Departed] = [:]
  private var news: [News] = []
  /// Nothing ends before this.
  private var nextEnd = Int64.max

  private struct Pair: Hashable {
    let room: String
    let user: String
  }

  private struct Departed {
    let until: Int64
    let holders: Holders
  }

  /// Seats in each room.
  var capacity: Int

  init(permanent: [String] = [], capacity: Int = 10) {
    self.capacity = capacity
    for name in permanent where rooms[name] == nil {
      rooms[name] = Room(isPermanent: true, emptyUntil: nil)
      order.append(name)
    }
  }

  var list: [(name: String, population: Int)] {
    order.map { ($0, rooms[$0]?.seats.count ?? 0) }
  }

  var isFull: Bool { order.count >= Rooms.most }

  func contains(_ room: String) -> Bool { rooms[room] != nil }

  /// Those who are in, in the order of their seats.
  func members(of room: String) -> [ChatUser] {
    rooms[room]?.seats.filter(\.isEntered).map(\.user) ?? []
  }

  /// What happened since the last call, in order.
  mutating func takeNews() -> [News] {
    defer { news = [] }
    return news
  }
}

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
    let pair = Pair(room: room, user: user)
    if let seat = rooms[room]?.seat(of: user) {
      guard seat.holders.admits(claim) else { return .notThere }
      if seat.isEntered { news.append(.moved(room, seat.user, .leave)) }
      news += seat.parties.keys.sorted().map { .evicted(room, party: $0) }
      end(seat, of: room)
      return .left
    }
    if departed[pair]?.holders.admits(claim) == true {
      departed[pair] = nil
      return .left
    }
    return rooms[room] == nil ? .noRoom : .notThere
  }
}

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
    guard let seat = rooms[room]?.seat(of: user), let known = seat.parties[party] else {
      return .noSeat
    }
    if known.isEntered { return .already }
    let isShared = seat.isEntered
    change(room, user) { seat in
      seat.parties[party]?.isEntered = true
      seat.bookedUntil = nil
    }
    departed[Pair(room: room, user: user)] = nil
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
    guard let known = found.seat(of: user)?.parties[party],
      line.map({ known.lines.contains($0) }) ?? known.isEntered
    else { return .notThere }
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
    let until = now + Rooms.memoryLasts
    departed[Pair(room: room, user: user)] = Departed(until: until, holders: rest.holders)
    nextEnd = min(nextEnd, until)
    end(rest, of: room)
    return .gone
  }

  /// Takes back an admission that came to nothing.
  mutating func withdraw(
    _ room: String, _ user: String, as party: String, on line: String?
  ) {
    guard let known = rooms[room]?.seat(of: user)?.parties[party], !known.isEntered else { return }
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
    guard let known = found.seat(of: user)?.parties[party], known.isEntered,
      line.map({ known.lines.contains($0) }) ?? true
    else { return .notThere }
    return .inside
  }

  /// Is somebody let in, so that it may be subscribed for?
  func isAdmitted(_ room: String, _ user: String, as party: String) -> Bool {
    rooms[room]?.seat(of: user)?.parties[party] != nil
  }
}

// The passing of time.
extension Rooms {
  /// Ends what is over at `now`: bookings, rooms that nobody entered, memories.
  mutating func expire(at now: Int64) {
    guard now >= nextEnd else { return }
    departed = departed.filter { $0.value.until > now }
    for name in order {
      for seat in rooms[name]?.seats ?? [] where !seat.isEntered && (seat.bookedUntil ?? now) <= now
      {
        end(seat, of: name)
      }
      if let room = rooms[name], room.seats.isEmpty, let until = room.emptyUntil, until <= now {
        release(name)
      }
    }
    nextEnd = earliestEnd
  }

  private var earliestEnd: Int64 {
    var earliest = departed.values.map(\.until).min() ?? .max
    for room in rooms.values {
      for seat in room.seats where !seat.isEntered {
        earliest = min(earliest, seat.bookedUntil ?? .max)
      }
      if room.seats.isEmpty, let until = room.emptyUntil { earliest = min(earliest, until) }
    }
    return earliest
  }
}

// The parts of all that.
extension Rooms {
  private enum Sitting { case seated, full, notYours }

  private mutating func open(_ name: String, at now: Int64) {
    let until = now + Rooms.emptyRoomLasts
    rooms[name] = Room(isPermanent: false, emptyUntil: until)
    order.append(name)
    nextEnd = min(nextEnd, until)
    news.append(.opened(name))
  }

  /// Finds or takes the seat of a name.
  private mutating func sit(
    _ room: String, _ user: ChatUser, _ claim: Claim, at now: Int64
  ) -> Sitting {
    guard let found = rooms[room] else { return .full }
    if let seat = found.seat(of: user.name) {
      guard seat.holders.admits(claim) else { return .notYours }
      change(room, user.name) { $0.holders.add(claim) }
      return .seated
    }
    guard found.seats.count < capacity else { return .full }
    let until = now + Rooms.bookingLasts
    var seat = Seat(user: user, bookedUntil: until)
    seat.holders.add(claim)
    rooms[room]?.seats.append(seat)
    rooms[room]?.emptyUntil = nil
    nextEnd = min(nextEnd, until)
    tellPopulation(of: room)
    return .seated
  }

  private mutating func change(_ room: String, _ user: String, _ body: (inout Seat) -> Void) {
    guard let index = rooms[room]?.seats.firstIndex(where: { $0.user.name == user }),
      var seat = rooms[room]?.seats[index]
    else { return }
    body(&seat)
    rooms[room]?.seats[index] = seat
  }

  private mutating func end(_ seat: Seat, of room: String) {
    rooms[room]?.seats.removeAll { $0.user.name == seat.user.name }
    tellPopulation(of: room)
    if let left = rooms[room], left.seats.isEmpty, !left.isPermanent { release(room) }
  }

  private mutating func release(_ room: String) {
    rooms[room] = nil
    order.removeAll { $0 == room }
    news.append(.released(room))
  }

  private mutating func tellPopulation(of room: String) {
    let count = rooms[room]?.seats.count ?? 0
    news.append(.population(room, count, isFull: count >= capacity))
  }
}
