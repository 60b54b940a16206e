/// The chat rooms, their seats, and the recent departures.
///
/// A pure value: each method takes a request and its time, answers it, and collects the changes to
/// announce (`takeChanges`). A seat belongs to a user name. It is booked over HTTP or taken by
/// entering. A booking that is not followed by an entry ends, and a room without seats is released.
/// Times are Unix milliseconds.
struct Rooms: Sendable {
  /// The time that a booked seat waits for an entry.
  static let bookingMilliseconds: Int64 = 30_000
  /// The life of a room that was created and never entered.
  static let emptyRoomMilliseconds: Int64 = 300_000
  /// The time after a leave in which the seat can still be given back.
  static let departureMilliseconds: Int64 = 60_000
  /// Rooms that may be open at once.
  static let maxRooms = 10_000

  // Open to the other files of this type, and to nothing else.
  var rooms: [String: Room] = [:]
  /// Names in order of creation.
  var order: [String] = []
  var departed = RecentDepartures()
  var changes: [RoomChange] = []
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

  /// Rooms that were loaded from the store.
  init(_ loaded: [String: Room], departed: RecentDepartures, capacity: Int) {
    self.capacity = capacity
    self.departed = departed
    rooms = loaded
    order = loaded.keys.sorted()
    nextEnd = loaded.values.compactMap(\.nextEnd).min() ?? .max
  }

  var list: [(name: String, population: Int)] {
    order.map { ($0, rooms[$0]?.seats.count ?? 0) }
  }

  /// The rooms in the store beside those that were loaded.
  var otherRooms = 0

  var isFull: Bool { order.count + otherRooms >= Rooms.maxRooms }

  func contains(_ room: String) -> Bool { rooms[room] != nil }

  /// The users in a room, in the order of their seats.
  func members(of room: String) -> [ChatUser] {
    rooms[room]?.seats.filter(\.isEntered).map(\.user) ?? []
  }

  /// The changes since the last call, in order.
  mutating func takeChanges() -> [RoomChange] {
    defer { changes = [] }
    return changes
  }
}

// Seats and rooms.
extension Rooms {
  enum SeatResult { case seated, full, notYours }

  mutating func open(_ name: String, at now: Int64) {
    let until = now + Rooms.emptyRoomMilliseconds
    rooms[name] = Room(isPermanent: false, emptyUntil: until)
    order.append(name)
    nextEnd = min(nextEnd, until)
    changes.append(.opened(name))
  }

  /// Finds or takes the seat of a name.
  mutating func takeSeat(
    _ room: String, _ user: ChatUser, _ request: SeatRequest, at now: Int64
  ) -> SeatResult {
    guard let found = rooms[room] else { return .full }
    if let seat = found.seat(of: user.name) {
      guard seat.owners.admits(request) else { return .notYours }
      change(room, user.name) { $0.owners.add(request) }
      return .seated
    }
    guard found.seats.count < capacity else { return .full }
    let until = now + Rooms.bookingMilliseconds
    var seat = Seat(user: user, bookedUntil: until)
    seat.owners.add(request)
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
    changes.append(.released(room))
  }

  private mutating func tellPopulation(of room: String) {
    let count = rooms[room]?.seats.count ?? 0
    changes.append(.population(room, count, isFull: count >= capacity))
  }
}
