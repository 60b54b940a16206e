internal import JSON
internal import PluginKit
internal import Storage

/// A user as lists show one: by the name and the number that the account has now.
struct ListedUser: Sendable {
  static let columns = "u.account, u.accountname, u.name AS username, u.number"

  let id: Int64
  let account: Int64?
  /// The account's name when it was given this row.
  private let accountName: String?
  private(set) var name: String
  private(set) var number: String

  /// The user `id` of a row in which `sign_users` may have no match.
  init(_ id: Int64, _ row: Row) throws(StoreError) {
    self.id = id
    account = try row.optionalInt("account").map { Int64($0) }
    accountName = try row.optionalText("accountname")
    name = try row.optionalText("username") ?? ""
    number = try row.optionalText("number") ?? ""
  }

  var json: JSONObject {
    ["studentID": .int(id), "name": .string(name), "uid": .string(number)]
  }

  /// A row that was there before its account keeps its own name until the account is renamed.
  func updated(from accounts: [Int64: Account]) -> ListedUser {
    guard let holder = account.flatMap({ accounts[$0] }) else { return self }
    var user = self
    user.number = holder.courseNumber
    if holder.name != accountName { user.name = holder.name }
    return user
  }

  /// By number, and by id where two have one number.
  static func precedes(_ a: ListedUser, _ b: ListedUser) -> Bool {
    a.number == b.number
      ? a.id < b.id : a.number.utf8.lexicographicallyPrecedes(b.number.utf8)
  }
}

extension Account {
  var courseNumber: String {
    profiles[.studentNumber] ?? profiles[.staffName] ?? login
  }
}
