internal import JSON
internal import PluginKit

extension Documents {
  private static let lin = """
    {"name":"lin","id":2,"endTime":"2022-08-31 17:58:51","startTime":"2022-08-31 22:03:40",\
    "status":1,"weekTime":56.97,"totalTime":56.97,"studentid":"2100301418"}
    """

  private static func list(_ items: String) -> JSONValue {
    example(
      #"{"flag":true,"msg":null,"recordtime":null,"data":[\#(items)],"code":null}"#)
  }

  static let topThree = Operation(
    "The three with the longest week in a grade",
    parameters: [.query("grade", .string, "How the student numbers begin.", example: "21")],
    answers: [.ok(envelope(.array(of: user)), example: list(lin))], access: access)

  static let showOnline = Operation(
    "Everybody who is in the lab", answers: [.ok(envelope(.array(of: user)), example: list(lin))],
    access: access)

  static let records = Operation(
    "All stays of one person, newest first",
    details: "Outside of the open networks one's own only, or any for staff.",
    parameters: [.query("userid", .integer, "`User.id`, not the student number.", example: 1)],
    answers: [
      .ok(
        envelope(.array(of: record)),
        example: list(
          """
          {"id":143,"userid":1,"duration":123.5,"status":2,"reporterid":"2100301418",\
          "endTime":"2022-08-31 17:58:34","startTime":"2022-08-26 14:28:43"}
          """))
    ], access: access)

  static let selectOne = Operation(
    "One person by number", details: "Codes: 20051 found, 20090 unknown.",
    parameters: [.query("studentid", .string, "The student number.", example: "2100301418")],
    answers: [
      .ok(
        envelope(.nullable(user)),
        example: example(
          """
          {"flag":true,"msg":"学号2100301418查询成功","recordtime":null,"data":\(lin),"code":20051}
          """))
    ], access: access)

  static let showByGrade = Operation(
    "Everybody of a grade",
    parameters: [
      .query("grade", .string, "How the student numbers begin.", example: "21"),
      .query(
        "isonline", .choice(["0", "1"]), optional: true, "Only the absent, or only the present.",
        example: "1"),
    ], answers: [.ok(envelope(.array(of: user)), example: list(lin))], access: access)

  static let day = Operation(
    "How many were in the lab today, minute by minute",
    details: "From the stored stays, since midnight; the last point is now.",
    answers: [
      .ok(
        .object([
          .init(
            "points", .array(of: .array(of: .integer)), "Unix seconds, and how many were there."),
          .init("peak", .integer, "The most at once, by the second."),
          .init("grades", .array(of: .string), "The grades that people are in."),
        ]),
        example: [
          "points": [[1_661_961_600, 1], [1_661_998_600, 2]], "peak": 2, "grades": ["20", "21"],
        ])
    ], access: access)
}
