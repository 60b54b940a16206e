internal import JSON
internal import PluginKit

// The calls of teachers and students.
extension Documents {
  private static let table = Operation.Parameter.query(
    "course_table_id", .integer, "The course table.", example: 6)
  private static let signID = Schema.Property("sign_id", .integer, "The task's `signID`.")
  private static let signPath = Operation.Parameter.path("signID", .integer, "The task.")
  private static let notes = Operation.Parameter.query(
    "show_append", optional: true, "`1` adds the notes.", example: "1")
  private static let key = Schema.Property(
    "key", .string, "The client's data, as the algorithm has it.")
  private static let algorithm = Schema.Property(
    "algorithm", .choice(["table", "GeV1", "GeV2"]), optional: true,
    "`table` where it is missing. New clients use `GeV2`.")

  static let prepare = operation(
    "What is needed to make a task", nil, [table],
    data: .object([
      .init("course", course), .init("week", week),
      .init("classInfo", .array(of: classInfo)),
    ]))
  static let create = operation(
    "Make a task", "Students who chose the course see it at once.",
    form: [
      .init("course_table_id", .integer, "The course table."),
      .init("name", .string, "1 to 255 characters."),
      .init("detail", .string, optional: true, "At most 4095 characters."),
      .init("time", .integer, "Minutes, 1 to 1000."),
    ],
    data: .object(integers("taskID", "signID", "beginTime", "endTime")),
    limit: .perMinute(60, by: .account))
  static let teacherList = operation(
    "One's own tasks, the newest first", nil, [notes], data: list(sign))
  static let append = operation(
    "Add a note to a task", "Ten at most; none can be removed.",
    form: [signID, .init("info", .string, "The note.")])
  static let teacherGet = operation("One of one's own tasks", nil, [signPath], data: sign)
  static let report = operation(
    "Who signed and who did not", nil, [signPath],
    data: .object([
      .init("sign", sign), .init("list", .array(of: entry)),
      .init("absent", .array(of: student)),
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
    "Set the detail of a task that has none",
    form: [
      .init("task_id", .integer, "The task's `taskID`."), .init("detail", .string, "The text."),
    ])

  static let newSigns = operation(
    "The open tasks that one has not touched yet", data: list(sign))
  static let begin = operation(
    "Begin to sign",
    "`signKey` keys the finish. There is one log per student and task.",
    form: [signID, key, .init("hash", .string, "The signature of `key`."), algorithm],
    data: .object([.init("signKey", .string), .init("signLogId", .string)]))
  static let finish = operation(
    "Finish signing", "A success raises the task's `count`.", form: [signID, key, algorithm])
  static let history = operation(
    "One's own logs, the oldest first", nil,
    [
      .query("status", .integer, optional: true, "0 preparing, 1 success, 2 failure, 3 anomaly."),
      .query("course", optional: true, "A course's number, or a part of its name or pinyin."),
      notes,
    ], data: list(log))
  static let studentGet = operation(
    "One of one's own logs", nil, [.path("signLogID", .integer, "The log.")], data: log)
}
