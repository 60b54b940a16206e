internal import Bytes
internal import Crypto
internal import JSON
internal import PluginKit
internal import QRCode

// Clock-ins by scanned codes, and the codes for those who show them.
extension CampusPlugin {
  func registerClockins(with registrar: inout Registrar) {
    call(&registrar, [.post], "/activities/clockins", Documents.clockIn) { request in
      try await self.clockIn(request, at: nil)
    }
    call(&registrar, [.post], "/activities/clockins/:activity", Documents.clockInAt) { request in
      try await self.clockIn(request, at: try request.id("activity"))
    }
    call(&registrar, [.get], "/activities/clockins/:activity", Documents.clockins) { request in
      try await self.clockins(request)
    }
    call(&registrar, [.get], "/activities/clockins/items/:clockin/qr", Documents.qr) { request in
      let item = try await self.code(request)
      return .json(.object(self.activities.rotation.qr(of: item) ?? [:])).unstored
    }
    let page = "/admin/activity/clockinmeta/:clockin/qrcode"
    call(&registrar, [.get], page, Documents.qrPage) { request in
      let id = try request.id("clockin")
      return Response(status: 302).with("Location", "/projector/\(id)").unstored
    }
    call(&registrar, [.get], "\(page)/img", Documents.qrPicture) { request in
      try await self.picture(request)
    }
    call(&registrar, [.get], "\(page)/expiration-timedelta", Documents.qrSeconds) { request in
      try await self.secondsLeft(request)
    }
  }

  /// Administrators, and the staff of the item.
  func showsCode(_ caller: Caller, of item: Int64) async throws -> Bool {
    if caller.isStaff { return true }
    return try await activities.staff.isStaff(caller.id, of: item)
  }

  /// The moment of arrival counts, however long the answer takes.
  private func clockIn(_ request: Request, at activity: Int64?) async throws -> Response {
    let me = try await caller(request)
    var fields = FieldReader(try CallInput(request))
    let text = fields.text("key")
    let manner = fields.scanManner()
    try fields.check()
    guard let code = QRText(text) else { throw ClockinRefusal.badCode }
    return try await clockedIn(manner) {
      try await self.activities.clockins.record(
        code, by: me.id, activity: activity, arrivedAt: request.receivedAt, device: manner.device)
    }
  }

  /// The documented answer to a scan, and its event.
  func clockedIn(
    _ manner: ScanManner, _ record: () async throws -> ClockinStore.Recorded
  ) async throws -> Response {
    do {
      let record = try await record()
      await activities.announcer.recorded(record)
      return .json(
        ["label": .string(record.label), "activity_name": .string(record.activityName)])
    } catch let refused as RefusedScan {
      throw refused.refusal(isExplained: explains(manner))
    }
  }

  func explains(_ manner: ScanManner) -> Bool {
    manner.wantsExplanation && services.settings.flag(Keys.explainsRefusals)
  }

  private func clockins(_ request: Request) async throws -> Response {
    let me = try await caller(request)
    guard let id = try? request.id("activity"),
      let items = try await activities.clockins.overview(of: id, for: me.id)
    else { throw ClockinRefusal.noSuchActivity }
    return .json(.array(items))
  }

  /// The item with a code that is good now.
  private func code(_ request: Request) async throws -> ClockinItem {
    let me = try await caller(request)
    let id = try request.id("clockin")
    guard try await activities.clockins.item(id) != nil else {
      throw PluginError.notFound("no such clock-in item")
    }
    guard try await showsCode(me, of: id) else { throw PluginError.forbidden("not its staff") }
    guard let item = try await activities.rotation.current(id) else {
      throw PluginError.notFound("no such clock-in item")
    }
    return item
  }

  private func picture(_ request: Request) async throws -> Response {
    let link = services.settings.text(Keys.qrLink)
    guard let picture = try await code(request).picture(behind: link) else {
      throw PluginError(.failure, "a QR code could not be drawn")
    }
    return Response(status: 200, contentType: "image/png", body: .bytes(picture.png())).unstored
  }

  private func secondsLeft(_ request: Request) async throws -> Response {
    let item = try await code(request)
    let left = (item.keys.current?.expiresAt ?? 0) - services.clock.now
    return .json(["timedelta": .int(max(0, (left + 999) / 1000))]).unstored
  }
}

/// A client's own account of itself with a scan; documented clients give none.
struct ScanManner {
  /// A digest: what a phone calls itself is not kept.
  let device: String?
  let wantsExplanation: Bool
}

extension FieldReader {
  private static let longestDevice = 64

  mutating func scanManner() -> ScanManner {
    let device = optionalText("device", longest: FieldReader.longestDevice).replacing(nil)
    let explains = optionalFlag("explain").replacing(nil) ?? false
    let name = device.flatMap { $0.isEmpty ? nil : $0 }
    return ScanManner(
      device: name.map { Hex.encode(Digest.sha256($0)) }, wantsExplanation: explains)
  }
}

extension Response {
  /// A code must not outlive its period in a cache.
  fileprivate var unstored: Response { with("Cache-Control", "no-store") }
}
