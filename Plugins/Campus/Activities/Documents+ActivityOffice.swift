internal import JSON
internal import PluginKit

// The back office of activities and clock-ins.
extension Documents {
  private static let office = Access.anyRole([.staff, .admin])
  private static let unknown = Operation.Answer(404, "There is none.", refusal)
  private static let badFields = Operation.Answer(400, "Fields are missing or wrong.", refusal)
  private static let deleted = Operation.Answer(204, "Deleted.")

  private static let activityFields: [Schema.Property] = [
    .init("name", .string, "At most 30 characters, and no other activity's."),
    .init("time_start", .string), .init("time_end", .string, time),
    .init("location", .string, "At most 200 characters."),
    .init("description", .string, optional: true),
    .init(
      "form_metas", .oneOf([.string, .map(of: .anything)]), optional: true,
      "The enrolment form: question to rule."),
    .init("open_for_enrollment", .boolean, optional: true),
    .init("participants_total_limit", .nullable(.integer), optional: true),
  ]

  private static func path(_ name: String, _ note: String, _ example: JSONValue)
    -> Operation.Parameter
  {
    .path(name, .integer, note, example: example)
  }

  private static let activityPath = path("activity", "The activity.", 3)
  private static let clockinPath = path("clockin", "The clock-in item.", 12)

  private static func changing(_ fields: [Schema.Property]) -> Operation.RequestBody {
    let fields = fields.map { field in
      Schema.Property(field.name, field.schema, optional: true, field.note)
    }
    return body(fields, maxBytes: 1 << 17)
  }

  static let officeActivities = Operation(
    "All activities", parameters: [search, pageQuery],
    answers: [
      .ok(page(of: activityObject, named: "CampusActivityPage"), "The newest first."), unknown,
    ], access: office)

  static let makeActivity = Operation(
    "Make an activity", body: body(activityFields, maxBytes: 1 << 17),
    answers: [.init(201, "Made.", activityObject), badFields, otherType], access: office)

  static let officeActivity = Operation(
    "An activity, also a closed one", parameters: [activityPath],
    answers: [.ok(activityObject), unknown], access: office)

  static let changeActivity = Operation(
    "Change an activity", details: "Fields that are left out stay.", parameters: [activityPath],
    body: changing(activityFields),
    answers: [.ok(activityObject), badFields, unknown, otherType], access: office)

  static let deleteActivity = Operation(
    "Delete an activity with its enrolments and clock-ins", parameters: [activityPath],
    answers: [deleted, unknown], access: office)

  static let listedEnrollment = Schema.named(
    "CampusListedEnrollment",
    .object([
      .init("id", .integer), .init("enroll_time", .string, time), .init("activity", .integer),
      .init("user", .integer), .init("participating_metas", .string),
      .init("username", .string), .init("fullname", .string),
      .init("clockins", .array(of: .string), "The labels of the items that the user has done."),
    ]))

  private static func filter(_ name: String, _ note: String) -> Operation.Parameter {
    .query(name, .integer, optional: true, note)
  }

  static let officeEnrollments = Operation(
    "Enrolments",
    parameters: [
      filter("activity", "Of this activity."), filter("user", "Of this user."),
      .query(
        "clockin", .string, optional: true,
        "Together with `activity`: a condition over the labels of its clock-in items.",
        example: "签到但未签退"), pageQuery,
    ],
    answers: [
      .ok(page(of: listedEnrollment, named: "CampusListedEnrollmentPage"), "The newest first."),
      .init(400, "The condition makes no sense.", refusal), unknown,
    ], access: office)

  static let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  static let enrollmentSheet = Operation(
    "The enrolments of an activity as a spreadsheet",
    details: "One column for each question and for each clock-in item.",
    parameters: [
      activityPath,
      .query(
        "clockin", .string, optional: true,
        "A condition over the labels of its clock-in items.", example: "签到但未签退"),
    ],
    answers: [
      .init(200, "The `.xlsx` file.", .string, contentType: spreadsheet),
      .init(400, "The condition makes no sense.", refusal), unknown,
    ], access: office)

  static let enrolOther = Operation(
    "Enrol a user", details: "Also in an activity that is closed or over.",
    body: body(
      [
        .init("activity", .integer), .init("user", .integer),
        .init("participating_metas", .oneOf([.string, .map(of: .anything)])),
      ], maxBytes: 1 << 17),
    answers: [.init(201, "Enrolled.", enrollmentObject), badFields, otherType], access: office)

  static let withdrawOther = Operation(
    "Delete an enrolment", parameters: [path("enrollment", "The enrolment.", 41)],
    answers: [deleted, unknown], access: office)
}

// Clock-in items and their staff.
extension Documents {
  private static let clockinObject = Schema.named(
    "CampusClockin",
    .object([
      .init("id", .integer), .init("activity", .integer), .init("label", .string),
      .init("from_time", .string), .init("to_time", .string, time),
      .init("records", .integer, "The number of users who have clocked in."),
    ]))

  private static let clockinFields: [Schema.Property] = [
    .init("label", .string, "At most 32 characters, once in its activity."),
    .init("from_time", .string), .init("to_time", .string, time),
  ]

  static let officeClockins = Operation(
    "Clock-in items", details: "Callers who are no administrators see those whose staff they are.",
    parameters: [filter("activity", "Of this activity.")],
    answers: [.ok(.array(of: clockinObject)), badFields], access: .signedIn)

  static let officeClockin = Operation(
    "A clock-in item with its newest clock-ins",
    details: "For administrators and the staff of the item.", parameters: [clockinPath],
    answers: [
      .ok(
        .named(
          "CampusShownClockin",
          .object([
            .init("id", .integer), .init("activity", .integer), .init("label", .string),
            .init("from_time", .string), .init("to_time", .string, time),
            .init("records", .integer), .init("activity_name", .string),
            .init("look_closes", .nullable(.string), "While a second look is open."),
            .init(
              "latest",
              .array(of: .object([.init("fullname", .string), .init("created", .string)]))),
          ]))), unknown,
    ], access: .signedIn)

  static let makeClockin = Operation(
    "Make a clock-in item", body: body([.init("activity", .integer)] + clockinFields),
    answers: [.init(201, "Made.", clockinObject), badFields, otherType], access: office)

  static let changeClockin = Operation(
    "Change a clock-in item", details: "Its current code stays as old as it is.",
    parameters: [clockinPath], body: changing(clockinFields),
    answers: [.ok(clockinObject), badFields, unknown, otherType], access: office)

  static let deleteClockin = Operation(
    "Delete a clock-in item with its records", parameters: [clockinPath],
    answers: [deleted, unknown], access: office)

  private static let staffList = Schema.array(
    of: .object([
      .init("user", .integer), .init("username", .string), .init("fullname", .string),
    ]))

  static let clockinStaff = Operation(
    "The users who may show the code of an item", parameters: [clockinPath],
    answers: [.ok(staffList)], access: office)

  static let addClockinStaff = Operation(
    "Let a user show the code of an item", parameters: [clockinPath],
    body: body([.init("user", .integer)]),
    answers: [.init(201, "Added.", staffList), badFields, unknown, otherType], access: office)

  static let removeClockinStaff = Operation(
    "Let a user no longer show the code of an item",
    parameters: [clockinPath, path("user", "The user.", 9)], answers: [deleted, unknown],
    access: office)
}
