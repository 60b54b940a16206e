internal import HTTP
internal import JSON
internal import PluginHost
internal import PluginKit

// Logging in by any name that a person goes by, for pages and for clients of no documented system.
extension ServerAPI {
  func registerLogIn(with registrar: inout Registrar) {
    registrar.post("/api/v1/login", ServerAPI.login, logIn)
    registrar.post("/api/v1/logout", ServerAPI.logout, logOut)
  }

  private static let life = TokenLife.sliding(seconds: 7 * 86_400)

  private func logIn(_ request: Request) async throws -> Response {
    // Never from the address: it would stand in histories and logs.
    guard let name = request.posted("login"), let password = request.posted("password") else {
      throw PluginError.invalid("login or password is missing")
    }
    let outcome = try await services.accounts.logIn(
      .any(name), password: password, from: request.peer)
    switch outcome {
    case .success(let account):
      let token = try await services.accounts.issueToken(
        for: account, purpose: "pages", life: ServerAPI.life)
      return Response.json([
        "token": .string(token.text), "expires_at": .int(token.expiresAt),
        "user": account.identity.json,
      ])
    // Whether an account exists or is locked is not told.
    case .unknown, .wrongPassword, .disabled:
      throw PluginError(.unauthorized, "no such login, or another password")
    case .throttled(let seconds):
      throw PluginError(.tooManyRequests, "too many tries", retryAfterSeconds: seconds)
    }
  }

  private func logOut(_ request: Request) async throws -> Response {
    guard let token = request.token else {
      throw PluginError(.unauthorized, "there is no token in the head of this request")
    }
    try await services.accounts.revoke(token: token)
    return .noContent
  }

  private static let login = Operation(
    "Log in",
    details: """
      `login` is the login, a student number, a telephone number, any other name by which one of \
      the systems knows somebody, or the e-mail address. The token is for `Authorization: Bearer` \
      or the header `token` of other calls, and for `hello`; it ends a week after its last use.
      """,
    body: .init(
      .json(.object([.init("login", .string), .init("password", .string)])),
      .form([.init("login", .string), .init("password", .string)]), maxBytes: 4096,
      example: ["login": "tao", "password": "tao123456"]),
    answers: [
      .ok(
        .object([
          .init("token", .string), .init("expires_at", .integer, "Unix milliseconds."),
          .init(
            "user",
            .object([
              .init("id", .string), .init("name", .string), .init("avatar", .string),
              .init("roles", .array(of: .choice(["admin", "staff", "teacher", "student"]))),
            ])),
        ])),
      .init(401, "There is no such login, or it has another password.", failure),
    ], limit: .perMinute(300))

  private static let logout = Operation(
    "End a token", details: "Its live connections are closed within a second.",
    answers: [
      .init(204, "It is not good any more."), .init(401, "There is no token.", failure),
    ])
}

extension Request {
  /// A value that is there and not empty, from the form or the JSON object in the body alone.
  fileprivate func posted(_ name: String) -> String? {
    var body = self
    body.query = Fields()
    guard let value = body.input(name), !value.isEmpty else { return nil }
    return value
  }
}

extension Identity {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "name": .string(name), "avatar": .string(avatar),
      "roles": .array(roles.names.map { .string($0) }),
    ]
  }
}
