internal import JSON
internal import PluginKit

// Scans before the login.
extension CampusPlugin {
  private static let ticket = "campus_scan"

  func registerHeldScans(with registrar: inout Registrar) {
    call(&registrar, [.post], "/activities/scans/held", Documents.holdScan) { request in
      try await self.holdScan(request)
    }
    call(&registrar, [.post], "/activities/scans/claimed", Documents.claimScan) { request in
      try await self.claimScan(request)
    }
    let held = activities.heldScans
    registrar.job("held-scans", .every(seconds: 60)) { now in try await held.sweep(at: now) }
  }

  /// The ticket is in a cookie that no script can read, so that it stays on this phone.
  private func holdScan(_ request: Request) async throws -> Response {
    var fields = FieldReader(try CallInput(request))
    let text = fields.text("key")
    let manner = fields.scanManner()
    try fields.check()
    guard let code = QRText(text) else { throw ClockinRefusal.badCode }
    do {
      let held = try await activities.heldScans.hold(code, arrivedAt: request.receivedAt)
      let answer: JSONValue = [
        "label": .string(held.label), "activity_name": .string(held.activityName),
        "seconds": JSONValue(HeldScans.lifeSeconds),
      ]
      return Response.json(answer, status: 201).with("Cache-Control", "no-store")
        .settingCookie(
          CampusPlugin.ticket, held.ticket, maxAgeSeconds: HeldScans.lifeSeconds)
    } catch let refused as RefusedScan {
      throw refused.refusal(isExplained: explains(manner))
    }
  }

  private func claimScan(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    var fields = FieldReader(try CallInput(request))
    let manner = fields.scanManner()
    try fields.check()
    guard let ticket = request.cookies[CampusPlugin.ticket] else {
      throw ClockinRefusal.heldTooLong
    }
    let answer = try await clockedIn(manner) {
      try await self.activities.heldScans.claim(
        ticket, for: me.id, at: request.receivedAt, device: manner.device)
    }
    return answer.settingCookie(CampusPlugin.ticket, "", maxAgeSeconds: 0)
  }
}
