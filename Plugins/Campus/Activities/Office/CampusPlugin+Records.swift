internal import JSON
internal import PluginKit

// The roll of an item, the history of clock-ins, and corrections of it. The staff of an item may
// correct that item.
extension CampusPlugin {
  func registerRecords(with registrar: inout Registrar) {
    call(&registrar, [.get], "/admin/api/clockins/:clockin/roll", Documents.roll) { request in
      try await self.roll(request)
    }
    let records = "/admin/api/clockin-records"
    call(&registrar, [.get], records, Documents.clockinRecords) { request in
      try await self.clockinRecords(request)
    }
    call(&registrar, [.post], records, Documents.addClockinRecord) { request in
      try await self.addClockinRecord(request)
    }
    call(&registrar, [.delete], "\(records)/:record", Documents.deleteClockinRecord) { request in
      try await self.deleteClockinRecord(request)
    }
    let corrections = "/admin/api/clockin-corrections"
    call(&registrar, [.get], corrections, Documents.corrections) { request in
      try await self.corrections(request)
    }
    call(&registrar, [.post], "\(corrections)/:correction/undo", Documents.undoCorrection) {
      request in try await self.undoCorrection(request)
    }
  }

  /// Throws a 403 for a caller who may not correct this item.
  private func requireStaff(_ request: Request, of item: Int64) async throws {
    let me = try await caller(request)
    guard try await showsCode(me, of: item) else { throw PluginError.forbidden("not its staff") }
  }

  private func roll(_ request: Request) async throws -> Response {
    let id = try request.id("clockin")
    try await requireStaff(request, of: id)
    var roll = try await activities.records.roll(
      of: id, flagsSharedPhones: services.settings.flag(Keys.flagsSharedPhones)
    ).orNotFound()
    let activity = try await activities.list.find(roll.item.activity).orNotFound()
    let look = try await activities.looks.latest(of: id, at: services.clock.now)
    if let look { roll.take(look.seen) }
    var object = roll.json
    object["activity_name"] = .string(activity.name)
    object["look_closes"] = JSONValue(look.map { Moment(milliseconds: $0.look.closes).text })
    object["plans_looks"] = .bool(services.settings.flag(Keys.secondLook))
    return .json(.object(object))
  }

  /// Callers who are no administrators have to name an item whose staff they are.
  private func filter(_ request: Request) async throws -> RecordStore.Filter {
    let filter = RecordStore.Filter(
      activity: try request.queryID("activity"), clockin: try request.queryID("clockin"),
      user: try request.queryID("user"))
    let me = try await caller(request)
    guard !me.isStaff else { return filter }
    guard let clockin = filter.clockin, try await showsCode(me, of: clockin) else {
      throw PluginError.forbidden("not its staff")
    }
    return filter
  }

  private func clockinRecords(_ request: Request) async throws -> Response {
    let filter = try await filter(request)
    let page = try ListPage(request, count: try await activities.records.count(filter))
    return .json(page.json(try await activities.records.list(filter, page)))
  }

  private func corrections(_ request: Request) async throws -> Response {
    let filter = try await filter(request)
    let page = try ListPage(request, count: try await activities.records.countCorrections(filter))
    let list = try await activities.records.corrections(filter, page)
    return .json(page.json(list.map(\.json)))
  }

  private func note(_ request: Request, _ reason: String) -> CorrectionNote {
    CorrectionNote(reason: reason, actor: request.identity?.name ?? "", at: now)
  }

  private func addClockinRecord(_ request: Request) async throws -> Response {
    var fields = FieldReader(try CallInput(request))
    let (clockin, user) = (fields.key("clockin"), fields.key("user"))
    let reason = fields.text("reason", longest: Correction.longestReason)
    try fields.check()
    try await requireStaff(request, of: clockin)
    let recorded = try await activities.records.add(user, to: clockin, note(request, reason))
    audit(
      "record.added", "record \(recorded.id)", request,
      "user \(user) on clockin \(clockin): \(reason)")
    await activities.announcer.recorded(recorded)
    return .json(
      ["id": .int(recorded.id), "clockin": .int(clockin), "user": .int(user)], status: 201)
  }

  /// The reason may stand in the query: not every client sends a body with this method.
  private func deleteClockinRecord(_ request: Request) async throws -> Response {
    let id = try request.id("record")
    let item = try await activities.records.item(of: id)
    try await requireStaff(request, of: item ?? 0)
    guard let reason = request.input("reason")?.trimmed, !reason.isEmpty else {
      throw Refusal.field("reason", FieldMessage.missing)
    }
    guard reason.unicodeScalars.count <= Correction.longestReason else {
      throw Refusal.field("reason", FieldMessage.tooLong(Correction.longestReason))
    }
    let removed = try await activities.records.delete(id, note(request, reason)).orNotFound()
    audit(
      "record.deleted", "record \(id)", request,
      "user \(removed.user) on clockin \(removed.clockin): \(reason)")
    await activities.announcer.removed(removed)
    return .noContent
  }

  private func undoCorrection(_ request: Request) async throws -> Response {
    let id = try request.id("correction")
    let correction = try await activities.records.correction(id).orNotFound()
    try await requireStaff(request, of: correction.clockin)
    let change = try await activities.records.undo(id, at: now).orNotFound()
    audit(
      "correction.undone", "correction \(id)", request,
      "user \(correction.user) on clockin \(correction.clockin)")
    switch change {
    case .recorded(let recorded): await activities.announcer.recorded(recorded)
    case .removed(let removed): await activities.announcer.removed(removed)
    }
    return .json(try await activities.records.correction(id).orNotFound().json)
  }
}
