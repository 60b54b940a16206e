internal import JSON
internal import PluginKit

// Logins with a password or a code of WeChat, and their end.
extension CampusPlugin {
  private static let wrongCredentials = Refusal.nonField("无法使用提供的认证信息登录。")
  private static let noCode = Refusal.detail("Wechat JSCode field is required.")
  private static let wrongCode = Refusal.detail(
    "Cannot convert Wechat JSCode to session, maybe the code is wrong.")
  private static let notBound = Refusal.detail(
    "The user account has not been associated with Wechat account,"
      + " you have to call API wechat-bind-wechat-user first.")

  func registerLogins(with registrar: inout Registrar) {
    call(&registrar, [.post], "/auth/get-token", Documents.getToken, logIn)
    call(&registrar, [.post], "/auth/wechat-code2token", Documents.codeToToken, logInByCode)
    call(&registrar, [.put], "/auth/wechat-auth", Documents.bind, bindWeChat)
    call(&registrar, [.delete], "/auth/wechat-auth", Documents.unbind, unbindWeChat)
    call(&registrar, [.post], "/auth/logout", Documents.logOut) { request in
      _ = try await self.caller(request)
      try await self.revokeTokens(of: request)
      return .noContent
    }
  }

  private func logIn(_ request: Request) async throws -> Response {
    var fields = FieldReader(try CallInput(request))
    let name = fields.text("username")
    let password = fields.password("password")
    try fields.check()
    let outcome = try await services.accounts.logIn(
      .any(name), password: password, from: request.peer)
    switch outcome {
    case .success(let account) where account.identity.isCampusUser:
      return try await handOut(account, at: account.credentialVersion)
    case .success, .unknown, .wrongPassword, .disabled: throw CampusPlugin.wrongCredentials
    case .throttled(let seconds):
      throw PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: seconds)
    }
  }

  private func logInByCode(_ request: Request) async throws -> Response {
    let openID = try await openID(request)
    guard let user = try await users.user(openID: openID) else { throw CampusPlugin.notBound }
    guard user.isActive, let id = user.account,
      let account = try await services.accounts.account(id)
    else { throw TokenRefusal.inactive.error }
    guard account.identity.isCampusUser else { throw PluginError.forbidden("no campus user") }
    // The version of now: an account that is locked meanwhile gets no token.
    return try await handOut(account, at: account.credentialVersion)
  }

  /// A new token: 201 for the first one, 200 where an earlier one is still good.
  private func handOut(_ account: Account, at version: Int64) async throws -> Response {
    guard let user = try await users.id(of: account.identity) else {
      throw CampusPlugin.wrongCredentials
    }
    let token: IssuedToken
    do {
      token = try await services.accounts.issueToken(
        for: account.id, at: version, purpose: CampusPlugin.name,
        life: .fixed(seconds: TokenStore.lifeSeconds), spelling: .hexadecimal)
    } catch is AccountError {
      throw CampusPlugin.wrongCredentials
    }
    try await tokens.note(token, of: user)
    return Response.json(["token": .string(token.text)], status: token.isNew ? 201 : 200)
      .with("Cache-Control", "no-store")
  }

  private func openID(_ request: Request) async throws -> String {
    let code = try CallInput(request).members["code"]
    guard let code = code?.string, !code.isEmpty else { throw CampusPlugin.noCode }
    guard let openID = try await weChat.openID(for: code) else { throw CampusPlugin.wrongCode }
    return openID
  }

  private func bindWeChat(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    try await users.bind(try await openID(request), to: caller.id)
    return try await json(of: caller)
  }

  private func unbindWeChat(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    try await users.unbindWeChat(of: caller.id)
    let answer = try await json(of: caller)
    try await revokeTokens(of: request)
    return answer
  }

  /// Ends every token in the head of a request, in whichever way it came.
  private func revokeTokens(of request: Request) async throws {
    let authorization = request.headers["authorization"]?.split { $0 == " " || $0 == "\t" }.last
    let texts = [
      authorization.map { String($0) }, request.headers["token"], request.cookies["token"],
    ]
    for text in texts.compactMap({ $0 }) where !text.isEmpty {
      try await services.accounts.revoke(token: text)
      try await tokens.forget(text)
    }
  }
}
