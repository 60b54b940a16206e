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

  private static let texts: Schema = .array(
    of: .named("SignNote", .object([.init("time", .integer), .init("content", .string)])))

  private static func integers(_ names: String...) -> [Schema.Property] {
    names.map { .init($0, .integer) }
  }

  static let sign = Schema.named(
    "SignData",
    .object(
      integers("taskID", "courseTableID", "count") + [.init("append", .nullable(texts))]
        + integers("signID") + [.init("name", .string), .init("detail", .string)]
        + integers("time", "expireTime", "type", "userID", "flag")))

  private static let log = Schema.named(
    "SignHistory",
    .object(
      integers("signLogID", "studentID", "beginTime", "endTime", "signID", "courseTableID")
        + [.init("longitude", .number), .init("latitude", .number)]
        + integers("logStatus", "taskID") + [.init("name", .string), .init("detail", .string)]
        + integers("taskTime", "expireTime", "teacherID", "courseID")
        + [.init("courseName", .string), .init("count", .integer)]
        + [.init("append", .nullable(texts))]))

  private static func list(_ element: Schema) -> Schema {
    .object([.init("list", .array(of: element))])
  }

  private static func operation(
    _ summary: String, _ details: String? = nil, _ parameters: [Operation.Parameter] = [],
    data: Schema = .null, access: Access = .signedIn, limit: CallLimit? = nil,
    admitsProvisional: Bool = false
  ) -> Operation {
    Operation(
      summary, details: details, parameters: parameters, answers: [.ok(envelope(data))],
      access: access, limit: limit, admitsProvisional: admitsProvisional)
  }

  private static let table = Operation.Parameter.query(
    "course_table_id", .integer, "The course table.", example: 6)
  private static let signID = Operation.Parameter.query(
    "sign_id", .integer, "The task's `signID`.", example: 6)
  private static let signPath = Operation.Parameter.path("signID", .integer, "The task.")
  private static let notes = Operation.Parameter.query(
    "show_append", optional: true, "`1` adds the notes.", example: "1")
  private static let key = Operation.Parameter.query(
    "key", .string, "What the client says, as the algorithm has it.")
  private static let algorithm = Operation.Parameter.query(
    "algorithm", .choice(["table", "GeV1", "GeV2"]), optional: true,
    "`table` where it is missing. New clients use `GeV2`.")

  static let prepare = operation(
    "What is needed to make a task", nil, [table],
    data: .object([
      .init("course", .anything), .init("week", .anything), .init("classInfo", .anything),
    ]))
  static let create = operation(
    "Make a task", "Students who chose the course see it at once.",
    [
      table, .query("name", .string, "1 to 255 characters."),
      .query("detail", optional: true, "At most 4095 characters."),
      .query("time", .integer, "Minutes, 1 to 1000.", example: 45),
    ],
    data: .object(integers("taskID", "signID", "beginTime", "endTime")),
    limit: .perMinute(60, by: .account))
  static let teacherList = operation(
    "One's own tasks, the newest first", nil, [notes], data: list(sign))
  static let append = operation(
    "Add a note to a task", "Ten at most; none can be removed.",
    [signID, .query("info", .string, "The note.")])
  static let teacherGet = operation("One of one's own tasks", nil, [signPath], data: sign)
  static let report = operation(
    "Who signed and who did not", nil, [signPath],
    data: .object([
      .init("sign", sign), .init("list", .array(of: .anything)),
      .init("absent", .array(of: .anything)),
    ]))
  static let end = operation("End a task before its time", nil, [signPath])
  static let export = Operation(
    "Who signed, as a table for office programs", parameters: [signPath],
    answers: [
      Operation.Answer(
        200, "The `.xlsx` file.", .string,
        contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ], access: .signedIn)
  static let setDetail = operation(
    "Set the detail of a task that has none", nil,
    [.query("task_id", .integer, "The task's `taskID`."), .query("detail", .string, "The text.")])

  static let newSigns = operation(
    "The open tasks that one has not touched yet", data: list(sign))
  static let begin = operation(
    "Begin to sign",
    "`signKey` keys the finish. There is one log per student and task.",
    [signID, key, .query("hash", .string, "The signature of `key`."), algorithm],
    data: .object([.init("signKey", .string), .init("signLogId", .string)]))
  static let finish = operation(
    "Finish signing", "A success raises the task's `count`.", [signID, key, algorithm])
  static let history = operation(
    "One's own logs, the oldest first", nil,
    [
      .query("status", .integer, optional: true, "0 preparing, 1 success, 2 failure, 3 anomaly."),
      .query("course", optional: true, "A course's number, or a part of its name or pinyin."),
      notes,
    ], data: list(log))
  static let studentGet = operation(
    "One of one's own logs", nil, [.path("signLogID", .integer, "The log.")], data: log)

  private static let courseOptions: [Operation.Parameter] = [
    .query("status", .integer, optional: true, "0 running, 1 not open, 2 ended; -1 for all."),
    .query("set_class_id", optional: true, "`1` adds the classes' ids.", example: "1"),
    .query("set_class_info", optional: true, "`1` adds the classes.", example: "1"),
    .query("set_location", optional: true, "`1` adds the rooms.", example: "1"),
  ]

  static let courseGet = operation(
    "A course table", nil, [.path("courseTableId", .integer, "The course table.")] + courseOptions,
    data: .anything)
  static let courseSearch = operation(
    "One's own course tables", nil,
    [.query("search_type", .choice(["teacher", "student"]), "As whom.", example: "teacher")]
      + courseOptions,
    data: .anything)
  static let selected = operation(
    "Which of these one has chosen", nil,
    [.query("ids", .string, "Ids between commas.", example: "5,6")], data: .map(of: .integer))
  static let selectAdd = operation(
    "Choose a course table", "Only what one's own class may choose.",
    [.query("id", .integer, "The course table.", example: 6)])

  private static let login = Schema.object([.init("token", .string), .init("expire", .integer)])
  static let logIn = operation(
    "Log in",
    """
    `token` is for the header `token`, the cookie `token`, or the field `__token` in the form of a \
    POST. It is good for the hub as well. `pwd_type=md5` is refused: passwords are kept as hashes \
    that no MD5 can be compared with.
    """,
    [
      .query("username", .string, "E-mail, number or login."),
      .query("password", .string, "In clear."),
      .query("client", .choice(["web", "android", "ios"]), "The kind of client.", example: "web"),
      .query("pwd_type", optional: true, "`plain`."),
    ], data: login, access: .anyone, limit: .perMinute(300))
  static let logOut = operation("End the login", admitsProvisional: true)
  static let register = operation(
    "Make a student's account", nil,
    [.query("email", .string, "The address."), .query("password", .string, "6 to 32 characters.")],
    access: .anyone, limit: .perMinute(60))
  static let info = operation("Who one is", data: .anything)
  static let refresh = operation(
    "A new token", nil,
    [.query("confirm", .integer, "The time in Unix seconds, right to 20 seconds.")], data: login)
  static let time = operation("The server's clock", data: .anything, access: .anyone)
}

extension Documents {
  private static let staff = Access.anyRole([.staff, .admin])

  static let adminCourses = Operation(
    "All course tables", answers: [.ok(.object([.init("courses", .array(of: .anything))]))],
    access: staff)
  static let adminImport = Operation(
    "Take in a list of courses or of who chose which",
    details: """
      All of it or nothing. `kind` is `courses`, with the columns `course_table_id`, `teacher`, \
      `course`, `department`, `enrol_year`, `year`, `term`, `from_week`, `end_week`, `status`, \
      `classes` (between semicolons) and optionally `pinyin`, `pinyin_index`, \
      `department_short`; or `selections`, with `course_table_id` and `student`. People are named \
      by any name of their account. With `dry_run` nothing is stored.
      """,
    body: .init(
      .json(
        .object([
          .init("kind", .choice(["courses", "selections"])), .init("csv", .string),
          .init("dry_run", .boolean, optional: true),
        ])), maxBytes: 4 << 20),
    answers: [.ok(.object([.init("lines", .integer), .init("dry_run", .boolean)]))],
    access: staff)
  static let adminWeek = Operation(
    "Say when a term begins",
    body: .init(
      .json(
        .object([
          .init("year", .integer), .init("term", .choice([0, 1])),
          .init("begin_date", .string, "A Monday."),
        ]))),
    answers: [.ok(.object([.init("week", .anything)]))], access: staff)
  private static let tablePath = Operation.Parameter.path("table", .integer, "The course table.")
  static let adminStudents = Operation(
    "Who chose a course table", parameters: [tablePath],
    answers: [.ok(.object([.init("students", .array(of: .anything))]))], access: staff)
  static let adminRemove = Operation(
    "Take a student out of a course table",
    parameters: [tablePath, .path("student", .integer, "The student's `userSysID`.")],
    answers: [.ok(.object([.init("removed", .boolean)]))], access: staff)
}

extension Documents {
  private static let created = EventDescription(
    "sign.created", "There is a new task.", [.init("sign", sign)])
  private static let counted = EventDescription(
    "sign.count", "How many have signed.", integers("signID", "count"))
  private static let expired = EventDescription(
    "sign.expired", "The task is over.", integers("signID", "taskID", "count"))
  private static let begun = EventDescription(
    "sign.begun", "A student begins to sign.",
    integers("signID", "signLogID", "studentID", "beginTime"))
  private static let finished = EventDescription(
    "sign.finished", "A student has finished.",
    integers("signID", "signLogID", "studentID", "logStatus", "endTime")
      + [.init("longitude", .number), .init("latitude", .number)])

  static let courseEvents = [
    created, counted, expired,
    EventDescription(
      "sign.appended", "A note was added.",
      [.init("signID", .integer), .init("append", .anything)]),
    EventDescription(
      "sign.detail", "The detail was set.",
      integers("signID", "taskID") + [.init("detail", .string)]),
  ]
  static let taskEvents = [begun, finished, counted, expired]
  static let userEvents = [
    created, begun, finished,
    EventDescription(
      "sign.selected", "A course was chosen; its topic is open now.", integers("courseTableID")),
  ]
}
