internal import JSON
internal import PluginKit

extension Documents {
  static let create = Operation(
    "Make a room",
    details: """
      Takes no seat. A room that is never entered is released after five minutes, any other one \
      as soon as its last seat is free.
      """,
    parameters: [room],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res("chatroom create successfully", "chatroom already exist", "missing parameters"))
        ]), example: ["res": "chatroom create successfully"]),
      Operation.Answer(
        429, "More than three new rooms a minute.", example: ["res": "too many requests"]),
    ], access: access, limit: .perMinute(3), changesByGET: true, admitsProvisional: true)
}

extension ChatPlugin {
  func createRoom(_ request: Request) async throws -> Response {
    guard let room = request.given("room_name").flatMap({ RoomName($0) }) else {
      return Answers.missing(request)
    }
    return switch try await directory.create(room) {
    case .created: Answers.res("chatroom create successfully")
    case .exists: Answers.res("chatroom already exist")
    case .tooMany: throw PluginError(.tooManyRequests, "too many rooms")
    }
  }
}
