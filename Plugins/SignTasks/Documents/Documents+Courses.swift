internal import JSON
internal import PluginKit

// Courses, accounts and the clock.
extension Documents {
  private static let courseOptions: [Operation.Parameter] = [
    .query("status", .integer, optional: true, "0 running, 1 not open, 2 ended; -1 for all."),
    .query("set_class_id", optional: true, "`1` adds the classes' ids.", example: "1"),
    .query("set_class_info", optional: true, "`1` adds the classes.", example: "1"),
    .query("set_location", optional: true, "`1` adds the rooms.", example: "1"),
  ]

  private static let courseEntry = Schema.named(
    "SignCourseEntry",
    .object([
      .init("course", course), .init("classes_id", .nullable(.array(of: .integer))),
      .init("classes_info", .nullable(.array(of: classInfo))),
      .init("locations", .nullable(.array(of: .anything))),
    ]))

  static let courseGet = operation(
    "A course table", nil, [.path("courseTableId", .integer, "The course table.")] + courseOptions,
    data: courseEntry)
  static let courseSearch = operation(
    "One's own course tables", nil,
    [.query("search_type", .choice(["teacher", "student"]), "As whom.", example: "teacher")]
      + courseOptions,
    data: .object([.init("list", .array(of: courseEntry)), .init("week", week)]))
  static let selected = operation(
    "Which of these one has chosen", nil,
    [.query("ids", .string, "Ids between commas.", example: "5,6")], data: .map(of: .integer))
  static let selectAdd = operation(
    "Choose a course table", "Only what one's own class may choose.",
    form: [.init("id", .integer, "The course table.")])

  private static let login = Schema.object([.init("token", .string), .init("expire", .integer)])
  static let logIn = operation(
    "Log in",
    """
    `token` is for the header `token`, the cookie `token`, or the field `__token` in the form of a \
    POST. It is good for the hub as well. `pwd_type=md5` is refused: passwords are kept as hashes \
    that no MD5 can be compared with.
    """,
    form: [
      .init("username", .string, "E-mail, number or login."),
      .init("password", .string, "In clear."),
      .init("client", .choice(["web", "android", "ios"]), "The kind of client."),
      .init("pwd_type", .string, optional: true, "`plain`."),
    ], data: login, access: .anyone, limit: .perMinute(300))
  static let logOut = operation(
    "End the login", changesByGET: true, admitsProvisional: true)
  static let register = operation(
    "Make a student's account",
    form: [
      .init("email", .string, "The address."), .init("password", .string, "6 to 32 characters."),
    ],
    access: .anyone, limit: .perMinute(60))
  static let info = operation(
    "Who one is",
    data: .object([
      .init("id", .integer), .init("user_type", .choice(["student", "teacher", "super"])),
      .init("name", .string), .init("avatar", .string),
      .init(
        "avatar_more",
        .object([.init("lager", .string), .init("small", .string), .init("middle", .string)])),
      .init("email", .nullable(.string)), .init("uid", .string), .init("sex", .string),
      .init("sex_flag", .integer), .init("description", .string),
    ]))
  static let refresh = operation(
    "A new token",
    form: [.init("confirm", .integer, "The time in Unix seconds, right to 20 seconds.")],
    data: login)
  static let time = operation(
    "The server's clock",
    data: .object(
      integers("millis", "second") + [.init("utc", .string)] + integers("utcOffset", "utcNum")),
    access: .anyone)
}
