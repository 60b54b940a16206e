internal import JSON
internal import PluginKit

// Records: the lists, one of them, start and finish.
extension StudyRecordsPlugin {
  /// Clocks of phones are a little fast.
  private static let toleranceSeconds: Int64 = 60

  func registerStudys(with registrar: inout Registrar) {
    registrar.get("/studys", Documents.studys) { request in try await self.studys(request) }
    registrar.post("/studys", Documents.start) { request in try await self.start(request) }
    registrar.get("/studys/:study", Documents.study) { request in try await self.study(request) }
    registrar.put("/studys/:study", Documents.finish) { request in
      try await self.finish(request)
    }
    registrar.get("/users/:user/studys", Documents.studysOfUser) { request in
      try await self.studysOfUser(request)
    }
  }

  private func studys(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let number = try request.page()
    let page: StudyPage? =
      if !isPrivate {
        try await records.page(number)
      } else if let me {
        try await records.page(number, of: me)
      } else {
        number == 1 ? StudyPage.empty : nil
      }
    guard let page else { throw PluginError.noSuchThing }
    return .json(page.json(Links(request), of: nil))
  }

  private func studysOfUser(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let user = try request.id("user")
    try requireVisible(user, to: me)
    guard let page = try await records.page(try request.page(), of: user) else {
      throw PluginError.noSuchThing
    }
    return .json(page.json(Links(request), of: user))
  }

  private func study(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    guard let study = try await records.find(try request.id("study")) else {
      throw PluginError.noSuchThing
    }
    try requireVisible(study.creator, to: me)
    return .json(study.json(Links(request)))
  }

  private func start(_ request: Request) async throws -> Response {
    guard let me = try await caller(request) else { throw PluginError.notYours }
    let start = try CallBody(request).moment("start_time") ?? now
    guard start.seconds <= now.seconds + StudyRecordsPlugin.toleranceSeconds else {
      throw PluginError.invalid("开始时间不能晚于当前时间。")
    }
    let onlyOne = services.settings.flag(Keys.singleOpen)
    guard let study = try await records.start(by: me, at: start, onlyOne: onlyOne) else {
      throw PluginError.invalid("已有未结束的学习记录。")
    }
    let links = Links(request)
    await announcer.started(study, links)
    return Response.json(study.json(links), status: 201)
      .with("Location", links.study(study.id))
  }

  private func finish(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("study")
    let end = Result { try CallBody(request).moment("end_time") }
    switch try await records.finish(id, by: me, seesAll: !isPrivate, at: end, now: now) {
    case .finished(let study, let seconds):
      await announcer.finished(study, seconds: seconds, Links(request))
      return .json(study.json(Links(request)))
    case .unknown: throw PluginError.noSuchThing
    case .notTheirs: throw PluginError.notYours
    case .finishedBefore: throw PluginError.invalid("该学习记录已结束。")
    case .endsTooEarly: throw PluginError.invalid("结束时间不能早于开始时间。")
    }
  }
}

extension Request {
  /// An id in the path, in the one spelling that links have.
  func id(_ name: String) throws -> Int64 {
    guard let text = parameters[name], let id = Int64(text), id > 0, "\(id)" == text else {
      throw PluginError.noSuchThing
    }
    return id
  }

  /// The number of the page that is asked for. Like the original, text that is no integer counts
  /// as the first page.
  func page() throws -> Int {
    guard let text = query["page"], text.wholeMatch(of: /[+-]?[0-9]+/) != nil else { return 1 }
    guard let number = Int(text), number >= 1 else { throw PluginError.noSuchThing }
    return number
  }
}
