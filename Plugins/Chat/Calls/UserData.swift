internal import JSON
internal import PluginKit

extension Documents {
  static let userData = Operation(
    "Look a user up",
    details: """
      Without a token, and for accounts that the staff has not confirmed, by name only and with \
      `user_tel` null; every account finds itself.
      """,
    parameters: [
      .query("user_tel", .integer, optional: true, "Wins over the name."),
      .query("user_name", optional: true, "The name in the rooms.", example: "admin"),
    ],
    answers: [
      .ok(
        .object([
          .init("res", res("get user data successfully", "user not exist", "missing parameters")),
          .init("data", .object([.init("user", user, optional: true)])),
        ]),
        example: [
          "res": "get user data successfully",
          "data": [
            "user": [
              "user_tel": 0, "user_name": "admin", "user_password": "", "user_avatar_url": "",
            ]
          ],
        ])
    ], access: access, limit: .perMinute(120), admitsProvisional: true)
}

extension ChatPlugin {
  func userData(_ request: Request) async throws -> Response {
    let number = request.given("user_tel")
    let name = request.given("user_name")
    guard number != nil || name != nil else { return Answers.missing(request) }
    guard let account = try await logins.find(telephone: number, name: name),
      number == nil || request.mayLearnNumber(of: account)
    else { return Answers.res("user not exist", [:]) }
    var user = account.chatUser
    if !request.mayLearnNumber(of: account) { user["user_tel"] = .null }
    return Answers.res("get user data successfully", ["user": .object(user)])
  }
}

extension Request {
  /// Strangers and provisional accounts learn no telephone number but their own.
  fileprivate func mayLearnNumber(of account: Account) -> Bool {
    guard let identity else { return false }
    return !identity.isProvisional || identity.account == account.id
  }
}
