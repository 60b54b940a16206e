internal import PluginKit
internal import Storage

// Users with the facts of their accounts.
extension UserStore {
  func user(_ id: Int64) async throws -> CampusUser? {
    let row = try await store.first(
      "SELECT \(CampusUser.columns) FROM \(CampusUser.tables) WHERE u.id = ?", id)
    guard let user = try row.map({ try CampusUser($0) }) else { return nil }
    return try await complete([user]).first
  }

  /// Takes the facts of the accounts; a user without an account stays inactive.
  func complete(_ users: [CampusUser]) async throws -> [CampusUser] {
    let found = try await accounts.accounts(Set(users.compactMap(\.account)))
    return users.map { user in
      guard let account = user.account.flatMap({ found[$0] }) else { return user }
      var user = user
      user.take(account)
      return user
    }
  }

  func departments() async throws -> [Department] {
    try await store.query("SELECT id, name FROM campus_departments ORDER BY id").map { row in
      Department(id: try row.int64("id"), name: try row.text("name"))
    }
  }

  func hasDepartment(_ id: Int64) async throws -> Bool {
    try await store.first("SELECT 1 AS one FROM campus_departments WHERE id = ?", id) != nil
  }

  func setName(
    _ name: PersonName, department: OptionalField<Int64>, of user: Int64
  ) async throws {
    try await store.write { tx in try tx.setName(name, department: department, of: user) }
  }
}

extension Transaction {
  func setName(_ name: PersonName, department: OptionalField<Int64>, of user: Int64) throws {
    try execute(
      "UPDATE campus_users SET first_name = ?, last_name = ? WHERE id = ?", name.first, name.last,
      user)
    if case .absent = department { return }
    // A department that was deleted meanwhile counts as none.
    try execute(
      """
      UPDATE campus_users SET department = (SELECT id FROM campus_departments WHERE id = ?)
      WHERE id = ?
      """, department.replacing(nil), user)
  }
}

// The user that belongs to a WeChat account.
extension UserStore {
  func user(openID: String) async throws -> CampusUser? {
    let row = try await store.first(
      "SELECT \(CampusUser.columns) FROM \(CampusUser.tables) WHERE u.wechat_open_id = ?", openID)
    guard let user = try row.map({ try CampusUser($0) }) else { return nil }
    return try await complete([user]).first
  }

  /// Another user who is bound to `openID` loses it.
  func bind(_ openID: String, to user: Int64) async throws {
    try await store.write { tx in
      try tx.execute(
        "UPDATE campus_users SET wechat_open_id = NULL WHERE wechat_open_id = ? AND id <> ?",
        openID, user)
      try tx.execute("UPDATE campus_users SET wechat_open_id = ? WHERE id = ?", openID, user)
    }
  }

  func unbindWeChat(of user: Int64) async throws {
    try await store.execute("UPDATE campus_users SET wechat_open_id = NULL WHERE id = ?", user)
  }
}
