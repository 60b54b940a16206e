internal import Storage

/// Meeting rooms and their reservations. The database decides about overlaps: the check and the
/// change are one serializable transaction.
struct ReservationStore: Sendable {
  let store: any Store

  func rooms() async throws -> [MeetingRoom] {
    try await store.query("SELECT \(MeetingRoom.columns) FROM campus_meetingrooms m")
      .map { try MeetingRoom($0) }
  }

  func room(_ id: Int64) async throws -> MeetingRoom? {
    try await store.read { tx in try tx.meetingRoom(id) }
  }

  /// Throws the documented refusals.
  func reserve(
    _ span: Range<Moment>, room: Int64, field: String, for user: Int64, _ description: String,
    at now: Moment
  ) async throws -> Reservation {
    try await store.write { tx in
      guard try tx.meetingRoom(room) != nil else {
        throw Refusal.field(field, FieldMessage.unknownKey(room))
      }
      try tx.requireFree(span, in: room)
      return try tx.insert(span, room, user, description, at: now)
    }
  }

  /// Reserves a room from now on. Nil if there is no such room.
  ///
  /// The reservation begins at the last point of the grid, or where an earlier one has just ended.
  func reserveNow(
    minutes: Int, room: Int64, for user: Int64, _ description: String, _ rules: BookingRules,
    at now: Moment
  ) async throws -> Reservation? {
    try await store.write { tx in
      guard try tx.meetingRoom(room) != nil else { return nil }
      let grid = rules.floored(now)
      let from = max(grid, try tx.lastEnd(in: room, after: grid, until: now) ?? grid)
      let to = rules.floored(grid + Int64(minutes) * 60)
      guard from < to, rules.allows(grid..<to) else {
        throw Refusal.nonField(rules.lengthRefusal)
      }
      try tx.requireFree(from..<to, in: room)
      return try tx.insert(from..<to, room, user, description, at: now)
    }
  }

  /// Nil if it is not there, or of somebody else than `user`.
  func delete(_ id: Int64, of user: Int64?) async throws -> Reservation? {
    try await store.write { tx in
      guard let found = try tx.reservation(id, of: user),
        try tx.execute("DELETE FROM campus_reservations WHERE id = ?", id) == 1
      else { return nil }
      return found
    }
  }

  /// Makes a reservation longer. Nil if it is not there, or of somebody else.
  func extend(
    _ id: Int64, of user: Int64, minutes: Int, _ rules: BookingRules, at now: Moment
  ) async throws -> Reservation? {
    try await store.write { tx in
      guard let found = try tx.reservation(id, of: user) else { return nil }
      guard found.to > now else { throw Refusal.nonField(ReservationRefusal.over) }
      let end = rules.raised(found.to) + Int64(minutes) * 60
      guard end > found.to, found.from < end, rules.allows(found.from..<end) else {
        throw Refusal.nonField(rules.lengthRefusal)
      }
      try tx.requireFree(found.from..<end, in: found.room.id, except: id)
      return try tx.setEnd(end, of: id)
    }
  }

  /// Ends a reservation that runs. Nil if it is not there, or of somebody else.
  func end(_ id: Int64, of user: Int64, at now: Moment) async throws -> Reservation? {
    try await store.write { tx in
      guard let found = try tx.reservation(id, of: user) else { return nil }
      guard found.from < now, now < found.to else {
        throw Refusal.nonField(ReservationRefusal.notRunning)
      }
      return try tx.setEnd(now, of: id)
    }
  }

  func find(_ id: Int64, of user: Int64) async throws -> Reservation? {
    try await store.read { tx in try tx.reservation(id, of: user) }
  }

  func count(of user: Int64) async throws -> Int {
    let row = try await store.first(
      "SELECT count(*) AS number FROM campus_reservations WHERE user_id = ?", user)
    return try row?.int("number") ?? 0
  }

  /// The newest first.
  func list(of user: Int64, _ page: ListPage) async throws -> [Reservation] {
    try await store.query(
      """
      SELECT \(Reservation.columns) FROM \(Reservation.tables) WHERE r.user_id = ?
      ORDER BY r.id DESC LIMIT ? OFFSET ?
      """, user, ListPage.size, page.offset
    ).map { try Reservation($0) }
  }

  /// The reservations that overlap a span, sorted by their beginning.
  func overlapping(_ span: Range<Moment>, room: Int64? = nil) async throws -> [Reservation] {
    let condition = room.map { "AND r.room_id = \($0)" } ?? ""
    return try await store.query(
      """
      SELECT \(Reservation.columns) FROM \(Reservation.tables)
      WHERE r.reserve_from > ? AND r.reserve_from < ? AND r.reserve_to > ? \(condition)
      ORDER BY r.reserve_from, r.id
      """, Transaction.earliest(before: span), span.upperBound.microseconds,
      span.lowerBound.microseconds
    ).map { try Reservation($0) }
  }

  /// The spans in which the rooms are busy, by room, sorted by their beginning.
  func busy(_ span: Range<Moment>) async throws -> [Int64: [Range<Moment>]] {
    let rows = try await store.query(
      """
      SELECT room_id, reserve_from, reserve_to FROM campus_reservations
      WHERE reserve_from > ? AND reserve_from < ? AND reserve_to > ? ORDER BY reserve_from
      """, Transaction.earliest(before: span), span.upperBound.microseconds,
      span.lowerBound.microseconds)
    var busy: [Int64: [Range<Moment>]] = [:]
    for row in rows {
      let from = Moment(microseconds: try row.int64("reserve_from"))
      let to = Moment(microseconds: try row.int64("reserve_to"))
      busy[try row.int64("room_id"), default: []].append(from..<max(from, to))
    }
    return busy
  }

  /// The first moment after `now` at which a reservation begins or ends.
  func nextChange(after now: Moment) async throws -> Moment? {
    let row = try await store.first(
      """
      SELECT (SELECT min(reserve_from) FROM campus_reservations WHERE reserve_from > ?) AS begins,
        (SELECT min(reserve_to) FROM campus_reservations WHERE reserve_to > ?) AS ends
      """, now.microseconds, now.microseconds)
    let moments = [try row?.moment("begins"), try row?.moment("ends")]
    return moments.compactMap { $0 }.min()
  }

  /// The rooms in which a reservation began or ended after `start`, up to `end`.
  func changed(after start: Moment, upTo end: Moment) async throws -> [Int64] {
    try await store.query(
      """
      SELECT room_id FROM campus_reservations WHERE reserve_from > ?1 AND reserve_from <= ?2
      UNION SELECT room_id FROM campus_reservations WHERE reserve_to > ?1 AND reserve_to <= ?2
      ORDER BY room_id
      """, start.microseconds, end.microseconds
    ).map { try $0.int64("room_id") }
  }
}

// Rooms, for the staff.
extension ReservationStore {
  func add(_ draft: RoomDraft) async throws -> MeetingRoom {
    try await store.write { tx in
      let id = try tx.insert(
        """
        INSERT INTO campus_meetingrooms (name, location, seats_count, label, description)
        VALUES (?, ?, ?, ?, ?) RETURNING id
        """, draft.name, draft.location, draft.seats, draft.label, draft.description)
      guard let room = try tx.meetingRoom(Int64(id)) else {
        throw StoreError(.mismatch, "a room is missing that was just stored")
      }
      return room
    }
  }

  /// Nil if there is no such room.
  func change(_ id: Int64, to draft: RoomDraft) async throws -> MeetingRoom? {
    try await store.write { tx in
      try tx.execute(
        """
        UPDATE campus_meetingrooms SET name = ?, location = ?, seats_count = ?, label = ?,
          description = ? WHERE id = ?
        """, draft.name, draft.location, draft.seats, draft.label, draft.description, id)
      return try tx.meetingRoom(id)
    }
  }

  /// Its reservations go with it. False if there is no such room.
  func remove(room id: Int64) async throws -> Bool {
    try await store.write { tx in
      try tx.execute("DELETE FROM campus_meetingrooms WHERE id = ?", id) == 1
    }
  }
}

extension Transaction {
  func meetingRoom(_ id: Int64) throws -> MeetingRoom? {
    try first(
      "SELECT \(MeetingRoom.columns) FROM campus_meetingrooms m WHERE m.id = ?", id
    ).map { try MeetingRoom($0) }
  }

  func reservation(_ id: Int64, of user: Int64?) throws -> Reservation? {
    let found = try first(
      "SELECT \(Reservation.columns) FROM \(Reservation.tables) WHERE r.id = ?", id
    ).map { try Reservation($0) }
    return user == nil || found?.user == user ? found : nil
  }

  /// No reservation that begins at or before this moment reaches into the span.
  fileprivate static func earliest(before span: Range<Moment>) -> Int64 {
    let longest = Int64(BookingRules.longestMinutes) * Moment.minute
    return Moment(microseconds: span.lowerBound.microseconds - longest).microseconds - 1
  }

  /// Throws the documented refusal if a reservation overlaps the span.
  fileprivate func requireFree(
    _ span: Range<Moment>, in room: Int64, except own: Int64 = 0
  ) throws {
    let taken = try first(
      """
      SELECT 1 AS one FROM campus_reservations
      WHERE room_id = ? AND id <> ? AND reserve_from > ? AND reserve_from < ? AND reserve_to > ?
      LIMIT 1
      """, room, own, Transaction.earliest(before: span), span.upperBound.microseconds,
      span.lowerBound.microseconds)
    guard taken == nil else { throw Refusal.nonField(ReservationRefusal.taken) }
  }

  /// The end of the last reservation that ended in this time.
  fileprivate func lastEnd(
    in room: Int64, after start: Moment, until end: Moment
  ) throws -> Moment? {
    let row = try first(
      """
      SELECT max(reserve_to) AS ended FROM campus_reservations
      WHERE room_id = ? AND reserve_to > ? AND reserve_to <= ?
      """, room, start.microseconds, end.microseconds)
    return try row?.moment("ended")
  }

  fileprivate func insert(
    _ span: Range<Moment>, _ room: Int64, _ user: Int64, _ description: String, at now: Moment
  ) throws -> Reservation {
    let id = try insert(
      """
      INSERT INTO campus_reservations (room_id, user_id, reserve_from, reserve_to, description,
        created)
      VALUES (?, ?, ?, ?, ?, ?) RETURNING id
      """, room, user, span.lowerBound.microseconds, span.upperBound.microseconds, description,
      now.microseconds)
    return try stored(Int64(id))
  }

  fileprivate func setEnd(_ end: Moment, of id: Int64) throws -> Reservation {
    try execute(
      "UPDATE campus_reservations SET reserve_to = ? WHERE id = ?", end.microseconds, id)
    return try stored(id)
  }

  private func stored(_ id: Int64) throws -> Reservation {
    guard let reservation = try reservation(id, of: nil) else {
      throw StoreError(.mismatch, "a reservation is missing that was just stored")
    }
    return reservation
  }
}

extension Row {
  /// Nil if the column is empty.
  fileprivate func moment(_ name: String) throws(StoreError) -> Moment? {
    try optionalInt(name).map { Moment(microseconds: Int64($0)) }
  }
}
