internal import JSON
internal import PluginKit

// Registration with a check at the college.
extension StudyRecordsPlugin {
  private static let longestName = 64

  private struct Application {
    let name: String
    let password: String
    let number: String
    /// The password at the college. It is never stored and never logged.
    let proof: String
  }

  func registerRegistration(with registrar: inout Registrar) {
    registrar.post("/register", Documents.register) { request in
      do {
        return try await self.register(request)
      } catch let error as AccountError {
        return try StudyRecordsPlugin.refusal(error)
      }
    }
  }

  private func register(_ request: Request) async throws -> Response {
    let application = try application(CallBody(request))
    try await requireFree(application)
    guard StudyRecordsPlugin.isStudentNumber(application.number) else {
      throw PluginError.invalid("学号应该是一个十位数或是九位数.")
    }
    let account = try newAccount(application)
    // The college sees the password only for a registration that nothing else refuses.
    try await services.accounts.checkRegistration(account, from: request.peer)
    switch try await checks.verify(application.number, application.proof) {
    case .good: break
    case .badPair: throw PluginError.invalid("402, 账号或密码错误")
    case .unavailable:
      return Refusal.response(502, "bad_gateway", "教务系统暂时无法访问，请稍后再试。")
    }
    return try await create(account, application, request)
  }

  /// A check that accepts every pair proves nothing: its accounts come without the number, and the
  /// staff confirms them.
  private func newAccount(_ application: Application) throws -> NewAccount {
    guard application.name.unicodeScalars.count <= StudyRecordsPlugin.longestName else {
      throw PluginError.invalid("用户名最多\(StudyRecordsPlugin.longestName)个字符。")
    }
    var account = NewAccount(
      login: application.name, name: application.name, password: application.password,
      roles: .student)
    account.profiles = [.studyName: application.name]
    guard checks.provesNumbers else { return account }
    account.hasProvenNumber = true
    account.profiles[.studentNumber] = application.number
    return account
  }

  private func application(_ body: CallBody) throws -> Application {
    guard let name = body.text("username"), let password = body.text("password"),
      let number = body.text("stu_id"), let proof = body.text("stu_pwd")
    else { throw PluginError.invalid("缺少必要参数。") }
    return Application(name: name, password: password, number: number, proof: proof)
  }

  /// Throws the documented 400 if the name or the number is taken.
  private func requireFree(_ application: Application) async throws {
    let accounts = services.accounts
    let names: [LoginName] = [.profile(.studyName, application.name), .login(application.name)]
    for name in names where try await accounts.find(name) != nil {
      throw PluginError.invalid("用户已经存在。")
    }
    guard try await accounts.find(.profile(.studentNumber, application.number)) == nil else {
      throw PluginError.invalid("该学号被注册，可以试试找回密码。")
    }
  }

  private func create(
    _ new: NewAccount, _ application: Application, _ request: Request
  ) async throws -> Response {
    let account: Account
    do {
      account = try await services.accounts.register(new, from: request.peer)
    } catch let error as AccountError where error.code == .profileTaken {
      // Another call was faster; the same words as if it had come long before.
      try await requireFree(application)
      throw error
    }
    guard let id = try await users.id(of: account.identity),
      let user = try await users.find(id)
    else { throw PluginError(.failure, "the new user is missing") }
    let links = Links(request)
    return Response.json(user.json(links), status: 201).with("Location", links.user(id))
  }

  private static func isStudentNumber(_ text: String) -> Bool {
    (9...10).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func refusal(_ error: AccountError) throws -> Response {
    switch error.code {
    case .loginTaken, .emailTaken, .profileTaken, .nameTaken: throw PluginError.invalid("用户已经存在。")
    case .registrationClosed: return Refusal.response(403, "forbidden", "当前网络不允许注册。")
    case .passwordTooShort: throw PluginError.invalid("密码太短。")
    case .publicPassword: throw PluginError.invalid("这个密码是公开的，请换一个。")
    case .invalid: throw PluginError.invalid("用户名或密码过长，或含有不允许的字符。")
    case .unknown: throw error
    }
  }
}
