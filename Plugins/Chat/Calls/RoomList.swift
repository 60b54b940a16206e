internal import JSON
internal import PluginKit

extension Documents {
  private static let rooms = Schema.array(
    of: .named(
      "ChatRoom",
      .object([.init("name", .string), .init("population", .integer, "Seats taken.")])))

  static let list = Operation(
    "The rooms, in order of creation",
    answers: [
      .ok(
        .object([
          .init("room_list", rooms),
          .init("rooms", rooms, "The same: the document has both names."),
        ]),
        example: [
          "room_list": [
            ["name": "TEST", "population": 0], ["name": "YOU", "population": 2],
          ]
        ])
    ], access: access, admitsProvisional: true)
}

extension ChatPlugin {
  func listRooms(_ request: Request) async throws -> Response {
    .json(try await directory.listJSON).with("Cache-Control", "no-store")
  }
}

extension RoomDirectory {
  /// The list for the topic, with the number of seats in each room.
  var snapshotJSON: JSONValue {
    get async throws {
      guard case .object(var fields) = try await listJSON else { return nil }
      fields["capacity"] = JSONValue(capacity)
      return .object(fields)
    }
  }

  /// The list under the name that clients use, and under the one in the document's example.
  var listJSON: JSONValue {
    get async throws {
      let list = JSONValue(
        try await roomList.map { room in
          ["name": .string(room.name), "population": JSONValue(room.population)]
        })
      return ["room_list": list, "rooms": list]
    }
  }
}
