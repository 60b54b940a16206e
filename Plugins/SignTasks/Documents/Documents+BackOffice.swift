internal import JSON
internal import PluginKit

// The calls of the staff.
extension Documents {
  private static let staff = Access.anyRole([.staff, .admin])

  static let adminCourses = Operation(
    "All course tables", answers: [.ok(.object([.init("courses", .array(of: course))]))],
    access: staff)
  static let adminImport = Operation(
    "Import a list of courses, of classes or of selections",
    details: """
      All of it or nothing. `kind` is `courses`, with the columns `course_table_id`, `teacher`, \
      `course`, `department`, `enrol_year`, `year`, `term`, `from_week`, `end_week`, `status`, \
      `classes` (between semicolons) and optionally `pinyin`, `pinyin_index`, \
      `department_short`; `classes`, with `class` and `student`; or `selections`, with \
      `course_table_id` and `student`. People are named \
      by any name of their account. With `dry_run` nothing is stored.
      """,
    body: .init(
      .json(
        .object([
          .init("kind", .choice(["courses", "classes", "selections"])), .init("csv", .string),
          .init("dry_run", .boolean, optional: true),
        ])), maxBytes: 4 << 20),
    answers: [.ok(.object([.init("lines", .integer), .init("dry_run", .boolean)]))],
    access: staff, timeoutSeconds: 120)
  static let adminWeek = Operation(
    "Say when a term begins",
    body: .init(
      .json(
        .object([
          .init("year", .integer), .init("term", .choice([0, 1])),
          .init("begin_date", .string, "A Monday."),
        ]))),
    answers: [.ok(.object([.init("week", week)]))], access: staff)
  private static let missing = Operation.Answer(
    404, "There is no such course table, or the student has not chosen it.",
    .object([.init("error", .string), .init("message", .string)]))
  private static let tablePath = Operation.Parameter.path("table", .integer, "The course table.")
  static let adminStudents = Operation(
    "Who chose a course table", parameters: [tablePath],
    answers: [.ok(.object([.init("students", .array(of: student))])), missing], access: staff)
  static let adminRemove = Operation(
    "Take a student out of a course table",
    parameters: [tablePath, .path("student", .integer, "The student's `userSysID`.")],
    answers: [.ok(.object([.init("removed", .boolean)])), missing], access: staff)
}
