internal import JSON
internal import PluginKit

extension Documents {
  static let report = Operation(
    "Report a person who left without checking out",
    details: """
      The person is checked out, the stay is kept with status 2 and counts nothing, and a mail goes \
      to the person. Codes: 20041 done, 20040 not.
      """,
    body: Operation.RequestBody(
      .json(
        .object([
          .init("reportid", .string, "The number of the person reported."),
          .init("reporterid", .string, "The number of the reporter."),
        ])), maxBytes: 4096,
      example: ["reportid": "2100301418", "reporterid": "2100301419"]),
    answers: [
      .ok(
        envelope(.null),
        example: example(
          """
          {"flag":true,"msg":"2100301419举报2100301418成功","recordtime":null,"data":null,\
          "code":20041}
          """))
    ], access: access, limit: .perMinute(60))
}

extension CheckInPlugin {
  func report(_ request: Request) async throws -> Response {
    let body = try request.json()
    let reported = body["reportid"]?.string ?? "null"
    let reporter = body["reporterid"]?.string ?? "null"
    try access.requireActing(as: reporter, request)
    if reported == reporter, try await store.find(reported) != nil {
      return Envelope.bad("不能举报自己", code: .notReported).response()
    }
    let result = try await attendance.report(reported, by: reporter)
    if case .closed = result { recordActing("reported", for: reporter, by: request) }
    let envelope: Envelope =
      switch result {
      case .closed: .good("\(reporter)举报\(reported)成功", code: .reported)
      case .notPresent: .bad("\(reported)未签到", code: .notReported)
      case .unknown: .bad("\(reported)不存在", code: .notReported)
      case .unknownReporter: .bad("\(reporter)不存在", code: .notReported)
      }
    return envelope.response()
  }
}
