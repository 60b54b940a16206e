internal import JSON
internal import PluginKit

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
    let response =
      switch try await attendance.checkIn(number) {
      case .checkedIn(let person):
        Envelope.good("\(number)签到成功", person.json, code: .checkedIn).response()
      case .alreadyPresent(let person):
        Envelope.bad("\(number)已签到", person.json, code: .alreadyPresent).response()
      case .unknown:
        Envelope.bad("学号\(number)不存在", code: .unknownAtCheckIn).response()
      }
    return remembering(number, request, response)
  }

  /// The chat of old clients knows them by this cookie. The number is remembered whether it is
  /// known or not: what counts is who asked last.
  private func remembering(
    _ number: String, _ request: Request, _ response: Response
  ) -> Response {
    guard Roll.isPlausible(number) else { return response }
    let session = request.cookies[LegacySessions.cookie]
    guard let fresh = sessions.remember(number, session: session) else { return response }
    return response.settingCookie(LegacySessions.cookie, fresh)
  }

  private func logOut(_ request: Request) async throws -> Response {
    if Admission.isPrefetch(request) { return Refusal.prefetch(request) }
    let number = number(in: request)
    try admission.requireActing(as: number, request)
    guard hours.areOpen(at: services.clock.now) else {
      return Envelope.bad("不在打卡时间范围内", code: .checkOutRefused).response()
    }
    let envelope: Envelope =
      switch try await attendance.checkOut(number) {
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
    let envelope: Envelope =
      switch try await attendance.report(reported, by: reporter) {
      case .closed: .good("\(reporter)举报\(reported)成功", code: .reported)
      case .notPresent: .bad("\(reported)未签到", code: .notReported)
      case .unknown: .bad("\(reported)不存在", code: .notReported)
      case .unknownReporter: .bad("\(reporter)不存在", code: .notReported)
      }
    return envelope.response()
  }
}
