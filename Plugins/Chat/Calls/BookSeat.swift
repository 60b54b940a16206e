internal import JSON
internal import PluginKit
internal import UnicodeText

extension Documents {
  static let seat = Operation(
    "Book a seat or give it back",
    details: """
      A booked seat is kept for 30 seconds, or for as long as a user of that name is in the \
      room. Giving it back puts that name out of the room; within a minute after leaving it is \
      answered with `leave chatroom` too.
      """,
    parameters: [
      room, userName,
      parameter("status", .choice([0, 1]), "1 enters, 0 leaves.", 1),
    ],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res(
              "join chatroom", "leave chatroom", "invalid room", "invalid status",
              "user not exist", "full room", "missing parameters"))
        ]), example: ["res": "full room"])
    ], access: access, changesByGET: true, admitsProvisional: true)
}

extension ChatPlugin {
  func bookSeat(_ request: Request) async throws -> Response {
    guard let room = request.given("room_name"), let user = request.given("user_name"),
      let status = request.given("status"), !user.utf8.contains(0)
    else { return Answers.missing(request) }
    if let identity = request.identity, identity.name != user {
      throw PluginError.forbidden("not your name")
    }
    return try await bookSeat(room, user, status: Int(status), by: request.seatRequest)
  }

  /// The room is checked before the status.
  private func bookSeat(
    _ room: String, _ user: String, status: Int?, by request: SeatRequest
  ) async throws -> Response {
    guard let name = RoomName(room) else { return Answers.res("invalid room") }
    let user = user.inNFC
    switch status {
    case 1:
      return switch try await directory.book(name, user, by: request) {
      case .seated: Answers.res("join chatroom")
      case .full: Answers.res("full room")
      case .noRoom: Answers.res("invalid room")
      case .notYours: throw PluginError.forbidden("not your name")
      }
    case 0:
      return switch try await directory.giveBack(name, user, by: request) {
      case .left: Answers.res("leave chatroom")
      case .noRoom: Answers.res("invalid room")
      case .notThere: Answers.res("user not exist")
      }
    default:
      return Answers.res(try await directory.contains(name) ? "invalid status" : "invalid room")
    }
  }
}
