internal import JSON
internal import PluginKit
internal import Primitives

// Checking in, checking out, reporting.
extension CheckInPlugin {
  func registerAttendance(with registrar: inout Registrar) {
    registrar.route([.get, .post], "/login", Documents.login, logIn)
    registrar.route([.get, .post], "/logout", Documents.logout, logOut)
    registrar.post("/report", Documents.report, report)
  }

  /// A missing number is the text `null`, as it was to the original.
  private func number(in request: Request) -> String { request.input("studentid") ?? "null" }

  private func logIn(_ request: Request) async throws -> Response {
    if Admission.isPrefetch(request) { return Refusal.prefetch(request) }
    let number = number(in: request)
    try admission.requireActing(as: number, request)
    guard hours.areOpen(at: services.clock.now) else {
      return Envelope.bad("不在打卡时间范围内", code: .checkInRefused).response()
    }
    try pace(number, request)
    let entry = try await attendance.checkIn(number)
    if case .checkedIn = entry { noteActing("checked_in", for: number, by: request) }
    let envelope: Envelope =
      switch entry {
      case .checkedIn(let person): .good("\(number)签到成功", person.json, code: .checkedIn)
      case .alreadyPresent(let person):
        .bad("\(number)已签到", person.json, code: .alreadyPresent)
      case .unknown: .bad("学号\(number)不存在", code: .unknownAtCheckIn)
      }
    return remembering(number, request, envelope.response())
  }

  private static let mayMove = WindowLimit(count: 60, seconds: 60)

  /// Every stay is a row for ever: one client cannot make them for a number without end. Programs
  /// on the server's own machine are exempt, as they are from the limits of calls.
  private func pace(_ number: String, _ request: Request) throws {
    guard !request.peer.isLoopback else { return }
    let now = services.clock.now
    let key = "\(request.peer.client) \(number)"
    let wait = moves.withLock { $0.take(key, CheckInPlugin.mayMove, at: now) }
    guard let wait else { return }
    throw PluginError(
      .tooManyRequests, "too many requests", retryAfterSeconds: Int((wait + 999) / 1000))
  }

  /// The chat of old clients knows them by this cookie. The number is remembered whether it is
  /// known or not: what counts is who asked last.
  private func remembering(
    _ number: String, _ request: Request, _ response: Response
  ) -> Response {
    guard Roll.isPlausible(number) else { return response }
    let session = request.cookies[LegacySessions.cookie]
    let now = services.clock.now
    guard let fresh = sessions.remember(number, session: session, at: now) else { return response }
    return response.settingCookie(LegacySessions.cookie, fresh)
  }

  private func logOut(_ request: Request) async throws -> Response {
    if Admission.isPrefetch(request) { return Refusal.prefetch(request) }
    let number = number(in: request)
    try admission.requireActing(as: number, request)
    guard hours.areOpen(at: services.clock.now) else {
      return Envelope.bad("不在打卡时间范围内", code: .checkOutRefused).response()
    }
    try pace(number, request)
    let exit = try await attendance.checkOut(number)
    if case .closed = exit { noteActing("checked_out", for: number, by: request) }
    let envelope: Envelope =
      switch exit {
      case .closed(let person, let stay):
        .good(
          "\(number)签退成功", person.json, code: .checkedOut, recordTime: stay.duration.text)
      case .notPresent(let person): .bad("\(number)未签到", person.json, code: .notPresent)
      case .unknown, .unknownReporter: .bad("学号\(number)不存在", code: .unknownAtCheckOut)
      }
    return envelope.response()
  }

  private func report(_ request: Request) async throws -> Response {
    let body = try request.json()
    let reported = body["reportid"]?.string ?? "null"
    let reporter = body["reporterid"]?.string ?? "null"
    try admission.requireActing(as: reporter, request)
    if reported == reporter, try await roll.find(reported) != nil {
      return Envelope.bad("不能举报自己", code: .notReported).response()
    }
    let exit = try await attendance.report(reported, by: reporter)
    if case .closed = exit { noteActing("reported", for: reporter, by: request) }
    let envelope: Envelope =
      switch exit {
      case .closed: .good("\(reporter)举报\(reported)成功", code: .reported)
      case .notPresent: .bad("\(reported)未签到", code: .notReported)
      case .unknown: .bad("\(reported)不存在", code: .notReported)
      case .unknownReporter: .bad("\(reporter)不存在", code: .notReported)
      }
    return envelope.response()
  }
}
