internal import AccountStore
internal import PluginKit

/// The people of the example data. Their passwords are public knowledge.
enum DemoAccounts {
  struct Person {
    let login: String
    let password: String
    let roles: Roles
    var name: String?
    var email: String?
    var avatar = ""
    var isActive = true
    var profiles: [ProfileKind: String] = [:]
  }

  static let people = [
    Person(
      login: "admin", password: "123456", roles: [.admin, .staff, .teacher],
      email: "admin@example.edu",
      profiles: [.telephone: "0", .courseUser: "1", .staffName: "admin"]),
    Person(
      login: "tao", password: "tao123456", roles: .student, email: "tao@example.edu",
      avatar: "default",
      profiles: [.telephone: "13800000003", .studentNumber: "2100301419", .courseUser: "32"]),
    Person(
      login: "lin", password: "lin123456", roles: .student, email: "lin@example.edu",
      profiles: [.studentNumber: "2100301418", .courseUser: "33"]),
    Person(
      login: "chenwei", password: "chen123456", roles: .teacher, email: "chen@example.edu",
      profiles: [.courseUser: "2", .staffName: "20120001"]),
    Person(
      login: "lina", password: "lina123456", roles: .teacher, email: "lina@example.edu",
      profiles: [.staffName: "20120002"]),
    Person(
      login: "wangfang", password: "wang123456", roles: .teacher,
      profiles: [.staffName: "20120003"]),
    Person(
      login: "zhaojun", password: "zhao123456", roles: .teacher, isActive: false,
      profiles: [.staffName: "20120004"]),
    Person(
      login: "bllli", password: "123", roles: .student, email: "1@1.com",
      profiles: [.studyName: "bllli", .studentNumber: "4130209101"]),
  ]

  /// The public passwords by login.
  static var passwords: [String: String] {
    Dictionary(people.map { ($0.login, $0.password) }, uniquingKeysWith: { $1 })
  }

  /// All at once: each password takes a good part of a second to hash.
  static func seed(_ accounts: StoredAccounts) async throws {
    for person in people {
      var new = NewAccount(
        login: person.login, name: person.name ?? person.login, password: person.password,
        roles: person.roles)
      new.email = person.email
      new.avatar = person.avatar
      new.isActive = person.isActive
      new.profiles = person.profiles
      try await accounts.seed(new)
    }
  }
}
