internal import JSON
internal import PluginKit

// Activities and enrolments of the caller.
extension CampusPlugin {
  func registerActivities(with registrar: inout Registrar) {
    call(&registrar, [.get], "/activities", Documents.activities) { request in
      try await self.activities(request)
    }
    call(&registrar, [.get], "/activities/:activity", Documents.activity) { request in
      try await self.activity(request)
    }
    call(&registrar, [.get], "/enrollments", Documents.enrollments) { request in
      try await self.enrollments(request)
    }
    call(&registrar, [.post], "/enrollments", Documents.enrol) { request in
      try await self.enrol(request)
    }
    call(&registrar, [.get], "/enrollments/:enrollment", Documents.enrollment) { request in
      try await self.enrollment(request)
    }
    call(&registrar, [.delete], "/enrollments/:enrollment", Documents.withdraw) { request in
      try await self.withdraw(request)
    }
  }

  private func activities(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let scope: ActivityStore.Scope = request.query["my"] == "yes" ? .enrolled : .open
    let ids = try await activities.list.ids(scope, of: me.id, SearchTerms(request))
    let page = try ListPage(request, count: ids.count)
    let shown = Array(ids.dropFirst(page.offset).prefix(ListPage.size))
    return .json(page.json(try await activities.list.objects(shown, for: me.id)))
  }

  /// A closed activity exists for those only who are enrolled in it.
  private func activity(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    guard let found = try await activities.list.find(try request.id("activity"), for: me.id),
      found.activity.isOpen || found.isEnrolled
    else { throw PluginError.notFound("no such activity") }
    return .json(found.activity.json(isEnrolled: found.isEnrolled))
  }

  private func enrollments(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let page = try ListPage(request, count: try await activities.enrollments.count(of: me.id))
    let list = try await activities.enrollments.list(of: me.id, page)
    return .json(page.json(list.map(\.json)))
  }

  private func enrol(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let wanted = try EnrollmentInput(CallInput(request))
    let change = try await activities.enrollments.enrol(
      me.id, in: wanted.activity, answers: wanted.answers, at: now)
    await activities.announcer.changed(change, isEnrolled: true)
    return .json(change.enrollment.json, status: 201)
  }

  private func enrollment(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("enrollment")
    guard let found = try await activities.enrollments.find(id, of: me.id) else {
      throw PluginError.notFound("no such enrolment")
    }
    return .json(found.json)
  }

  private func withdraw(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("enrollment")
    guard let change = try await activities.enrollments.delete(id, of: me.id) else {
      throw PluginError.notFound("no such enrolment")
    }
    await activities.announcer.changed(change, isEnrolled: false)
    return .noContent
  }
}

/// The fields of an enrolment.
struct EnrollmentInput {
  let activity: Int64
  /// JSON text of an object.
  let answers: String

  /// Throws the documented 400 if a field is missing or of the wrong type.
  init(_ input: CallInput) throws {
    var input = input
    // Clients of today send the object itself.
    if let object = input.members["participating_metas"]?.object {
      let text = String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
      input = input.replacing("participating_metas", .string(text))
    }
    var fields = FieldReader(input)
    activity = fields.key("activity")
    answers = fields.text("participating_metas", longest: EnrollmentForm.longestText)
    try fields.check()
  }
}
