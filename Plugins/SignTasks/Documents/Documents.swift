internal import JSON
internal import PluginKit

/// Descriptions of the calls and events, for the generated documents.
enum Documents {
  static func envelope(_ data: Schema) -> Schema {
    .object([
      .init("status", .boolean), .init("code", .integer, "0, or why it was refused."),
      .init("msg", .string), .init("data", .nullable(data)),
    ])
  }

  static let note = Schema.named(
    "SignNote", .object([.init("time", .integer), .init("content", .string)]))

  static func integers(_ names: String...) -> [Schema.Property] {
    names.map { .init($0, .integer) }
  }

  static let sign = Schema.named(
    "SignData",
    .object(
      integers("taskID", "courseTableID", "count") + [.init("append", .nullable(.array(of: note)))]
        + integers("signID") + [.init("name", .string), .init("detail", .string)]
        + integers("time", "expireTime", "type", "userID", "flag")))

  static let log = Schema.named(
    "SignHistory",
    .object(
      integers("signLogID", "studentID", "beginTime", "endTime", "signID", "courseTableID")
        + [.init("longitude", .number), .init("latitude", .number)]
        + integers("logStatus", "taskID") + [.init("name", .string), .init("detail", .string)]
        + integers("taskTime", "expireTime", "teacherID", "courseID")
        + [.init("courseName", .string), .init("count", .integer)]
        + [.init("append", .nullable(.array(of: note)))]))

  static func list(_ element: Schema) -> Schema {
    .object([.init("list", .array(of: element))])
  }

  static func operation(
    _ summary: String, _ details: String? = nil, _ parameters: [Operation.Parameter] = [],
    form: [Schema.Property] = [], data: Schema = .null, access: Access = .signedIn,
    limit: CallLimit? = nil, changesByGET: Bool = false, admitsProvisional: Bool = false
  ) -> Operation {
    Operation(
      summary, details: details, parameters: parameters,
      body: form.isEmpty ? nil : .init(.form(form), maxBytes: longestForm),
      answers: [.ok(envelope(data))], access: access, limit: limit,
      changesByGET: changesByGET, admitsProvisional: admitsProvisional)
  }

  /// The longest detail takes three quarters of it, each character in its longest spelling.
  private static let longestForm = 64 << 10

  static let course = Schema.named(
    "SignCourse",
    .object(
      integers("scheduleID", "courseTableID", "teacherID") + [.init("teacherName", .string)]
        + integers("deptID") + [.init("deptName", .string), .init("deptNickName", .string)]
        + integers("enrolYear", "courseID") + [.init("courseName", .string)]
        + integers("openYear", "openTerm", "fromWeek", "endWeek")
        + [.init("status", .integer, "0 running, 1 not open, 2 ended.")]))

  /// Null where no term has begun.
  static let week = Schema.nullable(
    .named(
      "SignWeek",
      .object(integers("year", "term", "week") + [.init("begin_date", .string, "A Monday.")])))

  static let classInfo = Schema.named(
    "SignClass",
    .object(
      integers("classID") + [.init("className", .string)] + integers("courseTableID")))

  private static let person: [Schema.Property] =
    integers("studentID") + [.init("name", .string), .init("uid", .string)]
  static let student = Schema.named("SignStudent", .object(person))

  /// A line of a teacher's report.
  static let entry = Schema.named(
    "SignEntry",
    .object(
      integers("signLogID") + person + integers("beginTime", "endTime", "logStatus")
        + [.init("longitude", .number), .init("latitude", .number)]))
}
