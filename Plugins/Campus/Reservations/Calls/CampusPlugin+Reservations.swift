internal import JSON
internal import PluginKit

// Reservations of the caller.
extension CampusPlugin {
  func registerReservations(with registrar: inout Registrar) {
    call(&registrar, [.post], "/reservations", Documents.reserve) { request in
      try await self.reserve(request)
    }
    call(&registrar, [.get], "/reservations", Documents.reservations) { request in
      try await self.ownReservations(request)
    }
    call(&registrar, [.get], "/reservations/:reservation", Documents.reservation) { request in
      try await self.reservation(request)
    }
    call(&registrar, [.delete], "/reservations/:reservation", Documents.cancel) { request in
      try await self.cancel(request)
    }
    call(&registrar, [.post], "/reservations/:reservation/extend", Documents.extend) { request in
      try await self.extend(request)
    }
    call(&registrar, [.post], "/reservations/:reservation/end", Documents.end) { request in
      try await self.end(request)
    }
    call(&registrar, [.post], "/meetingrooms/:room/book-now", Documents.bookNow) { request in
      try await self.bookNow(request)
    }
  }

  var bookingRules: BookingRules { BookingRules(services.settings) }

  private func reserve(_ request: Request) async throws -> Response {
    try await reserve(request, for: try await caller(request).id)
  }

  /// Reserves a room for a user, under the same rules for the staff.
  func reserve(_ request: Request, for user: Int64) async throws -> Response {
    let input = try CallInput(request)
    var fields = FieldReader(input)
    let (from, to) = (fields.moment("reserve_from"), fields.moment("reserve_to"))
    let description = fields.text("description")
    // Clients of the published program use the other name; the document's counts if both are there.
    let isOld = !fields.has("meetingroom") && fields.has("meetingroom_object")
    let field = isOld ? "meetingroom_object" : "meetingroom"
    let room = fields.key(field)
    if !fields.isRefused(field), try await reservations.store.room(room) == nil {
      fields.refuse(field, FieldMessage.unknownKey(room))
    }
    try fields.check()
    let span = try bookingRules.span(from: from, to: to, now: now)
    let made = try await reservations.store.reserve(
      span, room: room, field: field, for: user, description, at: now)
    await reservations.announcer.created(made)
    return .json(made.json, status: 201)
  }

  private func ownReservations(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let page = try ListPage(request, count: try await reservations.store.count(of: me.id))
    return .json(page.json(try await reservations.store.list(of: me.id, page).map(\.json)))
  }

  private func reservation(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("reservation")
    let found = try own(try await reservations.store.find(id, of: me.id))
    return .json(found.json)
  }

  private func cancel(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("reservation")
    let gone = try own(try await reservations.store.delete(id, of: me.id))
    await reservations.announcer.cancelled(gone)
    return .noContent
  }

  private func extend(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("reservation")
    let minutes = try self.minutes(request)
    let longer = try own(
      try await reservations.store.extend(
        id, of: me.id, minutes: minutes, bookingRules, at: now))
    await reservations.announcer.changed(longer)
    return .json(longer.json)
  }

  private func end(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("reservation")
    let ended = try own(try await reservations.store.end(id, of: me.id, at: now))
    await reservations.announcer.changed(ended)
    return .json(ended.json)
  }

  private func bookNow(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let room = try request.id("room")
    let minutes = try self.minutes(request)
    var fields = FieldReader(try CallInput(request))
    let text = fields.optionalText("description")
    try fields.check()
    let description = if case .value(let given) = text { given } else { "" }
    let made = try own(
      try await reservations.store.reserveNow(
        minutes: minutes, room: room, for: me.id, description, bookingRules, at: now))
    await reservations.announcer.created(made)
    return .json(made.json, status: 201)
  }

  /// The field `minutes`. Numbers beyond the longest booking count as that and a little more.
  private func minutes(_ request: Request) throws -> Int {
    var fields = FieldReader(try CallInput(request))
    let minutes = fields.integer("minutes")
    try fields.check()
    return Int(min(max(minutes, 0), Int64(BookingRules.longestMinutes) + 1))
  }

  private func own(_ reservation: Reservation?) throws -> Reservation {
    guard let reservation else { throw PluginError.notFound("no such reservation or room") }
    return reservation
  }
}
