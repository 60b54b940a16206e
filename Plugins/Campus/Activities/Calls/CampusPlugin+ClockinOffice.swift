internal import JSON
internal import PluginKit

// The back office of clock-in items and their staff.
extension CampusPlugin {
  /// As many names as fit beside a code.
  private static let mostLatest = 10

  func registerClockinOffice(with registrar: inout Registrar) {
    let root = "/admin/api/clockins"
    call(&registrar, [.get], root, Documents.officeClockins) { request in
      try await self.officeClockins(request)
    }
    call(&registrar, [.get], "\(root)/:clockin", Documents.officeClockin) { request in
      try await self.officeClockin(request)
    }
    call(&registrar, [.post], root, Documents.makeClockin) { request in
      try await self.makeClockin(request)
    }
    call(&registrar, [.put], "\(root)/:clockin", Documents.changeClockin) { request in
      try await self.changeClockin(request)
    }
    call(&registrar, [.delete], "\(root)/:clockin", Documents.deleteClockin) { request in
      try await self.deleteClockin(request)
    }
    call(&registrar, [.get], "\(root)/:clockin/staff", Documents.clockinStaff) { request in
      .json(.array(try await self.activities.staff.list(of: try request.id("clockin"))))
    }
    call(&registrar, [.post], "\(root)/:clockin/staff", Documents.addClockinStaff) { request in
      try await self.addClockinStaff(request)
    }
    call(&registrar, [.delete], "\(root)/:clockin/staff/:user", Documents.removeClockinStaff) {
      request in try await self.removeClockinStaff(request)
    }
  }

  /// Administrators see all items, others those whose staff they are.
  private func officeClockins(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let items = try await activities.clockins.list(
      of: try request.queryID("activity"), staff: me.isStaff ? nil : me.id)
    return .json(.array(items.map(\.json)))
  }

  /// The item and the names that a screen shows beside the code.
  private func officeClockin(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let id = try request.id("clockin")
    let item = try await activities.clockins.item(id).orNotFound()
    guard try await showsCode(me, of: id) else { throw PluginError.forbidden("not its staff") }
    let activity = try await activities.list.find(item.activity).orNotFound()
    var object = item.json.object ?? [:]
    object["activity_name"] = .string(activity.name)
    let look = try await activities.looks.open(of: id, at: services.clock.now)
    object["look_closes"] = JSONValue(look.map { Moment(milliseconds: $0.closes).text })
    object["latest"] = .array(
      try await activities.records.latest(of: id, limit: CampusPlugin.mostLatest))
    return .json(.object(object))
  }

  private func makeClockin(_ request: Request) async throws -> Response {
    let item = try await activities.clockins.create(ClockinDraft(CallInput(request)), at: now)
    audit("clockin.created", "clockin \(item.id)", request, item.label)
    return .json(item.json, status: 201)
  }

  private func changeClockin(_ request: Request) async throws -> Response {
    let input = try CallInput(request)
    let changed = try await activities.clockins.change(try request.id("clockin"), at: now) {
      try ClockinDraft(input, changing: $0)
    }
    let item = try changed.orNotFound()
    audit("clockin.changed", "clockin \(item.id)", request, item.label)
    return .json(item.json)
  }

  private func deleteClockin(_ request: Request) async throws -> Response {
    let id = try request.id("clockin")
    guard try await activities.clockins.delete(id) else { throw PluginError.notFound("no item") }
    audit("clockin.deleted", "clockin \(id)", request)
    return .noContent
  }

  private func addClockinStaff(_ request: Request) async throws -> Response {
    let id = try request.id("clockin")
    var fields = FieldReader(try CallInput(request))
    let user = fields.key("user")
    try fields.check()
    guard try await activities.clockins.item(id) != nil else {
      throw PluginError.notFound("no item")
    }
    guard try await activities.staff.add(user, to: id) else {
      throw Refusal.field("user", FieldMessage.unknownKey(user))
    }
    audit("clockin.staff.added", "clockin \(id)", request, "user \(user)")
    return .json(.array(try await activities.staff.list(of: id)), status: 201)
  }

  /// A screen that this user has open stops showing the code.
  private func removeClockinStaff(_ request: Request) async throws -> Response {
    let (id, user) = (try request.id("clockin"), try request.id("user"))
    guard try await activities.staff.remove(user, from: id) else {
      throw PluginError.notFound("not its staff")
    }
    audit("clockin.staff.removed", "clockin \(id)", request, "user \(user)")
    if let name = try await users.hubUser(user) {
      await services.hub.remove(name, from: ActivityTopics.qr(id))
    }
    return .noContent
  }
}
