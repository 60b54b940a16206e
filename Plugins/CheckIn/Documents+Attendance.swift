internal import JSON
internal import PluginKit

extension Documents {
  static let access = Access.openNetworks(setting: Admission.networks)

  private static let number = Operation.Parameter.query(
    "studentid", .string, "The student number.", example: "2100301419")

  private static func tao(end: String, start: String, status: Int, week: String, total: String)
    -> String
  {
    """
    {"name":"tao","id":3,"endTime":"\(end)","startTime":"\(start)","status":\(status),\
    "weekTime":\(week),"totalTime":\(total),"studentid":"2100301419"}
    """
  }

  static let login = Operation(
    "Check in",
    details: """
      Codes: 20011 checked in, 20050 already there, 20070 unknown number, 20010 refused or closed. \
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

  static let report = Operation(
    "Report somebody who left without checking out",
    details: """
      The person is checked out, the stay is kept with status 2 and counts nothing, and a mail goes \
      to the person. Codes: 20041 done, 20040 not.
      """,
    body: Operation.RequestBody(
      .json(
        .object([
          .init("reportid", .string, "The number of the person reported."),
          .init("reporterid", .string, "The number of who reports."),
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
