internal import JSON
internal import PluginKit

// A second look: a scan at a random moment, while people are still there.
extension CampusPlugin {
  private static let pending = Refusal.detail("该打卡项已安排二次确认。")

  func registerLooks(with registrar: inout Registrar) {
    call(&registrar, [.post], "/admin/api/clockins/:clockin/looks", Documents.planLook) {
      request in try await self.planLook(request)
    }
    registrar.job("looks", .every(seconds: 5)) { now in try await self.tellLooks(at: now) }
  }

  /// The answer does not tell the moment: the staff shall not either.
  private func planLook(_ request: Request) async throws -> Response {
    guard services.settings.flag(Keys.secondLook) else {
      throw PluginError.notFound("second looks are switched off")
    }
    let clockin = try request.id("clockin")
    let me = try await caller(request)
    guard try await showsCode(me, of: clockin) else { throw PluginError.forbidden("not its staff") }
    _ = try await activities.clockins.item(clockin).orNotFound()
    var fields = FieldReader(try CallInput(request))
    let within = fields.integer("within_minutes", LookStore.withinMinutes)
    let minutes = fields.integer("minutes", LookStore.openMinutes)
    try fields.check()
    let now = services.clock.now
    let opens = now + Int64.random(in: 0...within * 60_000)
    let isPlanned = try await activities.looks.plan(
      clockin, opens: opens, closes: opens + minutes * 60_000, at: now)
    guard isPlanned else { throw CampusPlugin.pending }
    audit("look.planned", "clockin \(clockin)", request, "within \(within) min")
    let end = Moment(milliseconds: now + (within + minutes) * 60_000)
    return .json(["over_by": .string(end.text)], status: 201)
  }

  private func tellLooks(at now: Int64) async throws {
    for look in try await activities.looks.begun(at: now) {
      guard let item = try await activities.clockins.item(look.clockin) else { continue }
      let event = Event(
        "look.opened",
        [
          "clockin": .int(item.id), "activity": .int(item.activity), "label": .string(item.label),
          "closes": .string(Moment(milliseconds: look.closes).text),
        ])
      await services.hub.announce(
        event, to: [ActivityTopics.qr(item.id), ActivityTopics.activity(item.activity)])
    }
  }
}

extension FieldReader {
  fileprivate mutating func integer(_ name: String, _ range: ClosedRange<Int64>) -> Int64 {
    let value = integer(name)
    guard !range.contains(value), !isRefused(name) else { return value }
    refuse(name, "请确保该值在 \(range.lowerBound) 和 \(range.upperBound) 之间。")
    return range.lowerBound
  }
}

extension Documents {
  static let planLook = Operation(
    "Plan a second look",
    details: """
      At a random moment within the given minutes everybody who is in has to scan once more. Only \
      with `campus.second_look`.
      """,
    parameters: [.path("clockin", .integer, "The clock-in item.", example: 12)],
    body: body([
      .init("within_minutes", .integer, "1 to 240: the look begins within these."),
      .init("minutes", .integer, "1 to 30: scans count for so long."),
    ]),
    answers: [
      .init(201, "Planned.", .object([.init("over_by", .string, time)])),
      .init(400, "Fields are missing or wrong, or a look is planned already.", refusal),
      .init(403, "For administrators and the staff of the item only.", refusal),
      .init(404, "There is no such item, or second looks are switched off.", refusal), otherType,
    ], access: .signedIn, limit: changes)

  static let lookOpened = EventDescription(
    "look.opened", "A second look begins: everybody who is in scans once more.",
    [
      .init("clockin", .integer), .init("activity", .integer), .init("label", .string),
      .init("closes", .string, time),
    ])

  static let clockinConfirmed = EventDescription(
    "clockin.confirmed", "Somebody who is in was seen by the second look.",
    [
      .init("clockin", .integer), .init("activity", .integer), .init("label", .string),
      .init("user", .integer), .init("fullname", .string),
    ])
}
