internal import JSON
internal import PluginKit

extension Documents {
  static let login = Operation(
    "Log in by telephone number",
    details: """
      `res` is `login successfully`, `user not exist`, `password wrong` or `missing parameters`; \
      only after a success `data` has members. `token` is for the header `token` of other calls \
      and for the hub; it ends a week after its last use.
      """,
    parameters: [telephone, password],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res("login successfully", "user not exist", "password wrong", "missing parameters")),
          .init("data", .oneOf([user, .object([])])),
        ]),
        example: [
          "res": "login successfully",
          "data": [
            "user_tel": 0, "user_name": "admin", "user_password": "", "user_avatar_url": "",
            "token": "...",
          ],
        ]),
      Operation.Answer(
        429, "Too many wrong passwords.", example: ["res": "too many requests", "data": [:]]),
    ], limit: .perMinute(300), changesByGET: true)
}

extension ChatPlugin {
  func logIn(_ request: Request) async throws -> Response {
    guard let number = request.given("user_tel"), let password = request.given("user_password")
    else { return Answers.missing(request) }
    switch try await logins.logIn(number, password, from: request.peer) {
    case .unknown: return Answers.res("user not exist", [:])
    case .wrongPassword: return Answers.res("password wrong", [:])
    case .loggedIn(let account, let token):
      var data = account.chatUser
      data.append("token", .string(token))
      return Answers.res("login successfully", .object(data))
    }
  }
}
