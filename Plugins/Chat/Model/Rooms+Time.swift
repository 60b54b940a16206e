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
    nextEnd = earliestEnd
  }

  private var earliestEnd: Int64 {
    var earliest = Int64.max
    for room in rooms.values {
      for seat in room.seats where !seat.isEntered {
        earliest = min(earliest, seat.bookedUntil ?? .max)
      }
      if room.seats.isEmpty, let until = room.emptyUntil { earliest = min(earliest, until) }
    }
    return earliest
  }
}
