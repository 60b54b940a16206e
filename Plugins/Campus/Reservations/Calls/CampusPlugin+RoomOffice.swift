internal import JSON
internal import PluginKit

// Meeting rooms and reservations for the staff. The audit trail has every change.
extension CampusPlugin {
  func registerRoomOffice(with registrar: inout Registrar) {
    call(&registrar, [.post], "/admin/api/meetingrooms", Documents.adminAddRoom) { request in
      let room = try await self.reservations.store.add(try RoomDraft(CallInput(request)))
      return .json(.object(room.json), status: 201)
    }
    call(&registrar, [.put], "/admin/api/meetingrooms/:room", Documents.adminChangeRoom) {
      request in
      let draft = try RoomDraft(CallInput(request))
      guard let room = try await self.reservations.store.change(try request.id("room"), to: draft)
      else { throw PluginError.notFound("no such room") }
      return .json(.object(room.json))
    }
    call(&registrar, [.delete], "/admin/api/meetingrooms/:room", Documents.adminRemoveRoom) {
      request in
      guard try await self.reservations.store.remove(room: try request.id("room")) else {
        throw PluginError.notFound("no such room")
      }
      return .noContent
    }
    call(&registrar, [.get], "/admin/api/reservations", Documents.adminReservations) { request in
      try await self.allReservations(request)
    }
    call(&registrar, [.post], "/admin/api/reservations", Documents.adminReserve) { request in
      try await self.reserveForUser(request)
    }
    call(
      &registrar, [.delete], "/admin/api/reservations/:reservation", Documents.adminCancel
    ) { request in
      let id = try request.id("reservation")
      guard let gone = try await self.reservations.store.delete(id, of: nil) else {
        throw PluginError.notFound("no such reservation")
      }
      await self.reservations.announcer.cancelled(gone)
      return .noContent
    }
  }

  /// All reservations that overlap a span; without one those of today.
  private func allReservations(_ request: Request) async throws -> Response {
    let query = request.query
    var span = day(at: services.clock.now)
    if query["from"] != nil || query["to"] != nil {
      guard let from = query["from"].flatMap({ Moment($0) }),
        let to = query["to"].flatMap({ Moment($0) }),
        to.microseconds - from.microseconds <= RoomSearch.longestWindow
      else { throw Refusal.detail(ReservationRefusal.malformed) }
      span = from..<max(from, to)
    }
    let room = query["meetingroom"].flatMap { Int64($0) }
    let found = try await reservations.store.overlapping(span, room: room)
    return .json(
      .array(
        found.map { reservation in
          var object = reservation.json.object ?? [:]
          object["reserve_user"] = .string(reservation.holder)
          return .object(object)
        }))
  }

  private func reserveForUser(_ request: Request) async throws -> Response {
    var fields = FieldReader(try CallInput(request))
    let user = fields.key("user")
    if !fields.isRefused("user"), try await !users.exists(user) {
      fields.refuse("user", FieldMessage.unknownKey(user))
    }
    try fields.check()
    return try await reserve(request, for: user)
  }
}

/// The fields of a meeting room.
struct RoomDraft: Sendable {
  static let mostSeats: Int64 = 100_000

  let name: String
  let location: String
  let seats: Int64
  let label: String
  let description: String

  /// Throws the 400 of the framework if a field is missing or out of its bounds.
  init(_ input: CallInput) throws {
    var fields = FieldReader(input)
    name = fields.text("name", longest: 32)
    location = fields.text("location", longest: 128)
    seats = fields.integer("seats_count")
    if !fields.isRefused("seats_count"), !(0...RoomDraft.mostSeats).contains(seats) {
      fields.refuse("seats_count", FieldMessage.notInteger)
    }
    label = RoomDraft.text(fields.optionalText("label", longest: 32))
    description = RoomDraft.text(fields.optionalText("description", longest: 2000))
    try fields.check()
  }

  private static func text(_ field: OptionalField<String>) -> String {
    if case .value(let text) = field { text } else { "" }
  }
}
