internal import JSON
internal import PluginKit

extension Documents {
  static let register = Operation(
    "Make an account",
    details: """
      Both the number and the name must be free. Registration is open where the operator allows \
      it (`accounts.registration`); elsewhere `res` is `registration closed`. A password, \
      number or name that is refused is answered like a missing one; `message` says why.
      """,
    parameters: [telephone, userName, password],
    answers: [
      .ok(
        .object([
          .init(
            "res",
            res(
              "register successfully", "user exist", "missing parameters", "registration closed")),
          .init("data", .object([]), optional: true),
          .init("message", .string, optional: true),
        ]), example: ["res": "register successfully"])
    ], limit: .perMinute(60), changesByGET: true)
}

extension ChatPlugin {
  func registerAccount(_ request: Request) async throws -> Response {
    guard let number = request.given("user_tel"), let name = request.given("user_name"),
      let password = request.given("user_password")
    else { return Answers.missing(request) }
    return switch try await logins.register(number, name, password, from: request.peer) {
    case .registered: Answers.res("register successfully")
    case .taken: Answers.res("user exist")
    case .closed: Answers.res("registration closed", [:])
    case .refused(let reason): Answers.missing(request, because: reason)
    }
  }
}
