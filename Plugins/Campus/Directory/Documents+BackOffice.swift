internal import JSON
internal import PluginKit

extension Documents {
  static let staff = Access.anyRole([.staff, .admin])
  private static let admins = Access.anyRole(.admin)

  private static let userPath = Operation.Parameter.path(
    "user", .integer, "The id of the user.", example: 7)
  private static let departmentPath = Operation.Parameter.path(
    "department", .integer, "The id of the department.", example: 2)
  private static let noUser = Operation.Answer(404, "There is no such user.", refusal)
  private static let noDepartment = Operation.Answer(
    404, "There is no such department.", refusal)
  private static let noPage = Operation.Answer(404, "There is no such page.", refusal)
  private static let departmentName = body([.init("name", .string, "At most 150 characters.")])

  private static let userFields: [Schema.Property] = [
    .init("first_name", .string, "At most 30 characters."),
    .init("last_name", .string, "At most 150 characters."),
    .init("email", .nullable(.string), optional: true),
    .init("department", .nullable(.integer), optional: true),
  ]

  static let adminUsers = Operation(
    "The users", details: "A search looks in staff numbers and names.",
    parameters: [
      pageQuery, search,
      .query("department", .integer, optional: true, "The id of a department."),
    ], answers: [.ok(page(of: user, named: "CampusUserPage")), noPage], access: staff)

  static let adminUser = Operation(
    "A user, for the staff", parameters: [userPath], answers: [.ok(user), noUser], access: staff)

  static let adminAddUser = Operation(
    "Make a user", details: "For admins. The account has the role `teacher`.",
    body: body(
      [.init("username", .string, "The staff number.")] + userFields + [
        .init("password", .string, optional: true)
      ]), answers: [.init(201, "The new user.", user), otherType], access: admins)

  static let adminChangeUser = Operation(
    "Change a user", details: "For admins. An inactive user loses all tokens.",
    parameters: [userPath],
    body: body(userFields + [.init("is_active", .boolean, optional: true)]),
    answers: [.ok(user), noUser, otherType], access: admins)

  static let adminEndTokens = Operation(
    "End all tokens of a user", parameters: [userPath],
    answers: [.init(204, "They are not good any more."), noUser], access: staff)

  static let adminTokens = Operation(
    "The tokens that are good", details: "The newest first. Their texts are stored nowhere.",
    parameters: [pageQuery],
    answers: [
      .ok(
        page(
          of: .object([
            .init("id", .integer), .init("user", .integer), .init("username", .string),
            .init("fullname", .string), .init("created", .string, time),
            .init("expires", .string, time),
          ]), named: "CampusTokenPage")), noPage,
    ], access: staff)

  static let adminEndToken = Operation(
    "End one token",
    parameters: [.path("token", .integer, "Its id in the list of tokens.", example: 1)],
    answers: [
      .init(204, "It is not good any more."), .init(404, "There is no such token.", refusal),
    ], access: staff)

  static let adminDepartments = Operation(
    "The departments, for the staff", answers: [.ok(.array(of: department))], access: staff)

  static let adminAddDepartment = Operation(
    "Make a department", body: departmentName,
    answers: [.init(201, "The new department.", department), otherType], access: staff)

  static let adminRenameDepartment = Operation(
    "Rename a department", parameters: [departmentPath], body: departmentName,
    answers: [.ok(department), noDepartment, otherType], access: staff)

  static let adminRemoveDepartment = Operation(
    "Remove a department", details: "Its users have none then.", parameters: [departmentPath],
    answers: [.init(204, "Removed."), noDepartment], access: staff)
}
