internal import JSON
internal import PluginKit

// Screens that report what they show, and the list of them for the staff.
extension CampusPlugin {
  func registerScreens(with registrar: inout Registrar) {
    let own = "/activities/clockins/items/:clockin/screens"
    call(&registrar, [.post], own, Documents.reportScreen) { request in
      try await self.reportScreen(request)
    }
    call(&registrar, [.delete], "\(own)/:screen", Documents.endScreen) { request in
      let me = try await self.caller(request)
      return try await self.endScreen(request, by: me.id)
    }
    call(&registrar, [.get], "/admin/api/screens", Documents.screens) { _ in
      .json(.array(try await self.screenList()))
    }
    call(
      &registrar, [.delete], "/admin/api/screens/:clockin/:screen", Documents.dismissScreen
    ) { request in
      try await self.endScreen(request, by: nil)
    }
    registrar.topic(
      "campus.screens", "The screens that show codes, for the staff.", screenRules(),
      events: Documents.screenEvents)
    let watch = activities.screens
    registrar.job("screens", .every(seconds: 5)) { _ in try await watch.look() }
    registrar.gauge("screens") { watch.counts.all }
    registrar.gauge("screens_stale") { watch.counts.stale }
  }

  private func screenRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, _, _ in
      guard who.hasAny(of: [.staff, .admin]) else { throw TopicRefusal.denied }
    }
    rules.snapshot = { _, _ in .array(try await self.screenList()) }
    return rules
  }

  private func screenList() async throws -> [JSONValue] {
    try await activities.screens.screens.list().map { .object($0.fields) }
  }

  private func reportScreen(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    let clockin = try request.id("clockin")
    var fields = FieldReader(try CallInput(request))
    let id = fields.text("screen", longest: Screen.longestName)
    let shown = fields.optionalMoment("generated_at").replacing(nil)
    if !Screen.isUsable(id) && !fields.isRefused("screen") {
      fields.refuse("screen", FieldMessage.notText)
    }
    try fields.check()
    guard try await showsCode(me, of: clockin) else { throw PluginError.forbidden("not its staff") }
    let screen = try await activities.screens.report(
      id, of: clockin, by: me.id, showing: shown.map { $0.microseconds / 1000 })
    return .json(["state": .string(try screen.orNotFound().state.rawValue)])
  }

  private func endScreen(_ request: Request, by user: Int64?) async throws -> Response {
    let ended = try await activities.screens.screens.end(
      request.parameters["screen"] ?? "", of: try request.id("clockin"), by: user)
    guard ended else { throw PluginError.notFound("no such screen") }
    return .noContent
  }
}
