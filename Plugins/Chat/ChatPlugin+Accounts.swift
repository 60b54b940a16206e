internal import JSON
internal import PluginKit

// Registering and logging in.
extension ChatPlugin {
  func registerAccounts(with registrar: inout Registrar) {
    registrar.route([.get, .post], "/auth/login", Documents.login) { request in
      try await self.logIn(request)
    }
    registrar.route([.get, .post], "/auth/register", Documents.register) { request in
      try await self.register(request)
    }
    registrar.route([.get, .post], "/auth/user_data", Documents.userData) { request in
      try await self.userData(request)
    }
  }

  private func logIn(_ request: Request) async throws -> Response {
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

  private func register(_ request: Request) async throws -> Response {
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

  private func userData(_ request: Request) async throws -> Response {
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
