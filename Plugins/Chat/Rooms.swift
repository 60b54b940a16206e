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

  // Open to the other files of this type, and to nothing else.
  var rooms: [String: Room] = [:]
  /// Names in order of creation.
  var order: [String] = []
  var departed = Departures()
  var news: [News] = []
  /// No seat and no room ends before this.
  var nextEnd = Int64.max

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

// The parts of all that.
extension Rooms {
  enum Sitting { case seated, full, notYours }

  mutating func open(_ name: String, at now: Int64) {
    let until = now + Rooms.emptyRoomLasts
    rooms[name] = Room(isPermanent: false, emptyUntil: until)
    order.append(name)
    nextEnd = min(nextEnd, until)
    news.append(.opened(name))
  }

  /// Finds or takes the seat of a name.
  mutating func sit(
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

  mutating func change(_ room: String, _ user: String, _ body: (inout Seat) -> Void) {
    guard let index = rooms[room]?.seats.firstIndex(where: { $0.user.name == user }),
      var seat = rooms[room]?.seats[index]
    else { return }
    body(&seat)
    rooms[room]?.seats[index] = seat
  }

  mutating func end(_ seat: Seat, of room: String) {
    rooms[room]?.seats.removeAll { $0.user.name == seat.user.name }
    tellPopulation(of: room)
    if let left = rooms[room], left.seats.isEmpty, !left.isPermanent { release(room) }
  }

  mutating func release(_ room: String) {
    rooms[room] = nil
    order.removeAll { $0 == room }
    news.append(.released(room))
  }

  private mutating func tellPopulation(of room: String) {
    let count = rooms[room]?.seats.count ?? 0
    news.append(.population(room, count, isFull: count >= capacity))
  }
}
