// The passing of time.
extension Rooms {
  /// Ends bookings, rooms without a seat, and departures whose time is over at `now`.
  mutating func expire(at now: Int64) {
    departed.expire(at: now)
    guard now >= nextEnd else { return }
    for name in order {
      for seat in rooms[name]?.seats ?? [] where !seat.isEntered && (seat.bookedUntil ?? now) <= now
      {
        end(seat, of: name)
      }
      if let room = rooms[name], room.seats.isEmpty, let until = room.emptyUntil, until <= now {
        release(name)
      }
    }
    nextEnd = rooms.values.compactMap(\.nextEnd).min() ?? .max
  }

  /// Moves out all guests whose connections begin with `prefix`: the process that had them is gone.
  mutating func dropConnections(withPrefix prefix: String, at now: Int64) {
    for name in order {
      for seat in rooms[name]?.seats ?? [] {
        for (occupant, known) in seat.occupants.sorted(by: { $0.key < $1.key }) {
          for connection in known.connections.sorted() where connection.hasPrefix(prefix) {
            _ = leave(
              name, seat.user.name, as: occupant, on: connection, isLost: true, at: now)
          }
        }
      }
    }
  }
}
