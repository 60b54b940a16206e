internal import JSON
internal import PluginKit
internal import Primitives

extension Documents {
  static let login = Operation(
    "Check in",
    details: """
      Codes: 20011 checked in, 20050 already present, 20070 unknown number, 20010 refused or closed. \
      Also remembers the number for `/chart` under the cookie JSESSIONID.
      """,
    parameters: [number],
    answers: [
      .ok(
        envelope(.nullable(user)), "Checked in, or why not.",
        example: example(
          """
          {"flag":true,"msg":"2100301419签到成功","recordtime":null,"data":\
          \(tao(
            end: "2022-08-31 17:58:55", start: "2022-09-01 10:16:40", status: 1, week: "1.0",
            total: "0.0")),"code":20011}
          """)),
      prefetch,
    ], access: access, changesByGET: true)

  static let number = Operation.Parameter.query(
    "studentid", .string, "The student number.", example: "2100301419")

  static func tao(
    end: String, start: String, status: Int, week: String, total: String
  ) -> String {
    """
    {"name":"tao","id":3,"endTime":"\(end)","startTime":"\(start)","status":\(status),\
    "weekTime":\(week),"totalTime":\(total),"studentid":"2100301419"}
    """
  }
}

extension CheckInPlugin {
  func checkIn(_ request: Request) async throws -> Response {
    if AccessRules.isPrefetch(request) { return Refusal.prefetch(request) }
    let number = number(in: request)
    try access.requireActing(as: number, request)
    guard hours.areOpen(at: services.clock.now) else {
      return Envelope.bad("不在打卡时间范围内", code: .checkInRefused).response()
    }
    try limitMoves(of: number, request)
    let result = try await attendance.checkIn(number)
    if case .checkedIn = result { recordActing("checked_in", for: number, by: request) }
    let envelope: Envelope =
      switch result {
      case .checkedIn(let person): .good("\(number)签到成功", person.json, code: .checkedIn)
      case .alreadyPresent(let person):
        .bad("\(number)已签到", person.json, code: .alreadyPresent)
      case .unknown: .bad("学号\(number)不存在", code: .unknownAtCheckIn)
      }
    return await remembering(number, request, envelope.response())
  }

  /// A missing number is the text `null`, as in the original.
  func number(in request: Request) -> String { request.input("studentid") ?? "null" }

  private static let moveLimit = WindowLimit(count: 60, seconds: 60)

  /// Every stay is kept as a row, so one client may make only so many for a number. Programs on
  /// the server's own machine are exempt, as they are from the limits of calls.
  func limitMoves(of number: String, _ request: Request) throws {
    guard !request.peer.isLoopback else { return }
    let now = services.clock.now
    let key = "\(request.peer.client) \(number)"
    let wait = moves.withLock { $0.take(key, CheckInPlugin.moveLimit, at: now) }
    guard let wait else { return }
    throw PluginError(
      .tooManyRequests, "too many requests", retryAfterSeconds: Int((wait + 999) / 1000))
  }

  /// Clients of `/chart` are known by this cookie. Unknown numbers are remembered too: the last
  /// number asked for counts. A failure does not undo the check-in, so it is only logged.
  private func remembering(
    _ number: String, _ request: Request, _ response: Response
  ) async -> Response {
    guard AttendanceStore.isPlausible(number) else { return response }
    let session = request.cookies[LegacySessions.cookie]
    let now = services.clock.now
    do {
      let fresh = try await sessions.remember(number, session: session, at: now)
      return fresh.map { response.settingCookie(LegacySessions.cookie, $0) } ?? response
    } catch {
      services.log.warning("the session of a check-in was not stored", ["reason": "\(error)"])
      return response
    }
  }
}
