internal import JSON
internal import Storage

/// A room that people reserve.
struct MeetingRoom: Sendable, Hashable {
  static let columns =
    "m.id AS room, m.name, m.location, m.seats_count, m.label, m.description AS about"

  let id: Int64
  let name: String
  let location: String
  let seats: Int
  let label: String
  let description: String

  init(_ row: Row) throws(StoreError) {
    id = try row.int64("room")
    name = try row.text("name")
    location = try row.text("location")
    seats = try row.int("seats_count")
    label = try row.text("label")
    description = try row.text("about")
  }

  init(id: Int64, name: String, location: String, seats: Int, label: String = "") {
    self.id = id
    self.name = name
    self.location = location
    self.seats = seats
    self.label = label
    description = ""
  }

  /// Without the id.
  var facts: JSONObject {
    [
      "name": .string(name), "location": .string(location), "seats_count": .int(Int64(seats)),
      "label": .string(label), "description": .string(description),
    ]
  }

  var json: JSONObject {
    var object: JSONObject = ["id": .int(id)]
    for (name, value) in facts { object[name] = value }
    return object
  }

  /// The order inside one location.
  static func comesBefore(_ a: MeetingRoom, _ b: MeetingRoom) -> Bool {
    (a.seats, a.name, a.id) < (b.seats, b.name, b.id)
  }
}
