internal import JSON
internal import PluginKit

extension Documents {
  static let logout = Operation(
    "Check out",
    details: """
      Codes: 20021 checked out, 20060 not there, 20080 unknown number, 20020 refused or closed. \
      `recordtime` is the stay in hours, which is added to both sums.
      """,
    parameters: [number],
    answers: [
      .ok(
        envelope(.nullable(user)), "Checked out, or why not.",
        example: example(
          """
          {"flag":true,"msg":"2100301419签退成功","recordtime":"0.03","data":\
          \(tao(
            end: "2022-09-01 10:18:15", start: "2022-09-01 10:16:40", status: 0, week: "1.03",
            total: "0.03")),"code":20021}
          """)),
      prefetch,
    ], access: access, changesByGET: true)
}

extension CheckInPlugin {
  func checkOut(_ request: Request) async throws -> Response {
    if AccessRules.isPrefetch(request) { return Refusal.prefetch(request) }
    let number = number(in: request)
    try access.requireActing(as: number, request)
    guard hours.areOpen(at: services.clock.now) else {
      return Envelope.bad("不在打卡时间范围内", code: .checkOutRefused).response()
    }
    try limitMoves(of: number, request)
    let result = try await attendance.checkOut(number)
    if case .closed = result { recordActing("checked_out", for: number, by: request) }
    let envelope: Envelope =
      switch result {
      case .closed(let person, let stay):
        .good(
          "\(number)签退成功", person.json, code: .checkedOut, recordTime: stay.duration.text)
      case .notPresent(let person): .bad("\(number)未签到", person.json, code: .notPresent)
      case .unknown, .unknownReporter: .bad("学号\(number)不存在", code: .unknownAtCheckOut)
      }
    return envelope.response()
  }
}
