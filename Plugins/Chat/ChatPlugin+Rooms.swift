internal import JSON
internal import PluginKit
internal import UnicodeText

// The list of rooms, new rooms, and seats.
extension ChatPlugin {
  func registerRooms(with registrar: inout Registrar) {
    let book = self.book
    registrar.route([.get, .post], "/chatroom/list", Documents.list) { _ in
      .json(await book.listJSON).with("Cache-Control", "no-store")
    }
    registrar.route([.get, .post], "/chatroom/create", Documents.create) { request in
      guard let room = request.given("room_name").flatMap({ RoomName($0) }) else {
        return Answers.missing(request)
      }
      return switch await book.create(room) {
      case .created: Answers.res("chatroom create successfully")
      case .exists: Answers.res("chatroom already exist")
      case .tooMany: throw PluginError(.tooManyRequests, "too many rooms")
      }
    }
    registrar.route([.get, .post], "/chatroom/room", Documents.seat) { request in
      guard let room = request.given("room_name"), let user = request.given("user_name"),
        let status = request.given("status")
      else { return Answers.missing(request) }
      if let identity = request.identity, identity.name != user {
        throw PluginError.forbidden("not your name")
      }
      return try await self.seat(room, user, status: Int(status), by: request.claim)
    }
  }

  /// The room is looked for before the status is looked at.
  private func seat(
    _ room: String, _ user: String, status: Int?, by claim: Claim
  ) async throws -> Response {
    guard let name = RoomName(room) else { return Answers.res("invalid room") }
    let user = user.inNFC
    switch status {
    case 1:
      return switch await book.book(name, user, by: claim) {
      case .seated: Answers.res("join chatroom")
      case .full: Answers.res("full room")
      case .noRoom: Answers.res("invalid room")
      case .notYours: throw PluginError.forbidden("not your name")
      }
    case 0:
      return switch await book.giveBack(name, user, by: claim) {
      case .left: Answers.res("leave chatroom")
      case .noRoom: Answers.res("invalid room")
      case .notThere: Answers.res("user not exist")
      }
    default:
      return Answers.res(await book.contains(name) ? "invalid status" : "invalid room")
    }
  }
}

extension RoomBook {
  /// The list for the topic, with the number of seats in each room.
  var snapshotJSON: JSONValue {
    get async {
      guard case .object(var fields) = await listJSON else { return nil }
      fields["capacity"] = JSONValue(capacity)
      return .object(fields)
    }
  }

  /// The list under the name that clients use, and under the one that the document's example has.
  var listJSON: JSONValue {
    get async {
      let list = JSONValue(
        await roomList.map { room in
          ["name": .string(room.name), "population": JSONValue(room.population)]
        })
      return ["room_list": list, "rooms": list]
    }
  }
}
