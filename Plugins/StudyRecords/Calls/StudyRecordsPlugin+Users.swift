internal import JSON
internal import PluginKit

// Users, their tokens, and their hours by day.
extension StudyRecordsPlugin {
  /// A year and a bit, for a calendar.
  private static let mostDays = 400

  func registerUsers(with registrar: inout Registrar) {
    registrar.get("/users/myself", Documents.myself) { request in
      guard let me = try await self.caller(request) else { throw PluginError.noSuchThing }
      return try await self.user(me, request)
    }
    registrar.get("/users/myself/days", Documents.days) { request in
      try await self.days(request)
    }
    registrar.get("/users/:user", Documents.user) { request in
      let me = try await self.caller(request)
      let id = try request.id("user")
      try self.requireVisible(id, to: me)
      return try await self.user(id, request)
    }
    registrar.get("/token", Documents.token) { request in try await self.token(request) }
  }

  private func user(_ id: Int64, _ request: Request) async throws -> Response {
    guard let user = try await users.find(id) else { throw PluginError.noSuchThing }
    return .json(user.json(Links(request)))
  }

  /// A token cannot prolong itself: only a name with a password gets one.
  private func token(_ request: Request) async throws -> Response {
    guard case .password = try BasicCredentials(request),
      case let holder = try request.caller(), let account = holder.account
    else { throw PluginError.wrongCredentials }
    _ = try await caller(request)
    let seconds = services.settings.number(Keys.tokenSeconds)
    let token = try await services.accounts.issueToken(
      for: account, at: holder.credentialVersion, purpose: StudyRecordsPlugin.name,
      life: .fixed(seconds: seconds))
    return Response.json(["expiration": JSONValue(seconds), "token": .string(token.text)])
      .with("Cache-Control", "no-store")
  }

  private func days(_ request: Request) async throws -> Response {
    guard let me = try await caller(request) else { throw PluginError.noSuchThing }
    guard
      let days = StudyDays(
        from: request.query["from"] ?? "", to: request.query["to"] ?? "", zone: services.zone),
      (1...StudyRecordsPlugin.mostDays).contains(days.count)
    else {
      throw PluginError.invalid("日期格式错误, 应为yyyy-MM-dd, 最多\(StudyRecordsPlugin.mostDays)天。")
    }
    return .json(days.json(try await records.spans(of: me, days.begin..<days.end)))
  }
}
