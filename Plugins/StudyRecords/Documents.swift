internal import JSON
internal import PluginKit

/// Descriptions of the calls and events, for the generated documents.
enum Documents {
  static let refusal = Schema.named(
    "StudyRefusal", .object([.init("error", .string), .init("message", .string)]))

  private static let time = "UTC, `yyyy-MM-dd HH:mm:ss`."

  private static let record = Schema.named(
    "Study",
    .object([
      .init("creator", .string, "The URL of the user."),
      .init("end_time", .nullable(.string), "\(time) Null while the record is open."),
      .init("id", .integer), .init("start_time", .string, time),
      .init("url", .string),
    ]))

  private static let person = Schema.named(
    "StudyUser",
    .object([
      .init("last_seen", .string, time), .init("member_since", .string, time),
      .init("studys", .string, "The URL of the user's records."), .init("url", .string),
      .init("username", .string),
    ]))

  private static let page = Schema.named(
    "StudyPage",
    .object([
      .init("count", .integer, "Of the records on all pages."),
      .init("next", .nullable(.string), "The URL of the next page."),
      .init("prev", .nullable(.string), "The URL of the page before."),
      .init("studys", .array(of: record)),
    ]))

  private static let exampleUser: JSONValue = [
    "last_seen": "2017-03-25 06:44:35", "member_since": "2017-03-25 06:41:49",
    "studys": "http://127.0.0.1:5000/api/v1.0/users/1/studys/",
    "url": "http://127.0.0.1:5000/api/v1.0/users/1", "username": "bllli",
  ]

  private static func exampleStudy(_ id: Int, _ start: String, _ end: String?) -> JSONValue {
    [
      "creator": "http://127.0.0.1:5000/api/v1.0/users/1", "end_time": JSONValue(end),
      "id": JSONValue(id), "start_time": .string(start),
      "url": .string("http://127.0.0.1:5000/api/v1.0/studys/\(id)"),
    ]
  }

  private static let noStudent = Operation.Answer(404, "The caller is no student.", refusal)
  private static let noPage = Operation.Answer(404, "There is no such page.", refusal)

  private static let pageQuery = Operation.Parameter.query(
    "page", .integer, optional: true, "From 1; twenty records each.", example: 1)
  private static let userPath = Operation.Parameter.path(
    "user", .integer, "The user.", example: 1)
  private static let studyPath = Operation.Parameter.path(
    "study", .integer, "The record.", example: 7)

  static let user = Operation(
    "A user", parameters: [userPath], answers: [.ok(person, example: exampleUser)],
    access: .signedIn)
  static let myself = Operation(
    "The caller", answers: [.ok(person), noStudent], access: .signedIn)
  static let days = Operation(
    "The caller's study time per day",
    details: "Days are those of the server's time zone. Only finished records count.",
    parameters: [
      .query("from", .string, "The first day.", example: "2017-03-01"),
      .query("to", .string, "The last day, at most 400 days in all.", example: "2017-03-31"),
    ],
    answers: [
      .ok(
        .object([
          .init(
            "days",
            .array(of: .object([.init("date", .string), .init("seconds", .integer)])),
            "Days without study are left out."),
          .init("zone", .string, "Of the server's clock: `Europe/Berlin`, or `+08:00`."),
          .init(
            "zone_offset", .integer, "Seconds east of Greenwich when the first day begins."),
        ])), noStudent,
    ], access: .signedIn)
  static let token = Operation(
    "Exchange name and password for a token",
    details: """
      The token is the user part of HTTP Basic with an empty password, and is good for the hub as \
      well. A call with a token gets none.
      """,
    answers: [
      .ok(.object([.init("expiration", .integer, "Seconds."), .init("token", .string)]))
    ],
    access: .signedIn, limit: .perMinute(60, by: .account))

  static let studys = Operation(
    "All records", details: "The oldest first. With `study.private` only the caller's.",
    parameters: [pageQuery], answers: [.ok(page), noPage], access: .signedIn)
  static let studysOfUser = Operation(
    "The records of a user", parameters: [userPath, pageQuery], answers: [.ok(page), noPage],
    access: .signedIn)
  static let study = Operation(
    "A record", parameters: [studyPath],
    answers: [
      .ok(record, example: exampleStudy(8, "2017-03-25 11:55:47", "2017-03-25 12:00:02"))
    ], access: .signedIn)
  static let start = Operation(
    "Start to study",
    body: body([.init("start_time", .nullable(.string), optional: true, "\(time) Now by default.")]
    ),
    answers: [
      Operation.Answer(
        201, "The new record; `Location` has its URL.", record,
        example: exampleStudy(8, "2017-03-25 11:55:47", nil))
    ], access: .signedIn, limit: .perMinute(120, by: .account))
  static let finish = Operation(
    "Finish a record", details: "Once, and only by its creator.", parameters: [studyPath],
    body: body([.init("end_time", .nullable(.string), optional: true, "\(time) Now by default.")]),
    answers: [
      .ok(record, example: exampleStudy(7, "2017-03-25 10:57:43", "2017-03-25 11:45:50"))
    ], access: .signedIn, limit: .perMinute(120, by: .account))

  /// The check at the college may take its time; the operation waits longer than the check does.
  static let register = Operation(
    "Register with the password of the college",
    details: "The password of the college is used once and is not stored.",
    body: .init(
      .json(
        .object([
          .init("username", .string, "At most 64 characters."), .init("password", .string),
          .init("stu_id", .string, "The student number: 9 or 10 digits."),
          .init("stu_pwd", .string, "The password of the college."),
        ])), maxBytes: 4096),
    answers: [
      Operation.Answer(201, "The new user; `Location` has its URL.", person, example: exampleUser),
      Operation.Answer(403, "Registration is closed for this network.", refusal),
      Operation.Answer(502, "The system of the college does not answer.", refusal),
    ], access: .anyone, limit: .perMinute(30), timeoutSeconds: 90)

  private static func body(_ properties: [Schema.Property]) -> Operation.RequestBody {
    .init(.json(.object(properties)), .form(properties), maxBytes: 4096, optional: true)
  }

  private static let count = [Schema.Property("studying", .integer)]

  static let liveEvents = [
    EventDescription("study.count", "The number changed; at most once a second.", count)
  ]
  static let userEvents = [
    EventDescription("study.started", "A record was started.", [.init("study", record)]),
    EventDescription(
      "study.finished", "A record was finished.",
      [.init("study", record), .init("seconds", .integer, "From start to end.")]),
  ]
}
