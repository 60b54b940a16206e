internal import PluginKit
internal import Storage

// One room as rows: the room, its seats, their occupants, and the recent departures.
extension Transaction {
  func loadRoom(_ name: String, capacity: Int) throws -> Rooms {
    let room = try loadRoom(name)
    var rooms = Rooms(
      room.map { [name: $0] } ?? [:], departed: try loadDepartures(from: name),
      capacity: capacity)
    if room == nil {
      let count = try first("SELECT count(*) AS count FROM chat_rooms")
      rooms.otherRooms = try count?.int("count") ?? 0
    }
    return rooms
  }

  private func loadRoom(_ name: String) throws -> Room? {
    let row = try first(
      "SELECT id, is_permanent, was_entered, empty_until FROM chat_rooms WHERE name = ?", name)
    guard let row else { return nil }
    var room = Room(isPermanent: try row.bool("is_permanent"))
    room.row = try row.int("id")
    room.wasEntered = try row.bool("was_entered")
    room.emptyUntil = try row.optionalUnixMilliseconds("empty_until")
    let occupants = try loadOccupants(of: name)
    room.seats = try query(
      """
      SELECT user_name, avatar, account, addresses, booked_until, is_booking FROM chat_seats
      WHERE room = ? ORDER BY id
      """, name
    ).map { row in
      let user = ChatUser(name: try row.text("user_name"), avatar: try row.text("avatar"))
      var seat = Seat(user: user, owners: try SeatOwners(row))
      seat.bookedUntil = try row.optionalUnixMilliseconds("booked_until")
      seat.isBooking = try row.bool("is_booking")
      seat.occupants = occupants[user.name] ?? [:]
      return seat
    }
    return room
  }

  private func loadOccupants(of room: String) throws -> [String: [String: Occupant]] {
    var occupants: [String: [String: Occupant]] = [:]
    let rows = try query(
      "SELECT occupant, connection, user_name, is_entered FROM chat_occupants WHERE room = ?",
      room)
    for row in rows {
      let user = try row.text("user_name")
      let name = try row.text("occupant")
      var occupant = occupants[user]?[name] ?? Occupant()
      occupant.isEntered = try row.bool("is_entered")
      let connection = try row.text("connection")
      if !connection.isEmpty { occupant.connections.insert(connection) }
      occupants[user, default: [:]][name] = occupant
    }
    return occupants
  }

  private func loadDepartures(from room: String) throws -> RecentDepartures {
    var departures = RecentDepartures()
    let rows = try query(
      """
      SELECT user_name, account, addresses, until FROM chat_departures
      WHERE room = ? ORDER BY until, user_name
      """, room)
    for row in rows {
      let pair = RecentDepartures.Pair(room: room, user: try row.text("user_name"))
      departures.remember(pair, try SeatOwners(row), until: try row.unixMilliseconds("until"))
    }
    return departures
  }

  func saveRoom(_ name: String, before: Rooms, after: Rooms) throws {
    try saveDepartures(before: before.departed, after: after.departed)
    var old = before.rooms[name]
    let new = after.rooms[name]
    guard old != new else { return }
    if let row = old?.row, row != new?.row {
      try deleteRoom(name)
      old = nil
    }
    guard let new else { return }
    try save(new, name, isStored: old != nil)
    try save(new.seats, before: old?.seats ?? [], of: name)
  }

  private func deleteRoom(_ name: String) throws {
    try execute("DELETE FROM chat_occupants WHERE room = ?", name)
    try execute("DELETE FROM chat_seats WHERE room = ?", name)
    try execute("DELETE FROM chat_rooms WHERE name = ?", name)
  }

  private func save(_ room: Room, _ name: String, isStored: Bool) throws {
    if isStored {
      try execute(
        "UPDATE chat_rooms SET was_entered = ?, empty_until = ?, next_end = ? WHERE name = ?",
        room.wasEntered, room.emptyUntil, room.nextEnd, name)
    } else {
      try execute(
        """
        INSERT INTO chat_rooms (name, is_permanent, was_entered, empty_until, next_end)
        VALUES (?, ?, ?, ?, ?)
        """, name, room.isPermanent, room.wasEntered, room.emptyUntil, room.nextEnd)
    }
  }

  private func save(_ seats: [Seat], before: [Seat], of room: String) throws {
    let kept = Set(seats.map(\.user.name))
    for seat in before where !kept.contains(seat.user.name) {
      try execute(
        "DELETE FROM chat_seats WHERE room = ? AND user_name = ?", room, seat.user.name)
      try execute(
        "DELETE FROM chat_occupants WHERE room = ? AND user_name = ?", room, seat.user.name)
    }
    for seat in seats {
      let old = before.first { $0.user.name == seat.user.name }
      if old != seat { try save(seat, of: room, hadOccupants: old?.occupants.isEmpty == false) }
    }
  }

  private func save(_ seat: Seat, of room: String, hadOccupants: Bool) throws {
    let user = seat.user
    try execute(
      """
      INSERT INTO chat_seats
        (room, user_name, avatar, account, addresses, booked_until, is_booking)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (room, user_name) DO UPDATE SET avatar = excluded.avatar,
        account = excluded.account, addresses = excluded.addresses,
        booked_until = excluded.booked_until, is_booking = excluded.is_booking
      """, room, user.name, user.avatar, seat.owners.account, seat.owners.text, seat.bookedUntil,
      seat.isBooking)
    if hadOccupants {
      try execute("DELETE FROM chat_occupants WHERE room = ? AND user_name = ?", room, user.name)
    }
    for (name, occupant) in seat.occupants.sorted(by: { $0.key < $1.key }) {
      let connections = occupant.connections.isEmpty ? [""] : occupant.connections.sorted()
      for connection in connections {
        try execute(
          """
          INSERT INTO chat_occupants
            (room, occupant, connection, instance, user_name, is_entered)
          VALUES (?, ?, ?, ?, ?, ?)
          """, room, name, connection, ConnectionKey.instance(of: connection), user.name,
          occupant.isEntered)
      }
    }
  }

  private func saveDepartures(before: RecentDepartures, after: RecentDepartures) throws {
    for (pair, entry) in after.entries where before.entries[pair] != entry {
      try execute(
        """
        INSERT INTO chat_departures (room, user_name, account, addresses, until)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (room, user_name) DO UPDATE SET account = excluded.account,
          addresses = excluded.addresses, until = excluded.until
        """, pair.room, pair.user, entry.owners.account, entry.owners.text, entry.until)
    }
    for pair in before.entries.keys where after.entries[pair] == nil {
      try execute(
        "DELETE FROM chat_departures WHERE room = ? AND user_name = ?", pair.room, pair.user)
    }
  }
}

/// The name of a connection among those of all processes: the process, a slash, and the hub's name.
enum ConnectionKey {
  static func make(_ instance: String, _ connection: String) -> String {
    "\(instance)/\(connection)"
  }

  static func instance(of key: String) -> String {
    key.firstIndex(of: "/").map { String(key[..<$0]) } ?? ""
  }
}

extension SeatOwners {
  fileprivate init(_ row: Row) throws {
    let addresses = try row.text("addresses").split(separator: " ").map { String($0) }
    self.init(account: try row.optionalInt("account").map { Int64($0) }, addresses: addresses)
  }

  fileprivate var text: String { addresses.joined(separator: " ") }
}
