internal import JSON
internal import PluginKit

// Activities and enrolments.
extension Documents {
  static let activityObject = Schema.named(
    "CampusActivity",
    .object([
      .init("id", .integer), .init("time_start", .string), .init("time_end", .string, time),
      .init("location", .string), .init("name", .string), .init("description", .string),
      .init("form_metas", .string, "The enrolment form as JSON text: question to rule."),
      .init("open_for_enrollment", .boolean), .init("enrollment_count", .integer),
      .init("my_enrollment_count", .integer, "1 if the caller is enrolled, otherwise 0."),
      .init("participants_total_limit", .nullable(.integer)),
    ]))

  static let enrollmentObject = Schema.named(
    "CampusEnrollment",
    .object([
      .init("id", .integer), .init("enroll_time", .string, time), .init("activity", .integer),
      .init("user", .integer),
      .init("participating_metas", .string, "The checked answers as JSON text."),
    ]))

  static let activities = Operation(
    "The activities that are open for enrolment",
    parameters: [
      .query(
        "my", .string, optional: true,
        "`yes`: those in which the caller is enrolled, closed ones too.", example: "yes"),
      search, pageQuery,
    ],
    answers: [
      .ok(page(of: activityObject, named: "CampusActivityPage"), "The newest first."),
      .init(404, "There is no such page.", refusal),
    ], access: .signedIn)

  static let activity = Operation(
    "An activity", details: "A closed one is shown to those only who are enrolled in it.",
    parameters: [.path("activity", .integer, "The activity.", example: 3)],
    answers: [.ok(activityObject), .init(404, "There is none for the caller.", refusal)],
    access: .signedIn)

  static let enrollments = Operation(
    "The caller's enrolments", parameters: [pageQuery],
    answers: [
      .ok(page(of: enrollmentObject, named: "CampusEnrollmentPage"), "The newest first."),
      .init(404, "There is no such page.", refusal),
    ], access: .signedIn)

  static let enrol = Operation(
    "Enrol in an activity",
    body: body(
      [
        .init("activity", .integer),
        .init(
          "participating_metas", .oneOf([.string, .map(of: .anything)]),
          "The answers to the form: question to answer, as JSON text or as an object."),
      ], maxBytes: 1 << 17,
      example: ["activity": 3, "participating_metas": #"{"姓名":"陈伟"}"#]),
    answers: [
      .init(201, "Enrolled.", enrollmentObject),
      .init(400, "Closed, ended, full, enrolled before, or a bad answer.", refusal), otherType,
    ], access: .signedIn, limit: changes)

  private static let enrollmentPath = Operation.Parameter.path(
    "enrollment", .integer, "An enrolment of the caller.", example: 41)

  static let enrollment = Operation(
    "An enrolment of the caller", parameters: [enrollmentPath],
    answers: [.ok(enrollmentObject), .init(404, "There is none of the caller.", refusal)],
    access: .signedIn)

  static let withdraw = Operation(
    "Withdraw an enrolment", parameters: [enrollmentPath],
    answers: [.init(204, "Withdrawn."), .init(404, "There is none of the caller.", refusal)],
    access: .signedIn, limit: changes)

  static let activityEvents = [
    EventDescription(
      "enrollment.changed", "Somebody enrolled or withdrew.",
      [
        .init("activity", .integer), .init("enrollment_count", .integer),
        .init("participants_total_limit", .nullable(.integer)),
      ]),
    EventDescription(
      "activity.updated", "The activity was edited: its members but `my_enrollment_count`.",
      [.init("id", .integer), .init("name", .string)]),
    clockinRecorded, clockinRemoved, clockinConfirmed, lookOpened,
  ]
}
