internal import JSON
internal import PluginKit

// Meeting rooms: the search, their states, and a day.
extension CampusPlugin {
  func registerRooms(with registrar: inout Registrar) {
    call(&registrar, [.get], "/meetingrooms/available", Documents.availableRooms) { request in
      try await self.availableRooms(request)
    }
    call(&registrar, [.get], "/meetingrooms/day", Documents.roomDay) { request in
      try await self.roomDay(request)
    }
    call(&registrar, [.get], "/meetingrooms", Documents.rooms) { request in
      try await self.roomStates(request)
    }
    call(&registrar, [.get], "/meetingrooms/:room", Documents.room) { request in
      try await self.roomState(request)
    }
  }

  /// Two searches share the path; the names of their parameters tell them apart.
  private func availableRooms(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let query = request.query
    if query["query_from"] != nil || query["query_to"] != nil {
      return try await reservedRooms(query, for: me)
    }
    let search = try RoomSearch(query, bookingRules, now: now)
    async let rooms = reservations.store.rooms()
    async let busy = reservations.store.busy(search.window)
    return .json(search.answer(try await rooms, try await busy))
  }

  private func reservedRooms(_ query: Fields, for caller: Caller) async throws -> Response {
    guard let from = query["query_from"].flatMap({ Moment($0) }),
      let to = query["query_to"].flatMap({ Moment($0) }),
      to.microseconds - from.microseconds <= RoomSearch.longestWindow
    else { throw Refusal.detail(ReservationRefusal.noWindow) }
    let seats = query["people_count"].flatMap { Int($0.trimmed) } ?? 0
    let rooms = try await reservations.store.rooms().filter { $0.seats >= seats }
    return .json(try await overlaps(rooms, from..<max(from, to), for: caller))
  }

  /// The form of the second search: each room with the reservations that overlap a span.
  func overlaps(
    _ rooms: [MeetingRoom], _ span: Range<Moment>, for caller: Caller
  ) async throws -> JSONValue {
    let found = try await reservations.store.overlapping(
      span, room: rooms.count == 1 ? rooms[0].id : nil)
    let phones = try await contacts.phones(of: Set(found.map(\.user)))
    let titles = reservations.announcer.titles
    let byRoom = Dictionary(grouping: found, by: \.room.id)
    let sorted = rooms.sorted(by: MeetingRoom.comesBefore)
    return .array(
      sorted.map { room in
        let entries = (byRoom[room.id] ?? []).map { reservation -> JSONValue in
          let entry = titles.entry(reservation, for: caller)
          let isShown = entry["title"] != .string(TitlePolicy.hidden)
          return [
            "id": .int(reservation.id),
            "time_range": [.string(reservation.from.text), .string(reservation.to.text)],
            "reserve_user": entry["title"] ?? .null,
            "contact": JSONValue(isShown ? phones[reservation.user] : nil),
            "description": entry["description"] ?? .null,
          ]
        }
        return [
          "reservations": .array(entries),
          "meetingroom": [
            "id": .int(room.id), "name": .string(room.name),
            "seats_count": .int(Int64(room.seats)),
          ],
        ]
      })
  }

  private func roomStates(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let now = now
    let span = now..<(now + 86_400)
    let byRoom = Dictionary(
      grouping: try await reservations.store.overlapping(span), by: \.room.id)
    let titles = reservations.announcer.titles
    let rooms = try await reservations.store.rooms().sorted {
      $0.location == $1.location
        ? MeetingRoom.comesBefore($0, $1) : $0.location < $1.location
    }
    return .json(
      .array(
        rooms.map { room in
          .object(RoomState(room, byRoom[room.id] ?? [], at: now).json(titles, for: me))
        })
    ).with("Cache-Control", "no-store")
  }

  private func roomState(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    guard let room = try await reservations.store.room(try request.id("room")) else {
      throw PluginError.notFound("no such room")
    }
    let now = now
    let titles = reservations.announcer.titles
    let coming = try await reservations.store.overlapping(now..<(now + 86_400), room: room.id)
    var object = RoomState(room, coming, at: now).json(titles, for: me)
    let today = try await reservations.store.overlapping(
      day(at: services.clock.now), room: room.id)
    object["today"] = .array(today.map { .object(titles.entry($0, for: me)) })
    return .json(.object(object)).with("Cache-Control", "no-store")
  }

  private func roomDay(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let (date, span) = try wantedDay(request.query["date"])
    let byRoom = Dictionary(
      grouping: try await reservations.store.overlapping(span), by: \.room.id)
    let titles = reservations.announcer.titles
    let rules = bookingRules
    let rooms = try await reservations.store.rooms().sorted {
      $0.location == $1.location
        ? MeetingRoom.comesBefore($0, $1) : $0.location < $1.location
    }
    return .json([
      "date": .string(date), "grid_minutes": .int(Int64(rules.gridMinutes)),
      "min_minutes": .int(Int64(rules.shortestMinutes)),
      "max_minutes": .int(Int64(rules.mostMinutes)),
      "rooms": .array(
        rooms.map { room in
          var object = room.json
          object["reservations"] = .array(
            (byRoom[room.id] ?? []).map { .object(titles.entry($0, for: me)) })
          return .object(object)
        }),
    ])
  }

  /// The day of the server's zone that is named, or today.
  private func wantedDay(_ text: String?) throws -> (date: String, span: Range<Moment>) {
    let now = services.clock.now
    guard let text, !text.isEmpty else {
      return (services.zone.time(at: now).date, day(at: now))
    }
    guard text.utf8.count == 10, let noon = services.zone.time("\(text) 12:00:00") else {
      throw Refusal.detail(ReservationRefusal.malformed)
    }
    return (text, day(at: noon.unixMilliseconds))
  }

  /// The day of the server's zone that a moment lies in.
  func day(at unixMilliseconds: Int64) -> Range<Moment> {
    let zone = services.zone
    let start = zone.startOfDay(at: unixMilliseconds)
    // The middle of the next day, whatever the clock does at night.
    let end = zone.startOfDay(at: start + 36 * 3_600_000)
    return Moment(milliseconds: start)..<Moment(milliseconds: max(start, end))
  }
}
