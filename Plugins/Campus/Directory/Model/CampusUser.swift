internal import JSON
internal import PluginKit
internal import Storage

struct Department: Sendable, Hashable {
  let id: Int64
  let name: String

  var json: JSONValue { ["id": .int(id), "name": .string(name)] }
}

/// A user of this system: a row of its own, with the facts that the account holds.
struct CampusUser: Sendable, Hashable {
  static let columns = """
    u.id, u.account, u.username, u.first_name, u.last_name, u.date_joined,
    u.department AS department_id, d.name AS department_name
    """
  static let tables = "campus_users u LEFT JOIN campus_departments d ON d.id = u.department"

  let id: Int64
  /// Nil until the account of that name is seen for the first time.
  let account: Int64?
  let username: String
  let name: PersonName
  let joined: Moment
  let department: Department?
  var email: String?
  var isStaff = false
  var isActive = false

  /// Without the facts of the account.
  init(_ row: Row) throws(StoreError) {
    id = try row.int64("id")
    account = try row.optionalInt("account").map { Int64($0) }
    username = try row.text("username")
    name = PersonName(last: try row.text("last_name"), first: try row.text("first_name"))
    joined = Moment(microseconds: try row.int64("date_joined"))
    if let id = try row.optionalInt("department_id") {
      department = Department(id: Int64(id), name: try row.text("department_name"))
    } else {
      department = nil
    }
  }

  mutating func take(_ account: Account) {
    email = account.email
    isStaff = account.identity.hasAny(of: [.staff, .admin])
    isActive = account.isActive
  }

  /// The documented object.
  var json: JSONValue {
    [
      "id": .int(id), "username": .string(username), "first_name": .string(name.first),
      "last_name": .string(name.last), "email": JSONValue(email), "is_staff": .bool(isStaff),
      "is_active": .bool(isActive), "date_joined": .string(joined.text), "groups": [],
      "department": department?.json ?? .null,
    ]
  }
}
