internal import JSON
internal import PluginKit
internal import Storage

// Accounts as the document has them, and the server's clock.
extension SignTasksPlugin {
  private static let clients = ["web", "android", "ios"]

  func registerUserCalls(with registrar: inout Registrar) {
    call(&registrar, [.post], "/user_action/login", Documents.logIn, logIn)
    call(&registrar, [.get, .post], "/user_action/logout", Documents.logOut) { request in
      if let token = LoginToken.text(of: request) {
        try await self.services.accounts.revoke(token: token)
      }
      return .null
    }
    call(&registrar, [.post], "/user_action/register", Documents.register, registerUser)
    call(&registrar, [.get, .post], "/user/info", Documents.info, info)
    call(&registrar, [.post], "/user/refresh_token", Documents.refresh, refresh)
    call(&registrar, [.get, .post], "/server_status/time", Documents.time) { _ in
      let now = self.services.clock.now
      return [
        "millis": .int(now), "second": .int(now / 1000), "utc": "Asia/Shanghai",
        "utcOffset": 28_800_000, "utcNum": 8,
      ]
    }
  }

  private func logIn(_ request: Request) async throws -> JSONValue {
    guard let client = request.input("client"), !client.isEmpty else { throw Verdict(21304) }
    guard SignTasksPlugin.clients.contains(client) else { throw Verdict(21305) }
    // Passwords are kept as slow hashes: an MD5 of one cannot be compared with anything.
    guard ["plain", ""].contains(request.input("pwd_type") ?? "") else { throw Verdict(21306) }
    let name = request.input("username") ?? ""
    let password = request.input("password") ?? ""
    guard !name.isEmpty else { throw Verdict(21300) }
    let outcome = try await services.accounts.logIn(
      .any(name), password: password, from: request.peer)
    switch outcome {
    case .success(let account): return try await token(for: account.identity, or: 21303)
    case .unknown, .disabled: throw Verdict(21300)
    case .wrongPassword: throw Verdict(21301)
    case .throttled(let seconds):
      throw PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: seconds)
    }
  }

  private func token(for caller: Identity, or code: Int) async throws -> JSONValue {
    guard let account = caller.account else { throw Verdict(code) }
    let days = services.settings.number(SignTasksPlugin.tokenDays)
    let seconds = min(max(1, days), SignTasksPlugin.mostTokenDays) * 86_400
    let token = try await refusing(code) {
      try await self.services.accounts.issueToken(
        for: account, at: caller.credentialVersion, purpose: "sign",
        life: .fixed(seconds: seconds))
    }
    return [
      "token": .string(LoginToken.spelled(token.text)), "expire": .int(token.expiresAt / 1000),
    ]
  }

  private func registerUser(_ request: Request) async throws -> JSONValue {
    let email = request.input("email") ?? ""
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), email.utf8.count <= 100,
      email.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { throw Verdict(21500) }
    let password = request.input("password") ?? ""
    guard (6...32).contains(password.unicodeScalars.count) else { throw Verdict(21501) }
    var new = NewAccount(
      login: email, name: String(parts[0]), password: password, roles: .student)
    new.email = email
    do {
      try await register(new, request.peer)
    } catch let error as AccountError {
      switch error.code {
      case .loginTaken, .emailTaken, .profileTaken, .nameTaken: throw Verdict(21502)
      case .passwordTooShort, .publicPassword: throw Verdict(21501)
      case .registrationClosed, .invalid, .unknown: throw Verdict(21503)
      }
    }
    return .null
  }

  /// The part before the @ may be somebody's name already; the whole address is not.
  private func register(_ account: NewAccount, _ peer: Peer) async throws {
    do {
      try await services.accounts.register(account, from: peer)
    } catch let error as AccountError where error.code == .nameTaken {
      var account = account
      account.name = account.login
      try await services.accounts.register(account, from: peer)
    }
  }

  private func info(_ request: Request) async throws -> JSONValue {
    let (user, caller) = (try await user(request), try request.caller())
    let row = try await services.store.first(
      "SELECT \(ListedUser.columns), gender, description FROM sign_users u WHERE id = ?", user.id)
    guard let row, let id = caller.account, let account = try await services.accounts.account(id)
    else { throw PluginError(.unauthorized, "log in first") }
    let listed = try ListedUser(user.id, row).updated(from: [id: account])
    let (avatar, gender) = (JSONValue.string(account.avatar), try row.int64("gender"))
    return [
      "id": .int(user.id), "user_type": .string(user.kind.rawValue),
      "name": .string(listed.name), "avatar": avatar,
      "avatar_more": ["lager": avatar, "small": avatar, "middle": avatar],
      "email": JSONValue(account.email), "uid": .string(listed.number),
      "sex": gender == 0 ? "男" : "女", "sex_flag": .int(gender),
      "description": .string(try row.text("description")),
    ]
  }

  private func refresh(_ request: Request) async throws -> JSONValue {
    let now = self.now
    guard let confirm = request.input("confirm").flatMap({ Int64($0) }),
      (now - 20...now + 20).contains(confirm)
    else { throw Verdict(21400) }
    return try await token(for: try request.caller(), or: 21401)
  }
}
