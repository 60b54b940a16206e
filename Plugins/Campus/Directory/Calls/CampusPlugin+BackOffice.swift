internal import JSON
internal import PluginKit

// Users, departments and tokens for the staff. The audit trail has every change.
extension CampusPlugin {
  private static let unique = "该字段必须唯一。"

  func registerBackOffice(with registrar: inout Registrar) {
    call(&registrar, [.get], "/admin/api/users", Documents.adminUsers, listUsers)
    call(&registrar, [.post], "/admin/api/users", Documents.adminAddUser, addUser)
    call(&registrar, [.get], "/admin/api/users/:user", Documents.adminUser) { request in
      .json(try await self.namedUser(request).json)
    }
    call(&registrar, [.put], "/admin/api/users/:user", Documents.adminChangeUser, setUser)
    call(
      &registrar, [.delete], "/admin/api/users/:user/tokens", Documents.adminEndTokens, endTokens)
    call(&registrar, [.get], "/admin/api/tokens", Documents.adminTokens, listTokens)
    call(&registrar, [.delete], "/admin/api/tokens/:token", Documents.adminEndToken, endToken)
    call(&registrar, [.get], "/admin/api/departments", Documents.adminDepartments) { _ in
      .json(.array(try await self.users.departments().map(\.json)))
    }
    call(&registrar, [.post], "/admin/api/departments", Documents.adminAddDepartment) { request in
      let name = try self.departmentName(request)
      guard let id = try await self.users.addDepartment(name) else {
        throw Refusal.field("name", CampusPlugin.unique)
      }
      return .json(Department(id: id, name: name).json, status: 201)
    }
    call(
      &registrar, [.put], "/admin/api/departments/:department", Documents.adminRenameDepartment,
      renameDepartment)
    call(
      &registrar, [.delete], "/admin/api/departments/:department",
      Documents.adminRemoveDepartment
    ) { request in
      guard try await self.users.removeDepartment(try request.id("department")) else {
        throw PluginError.notFound("no such department")
      }
      return .noContent
    }
  }

  private func namedUser(_ request: Request) async throws -> CampusUser {
    guard let user = try await users.user(try request.id("user")) else {
      throw PluginError.notFound("no such user")
    }
    return user
  }

  private func listUsers(_ request: Request) async throws -> Response {
    let terms = SearchTerms(request)
    let department = request.query["department"].flatMap { Int64($0) }
    let found = try await users.all().filter { user in
      (department == nil || user.department?.id == department)
        && terms.match([user.username, user.name.full])
    }
    let page = try ListPage(request, count: found.count)
    let shown = found.dropFirst(page.offset).prefix(ListPage.size)
    return .json(page.json(try await users.complete(Array(shown)).map(\.json)))
  }

  /// A teacher: other roles are given by the accounts' own commands.
  private func addUser(_ request: Request) async throws -> Response {
    var fields = FieldReader(try CallInput(request))
    let username = fields.text("username", longest: 64)
    let name = fields.personName()
    let email = fields.optionalMail("email").replacing(nil)
    let department = try await department(&fields)
    let password = fields.has("password") ? fields.password("password") : nil
    try fields.check()
    var new = NewAccount(login: username, name: name.full, password: password, roles: .teacher)
    new.email = email
    new.profiles[.staffName] = username
    let account = try await create(new)
    guard let id = try await users.id(of: account.identity) else {
      throw PluginError(.failure, "the new user is missing")
    }
    try await users.setName(name, department: department, of: id)
    guard let user = try await users.user(id) else {
      throw PluginError(.failure, "the new user is missing")
    }
    return .json(user.json, status: 201)
  }

  private func create(_ account: NewAccount) async throws -> Account {
    do {
      return try await services.accounts.create(account)
    } catch let error as AccountError {
      switch error.code {
      case .emailTaken: throw Refusal.field("email", CampusPlugin.unique)
      case .passwordTooShort: throw Refusal.field("password", "密码长度太短。")
      case .publicPassword: throw Refusal.field("password", "这个密码太常见了。")
      case .loginTaken, .profileTaken, .nameTaken:
        throw Refusal.field("username", CampusPlugin.unique)
      case .invalid, .unknown, .registrationClosed: throw PluginError.invalid(error.detail)
      }
    }
  }

  private func setUser(_ request: Request) async throws -> Response {
    let user = try await namedUser(request)
    var fields = FieldReader(try CallInput(request))
    let name = fields.personName()
    let email = fields.optionalMail("email")
    let department = try await department(&fields)
    let isActive = fields.optionalFlag("is_active").replacing(user.isActive) ?? user.isActive
    try fields.check()
    if !isActive && user.account == request.identity?.account {
      throw Refusal.field("is_active", "不能停用自己的账户。")
    }
    if let account = user.account {
      try await set(name, department, of: user.id, account) { account in
        account.isActive = isActive
        if case .absent = email { return }
        account.email = email.replacing(nil)
      }
    } else {
      try await users.setName(name, department: department, of: user.id)
    }
    return .json(try await namedUser(request).json)
  }

  private func listTokens(_ request: Request) async throws -> Response {
    let now = services.clock.now
    let page = try ListPage(request, count: try await tokens.count(at: now))
    return .json(page.json(try await tokens.list(at: now, page)))
  }

  /// The caller's own token is one of them.
  private func endToken(_ request: Request) async throws -> Response {
    let id = try request.id("token")
    let digest = try await tokens.digest(of: id).orNotFound()
    try await services.accounts.revoke(digest: digest)
    try await tokens.forget(token: id)
    return .noContent
  }

  private func endTokens(_ request: Request) async throws -> Response {
    let user = try await namedUser(request)
    guard let account = user.account else { return .noContent }
    try await services.accounts.revokeTokens(of: account)
    try await tokens.forget(user.id)
    return .noContent
  }

  private func departmentName(_ request: Request) throws -> String {
    var fields = FieldReader(try CallInput(request))
    let name = fields.text("name", longest: 150)
    try fields.check()
    return name
  }

  private func renameDepartment(_ request: Request) async throws -> Response {
    let id = try request.id("department")
    let name = try departmentName(request)
    switch try await users.renameDepartment(id, to: name) {
    case .renamed: return .json(Department(id: id, name: name).json)
    case .taken: throw Refusal.field("name", CampusPlugin.unique)
    case .unknown: throw PluginError.notFound("no such department")
    }
  }
}

extension FieldReader {
  /// Both parts of a person's name.
  mutating func personName() -> PersonName {
    PersonName(last: text("last_name", longest: 150), first: text("first_name", longest: 30))
  }
}
