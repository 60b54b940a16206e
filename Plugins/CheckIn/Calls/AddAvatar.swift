internal import JSON
internal import PluginKit

extension Documents {
  static let addAvatar = Operation(
    "Choose a picture",
    body: Operation.RequestBody(
      .json(.object([.init("studentid", .string), .init("avatar", .string)])), maxBytes: 4096,
      example: ["studentid": "2100301419", "avatar": "five.jpg"]),
    answers: [
      .ok(
        envelope(.null),
        example: example(
          #"{"flag":true,"msg":null,"recordtime":null,"data":null,"code":null}"#))
    ], access: access)
}

extension CheckInPlugin {
  func addAvatar(_ request: Request) async throws -> Response {
    let body = try request.json()
    let number = body["studentid"]?.string ?? ""
    try access.requireActing(as: number, request)
    guard let avatar = body["avatar"]?.string, ImportReader.isShort(avatar, 20),
      try await store.setAvatar(avatar, of: number)
    else { return Envelope.bad(nil).response() }
    chat.forget(number)
    recordActing("picture_set", for: number, by: request)
    return Envelope.good().response()
  }
}
