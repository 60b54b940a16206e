internal import JSON
internal import PluginKit

// The back office of activities and enrolments.
extension CampusPlugin {
  func registerActivityOffice(with registrar: inout Registrar) {
    let root = "/admin/api/activities"
    call(&registrar, [.get], root, Documents.officeActivities) { request in
      let found = try await self.activities.list.all(SearchTerms(request))
      let page = try ListPage(request, count: found.count)
      let shown = found.dropFirst(page.offset).prefix(ListPage.size)
      return .json(page.json(shown.map { $0.json(isEnrolled: false) }))
    }
    call(&registrar, [.post], root, Documents.makeActivity) { request in
      try await self.makeActivity(request)
    }
    call(&registrar, [.get], "\(root)/:activity", Documents.officeActivity) { request in
      let found = try await self.activities.list.find(try request.id("activity"))
      return .json(try found.orNotFound().json(isEnrolled: false))
    }
    call(&registrar, [.put], "\(root)/:activity", Documents.changeActivity) { request in
      try await self.changeActivity(request)
    }
    call(&registrar, [.delete], "\(root)/:activity", Documents.deleteActivity) { request in
      try await self.deleteActivity(request)
    }
    call(
      &registrar, [.get], "\(root)/:activity/enrollments.xlsx", Documents.enrollmentSheet
    ) { request in
      try await self.enrollmentSheet(request)
    }
    let enrollments = "/admin/api/enrollments"
    call(&registrar, [.get], enrollments, Documents.officeEnrollments) { request in
      try await self.officeEnrollments(request)
    }
    call(&registrar, [.post], enrollments, Documents.enrolOther) { request in
      try await self.enrolOther(request)
    }
    call(&registrar, [.delete], "\(enrollments)/:enrollment", Documents.withdrawOther) {
      request in try await self.withdrawOther(request)
    }
  }

  /// An entry of the audit trail for an act of the back office.
  func audit(_ action: String, _ target: String, _ request: Request, _ detail: String = "") {
    services.audit.record(
      AuditEvent(
        "campus.\(action)", by: request.identity?.auditName ?? "", on: target,
        from: request.peer.address, detail))
  }

  private func makeActivity(_ request: Request) async throws -> Response {
    let draft = try ActivityDraft(CallInput(request))
    let activity = try await activities.list.create(draft, at: now)
    audit("activity.created", "activity \(activity.id)", request, activity.name)
    return .json(activity.json(isEnrolled: false), status: 201)
  }

  private func changeActivity(_ request: Request) async throws -> Response {
    let input = try CallInput(request)
    let changed = try await activities.list.change(try request.id("activity")) { current in
      try ActivityDraft(input, changing: current)
    }
    let activity = try changed.orNotFound()
    audit("activity.changed", "activity \(activity.id)", request, activity.name)
    await activities.announcer.updated(activity)
    return .json(activity.json(isEnrolled: false))
  }

  private func deleteActivity(_ request: Request) async throws -> Response {
    let id = try request.id("activity")
    guard try await activities.list.delete(id) else { throw PluginError.notFound("no activity") }
    audit("activity.deleted", "activity \(id)", request)
    return .noContent
  }

  /// The filter belongs to the items of one activity, so it counts only with one.
  private func officeEnrollments(_ request: Request) async throws -> Response {
    let activity = try request.queryID("activity")
    let filter = try request.clockinFilter()
    var found = try await activities.enrollments.all(
      of: activity, user: try request.queryID("user"))
    if activity != nil { found = found.filter { filter.matches($0.labels) } }
    let page = try ListPage(request, count: found.count)
    return .json(page.json(found.dropFirst(page.offset).prefix(ListPage.size).map(\.json)))
  }

  private func enrollmentSheet(_ request: Request) async throws -> Response {
    let activity = try await activities.list.find(try request.id("activity")).orNotFound()
    let filter = try request.clockinFilter()
    let all = try await activities.enrollments.all(of: activity.id, user: nil)
    let table = EnrollmentSheet(
      activity: activity,
      items: try await activities.clockins.list(of: activity.id, staff: nil).sorted {
        ($0.from, $0.id) < ($1.from, $1.id)
      }, enrollments: all.filter { filter.matches($0.labels) })
    let bytes = try await services.spreadsheets.workbook(table.sheet)
    return Response(
      status: 200, contentType: Documents.spreadsheet,
      headers: [
        ("Content-Disposition", "attachment; filename=\"enrollments-\(activity.id).xlsx\""),
        ("Cache-Control", "no-store"),
      ], body: .bytes(bytes))
  }

  private func enrolOther(_ request: Request) async throws -> Response {
    let input = try CallInput(request)
    var fields = FieldReader(input)
    let user = fields.key("user")
    try fields.check()
    guard try await users.exists(user) else {
      throw Refusal.field("user", FieldMessage.unknownKey(user))
    }
    let wanted = try EnrollmentInput(input)
    let change = try await activities.enrollments.enrol(
      user, in: wanted.activity, answers: wanted.answers, at: now, onBehalf: true)
    audit(
      "enrollment.created", "enrollment \(change.enrollment.id)", request,
      "user \(user) in activity \(wanted.activity)")
    await activities.announcer.changed(change, isEnrolled: true)
    return .json(change.enrollment.json, status: 201)
  }

  private func withdrawOther(_ request: Request) async throws -> Response {
    let id = try request.id("enrollment")
    let change = try await activities.enrollments.delete(id, of: nil).orNotFound()
    audit(
      "enrollment.deleted", "enrollment \(id)", request,
      "user \(change.enrollment.user) in activity \(change.activity.id)")
    await activities.announcer.changed(change, isEnrolled: false)
    return .noContent
  }
}

extension Optional {
  /// Throws a 404 instead of nil.
  func orNotFound() throws -> Wrapped {
    guard let self else { throw PluginError.notFound("no such object") }
    return self
  }
}

extension Request {
  /// An id in the query; nil without one. Throws a 400 for text that is no id.
  func queryID(_ name: String) throws -> Int64? {
    guard let text = query[name], !text.isEmpty else { return nil }
    guard let id = Int64(text) else { throw Refusal.field(name, FieldMessage.notInteger) }
    return id
  }

  fileprivate func clockinFilter() throws -> ClockinFilter {
    do { return try ClockinFilter(query["clockin"] ?? "") } catch {
      throw Refusal.detail("打卡筛选表达式不合法。")
    }
  }
}
