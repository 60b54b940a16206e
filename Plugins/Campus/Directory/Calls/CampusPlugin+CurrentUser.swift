internal import JSON
internal import PluginKit

// The caller's own user and contact card.
extension CampusPlugin {
  func registerCurrentUser(with registrar: inout Registrar) {
    call(&registrar, [.get], "/current-user", Documents.currentUser) { request in
      try await self.json(of: try await self.caller(request))
    }
    call(&registrar, [.put], "/current-user", Documents.changeUser, changeUser)
    call(&registrar, [.get], "/current-user/meta", Documents.ownCard) { request in
      let caller = try await self.caller(request)
      return try await self.json(try await self.contacts.own(of: caller.id))
    }
    call(&registrar, [.put], "/current-user/meta", Documents.changeCard) { request in
      let caller = try await self.caller(request)
      try await self.contacts.change(try CallInput(request), of: caller.id)
      return try await self.json(try await self.contacts.own(of: caller.id))
    }
  }

  /// The documented `User` of a caller.
  func json(of caller: Caller) async throws -> Response {
    guard let user = try await users.user(caller.id) else {
      throw PluginError.notFound("no such user")
    }
    return .json(user.json)
  }

  /// The input of a change of one's own user.
  private struct UserChange: Sendable {
    let name: PersonName
    let email: OptionalField<String>
    let department: OptionalField<Int64>
    let password: String?
  }

  private func changeUser(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    guard let user = try await users.user(caller.id), let account = user.account else {
      throw PluginError.notFound("no such user")
    }
    let change = try await userChange(CallInput(request), of: user)
    try await set(change.name, change.department, of: user.id, account) {
      if case .absent = change.email { return }
      $0.email = change.email.replacing(nil)
    }
    // The last step, because it ends all tokens of the account.
    if let password = change.password { try await setPassword(password, of: account) }
    return try await json(of: caller)
  }

  private func userChange(_ input: CallInput, of user: CampusUser) async throws -> UserChange {
    var fields = FieldReader(input)
    let name = fields.personName()
    let email = fields.optionalMail("email")
    let department = try await department(&fields)
    let password = fields.has("password") ? fields.password("password") : nil
    if let password, !fields.isRefused("password") {
      let rules = PasswordRules(
        username: user.username, name: name, email: email.replacing(user.email))
      for sentence in rules.refusals(of: password) { fields.refuse("password", sentence) }
    }
    try fields.check()
    return UserChange(name: name, email: email, department: department, password: password)
  }

  /// The field `department`; one that names no department is refused.
  func department(_ fields: inout FieldReader) async throws -> OptionalField<Int64> {
    let department = fields.optionalKey("department")
    if case .value(let id) = department, try await !users.hasDepartment(id) {
      fields.refuse("department", FieldMessage.unknownKey(id))
    }
    return department
  }

  /// Changes a user and the account in one unit. Throws the documented refusals of addresses.
  func set(
    _ name: PersonName, _ department: OptionalField<Int64>, of user: Int64, _ account: Int64,
    _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws {
    do {
      try await services.accounts.change(
        account, in: services.store,
        alongside: { tx in try tx.setName(name, department: department, of: user) }, body)
    } catch let error as AccountError {
      switch error.code {
      case .emailTaken: throw Refusal.field("email", "该邮件地址已被使用。")
      case .invalid: throw Refusal.field("email", FieldMessage.badMail)
      default: throw error
      }
    }
  }

  private func setPassword(_ password: String, of account: Int64) async throws {
    do {
      try await services.accounts.setPassword(password, of: account)
    } catch let error as AccountError {
      // The server's own rules can be stricter than the document's.
      let isShort = error.code == .passwordTooShort
      throw Refusal.field("password", isShort ? "密码长度太短。" : "密码过长，或含有不允许的字符。")
    }
  }
}
