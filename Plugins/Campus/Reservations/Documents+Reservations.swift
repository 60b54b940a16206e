internal import JSON
internal import PluginKit

// Meeting rooms and reservations.
extension Documents {
  static let roomObject = Schema.named("CampusMeetingRoom", .object(roomProperties))

  private static let roomProperties: [Schema.Property] = [
    .init("id", .integer), .init("name", .string), .init("location", .string),
    .init("seats_count", .integer), .init("label", .string, "Equipment; may be empty."),
    .init("description", .string),
  ]

  static let reservationObject = Schema.named(
    "CampusReservation",
    .object([
      .init("id", .integer), .init("user", .integer), .init("meetingroom", roomObject),
      .init("reserve_from", .string, time), .init("reserve_to", .string, time),
      .init("description", .string),
    ]))

  private static let entry = Schema.named(
    "CampusRoomEntry",
    .object([
      .init("id", .integer), .init("reserve_from", .string, time),
      .init("reserve_to", .string, time),
      .init("title", .string, "The holder, or 已预约 where titles are private."),
      .init("description", .string), .init("mine", .boolean),
    ]))

  private static let stateProperties: [Schema.Property] =
    roomProperties + [
      .init("state", .string, "`free` or `busy`."), .init("current", .nullable(entry)),
      .init("next", .nullable(entry), "Within a day."),
      .init("free_until", .nullable(.string), "The next reservation; null for a day or more."),
      .init("busy_until", .nullable(.string), "The end of the unbroken chain of reservations."),
      .init("now", .string, time),
    ]

  static let rooms = Operation(
    "The meeting rooms and their states now",
    answers: [
      .ok(
        .array(of: .named("CampusRoomState", .object(stateProperties))),
        "By location, seats and name.")
    ], access: .signedIn)

  static let room = Operation(
    "A meeting room, its state now and its day",
    parameters: [.path("room", .integer, "The room.", example: 2)],
    answers: [
      .ok(
        .named(
          "CampusRoomStateAndDay",
          .object(stateProperties + [.init("today", .array(of: entry))]))),
      .init(404, "There is none.", refusal),
    ], access: .signedIn)

  static let roomDay = Operation(
    "A day of all meeting rooms",
    parameters: [
      .query(
        "date", .string, optional: true, "`YYYY-MM-DD` in the server's zone; today without it.",
        example: "2026-03-02")
    ],
    answers: [
      .ok(
        .object([
          .init("date", .string), .init("grid_minutes", .integer),
          .init("min_minutes", .integer), .init("max_minutes", .integer),
          .init(
            "rooms",
            .array(
              of: .named(
                "CampusRoomDay",
                .object(roomProperties + [.init("reservations", .array(of: entry))])))),
        ])),
      .init(400, "The date cannot be read.", refusal),
    ], access: .signedIn)

  static let availableRooms = Operation(
    "Search for free rooms",
    details:
      "Two searches share this path. With `time_from` and `time_to` the answer is groups of rooms"
      + " by location, each with the windows (`choices`) in which it is free. With `query_from` and"
      + " `query_to` it is all rooms with the reservations that overlap the window. A window is at"
      + " most seven days.",
    parameters: [
      .query("time_from", .string, optional: true, "The window, with an offset from UTC."),
      .query("time_to", .string, optional: true, "The end of the window."),
      .query("people_count", .string, optional: true, "Seats, at least.", example: "20"),
      .query("label", .string, optional: true, "A part of the equipment."),
      .query("location", .string, optional: true, "A part of the location."),
      .query(
        "length", .string, optional: true, "Minutes; the whole window without it.",
        example: "45"),
      .query("query_from", .string, optional: true, "The window of the second search."),
      .query("query_to", .string, optional: true, "The end of the window."),
    ],
    answers: [
      .ok(.array(of: .anything)),
      .init(400, "A parameter is missing or outside its limits.", refusal),
    ], access: .signedIn)

  static let reserve = Operation(
    "Reserve a room",
    details: "The times are floored to the grid. No two reservations of a room ever overlap.",
    body: body(
      [
        .init("reserve_from", .string, time), .init("reserve_to", .string, time),
        .init("description", .string),
        .init("meetingroom", .integer, optional: true, "Also taken as `meetingroom_object`."),
        .init("meetingroom_object", .integer, optional: true),
      ],
      example: [
        "reserve_from": "2030-02-22T17:00:00+08:00", "reserve_to": "2030-02-22T18:00:00+08:00",
        "description": "组会", "meetingroom": 2,
      ]),
    answers: [
      .init(201, "Reserved.", reservationObject), taken, otherType,
    ], access: .signedIn, limit: changes)

  private static let taken = Operation.Answer(
    400, "A field is wrong, the length is outside the limits, or the room is taken.", refusal)
  private static let noReservation = Operation.Answer(
    404, "There is none of the caller's.", refusal)
  private static let id = Operation.Parameter.path(
    "reservation", .integer, "The reservation.", example: 88)
  private static let minutes = body(
    [.init("minutes", .integer)], example: ["minutes": 15])

  static let reservations = Operation(
    "The caller's reservations", parameters: [pageQuery],
    answers: [
      .ok(page(of: reservationObject, named: "CampusReservationPage"), "The newest first."),
      .init(404, "There is no such page.", refusal),
    ], access: .signedIn)

  static let reservation = Operation(
    "A reservation of the caller's", parameters: [id],
    answers: [.ok(reservationObject), noReservation], access: .signedIn)

  static let cancel = Operation(
    "Cancel a reservation", parameters: [id],
    answers: [.init(204, "Cancelled."), noReservation], access: .signedIn, limit: changes)

  static let extend = Operation(
    "Make a reservation longer", parameters: [id], body: minutes,
    answers: [.ok(reservationObject), taken, noReservation, otherType], access: .signedIn,
    limit: changes)

  static let end = Operation(
    "End a reservation that runs", details: "The room is free from this moment on.",
    parameters: [id],
    answers: [.ok(reservationObject), taken, noReservation], access: .signedIn, limit: changes)

  static let bookNow = Operation(
    "Reserve a room from now on",
    details: "It begins at the last point of the grid, or where a reservation has just ended.",
    parameters: [.path("room", .integer, "The room.", example: 1)],
    body: body(
      [.init("minutes", .integer), .init("description", .string, optional: true)],
      example: ["minutes": 30]),
    answers: [
      .init(201, "Reserved.", reservationObject), taken,
      .init(404, "There is no such room.", refusal), otherType,
    ], access: .signedIn, limit: changes)

  private static let roomFields = body(
    [
      .init("name", .string, "At most 32 characters."),
      .init("location", .string, "At most 128 characters."), .init("seats_count", .integer),
      .init("label", .string, optional: true), .init("description", .string, optional: true),
    ],
    example: ["name": "勤学楼1103", "location": "勤学楼", "seats_count": 12, "label": "白板"])
  private static let roomPath = Operation.Parameter.path(
    "room", .integer, "The room.", example: 1)
  private static let noRoom = Operation.Answer(404, "There is no such room.", refusal)

  static let adminAddRoom = Operation(
    "Add a meeting room", body: roomFields,
    answers: [.init(201, "The new room.", roomObject), otherType], access: staff)

  static let adminChangeRoom = Operation(
    "Change a meeting room", parameters: [roomPath], body: roomFields,
    answers: [.ok(roomObject), noRoom, otherType], access: staff)

  static let adminRemoveRoom = Operation(
    "Remove a meeting room", details: "Its reservations go with it.", parameters: [roomPath],
    answers: [.init(204, "Removed."), noRoom], access: staff)

  static let adminReservations = Operation(
    "The reservations that overlap a span", details: "Those of today without a span.",
    parameters: [
      .query("from", .string, optional: true, "With an offset from UTC."),
      .query("to", .string, optional: true, "Seven days later at the most."),
      .query("meetingroom", .integer, optional: true, "Of this room only."),
    ],
    answers: [
      .ok(.array(of: .anything), "As the caller's own, and with `reserve_user`."),
      .init(400, "The span cannot be read.", refusal),
    ], access: staff)

  static let adminReserve = Operation(
    "Reserve a room for a user", details: "Under the same rules.",
    body: body([
      .init("user", .integer), .init("reserve_from", .string, time),
      .init("reserve_to", .string, time), .init("description", .string),
      .init("meetingroom", .integer),
    ]), answers: [.init(201, "Reserved.", reservationObject), taken, otherType], access: staff)

  static let adminCancel = Operation(
    "Cancel a reservation of a user", parameters: [id],
    answers: [.init(204, "Cancelled."), noReservation], access: staff)

  private static let told = Schema.object([
    .init("id", .integer), .init("meetingroom", .integer), .init("reserve_from", .string, time),
    .init("reserve_to", .string, time), .init("reserve_user", .string),
    .init("description", .string),
  ])

  static let roomEvents = [
    EventDescription(
      "reservation.created", "A room was reserved.", [.init("reservation", told)]),
    EventDescription(
      "reservation.changed", "A reservation became longer or ended early.",
      [.init("reservation", told)]),
    EventDescription(
      "reservation.cancelled", "A reservation was cancelled.",
      [
        .init("id", .integer), .init("meetingroom", .integer),
        .init("reserve_from", .string, time), .init("reserve_to", .string, time),
      ]),
    EventDescription(
      "room.changed", "A reservation began or ended as planned.",
      [.init("meetingroom", .integer), .init("state", .string, "`free` or `busy`.")]),
  ]
}
