internal import Storage

// Users and departments for the staff.
extension UserStore {
  /// By id, without the facts of the accounts.
  func all() async throws -> [CampusUser] {
    try await store.query(
      "SELECT \(CampusUser.columns) FROM \(CampusUser.tables) ORDER BY u.id"
    ).map { try CampusUser($0) }
  }

  /// The id of a new department; nil if another one has this name.
  func addDepartment(_ name: String) async throws -> Int64? {
    try await store.write { tx in
      let row = try tx.first(
        """
        INSERT INTO campus_departments (name) VALUES (?) ON CONFLICT (name) DO NOTHING
        RETURNING id
        """, name)
      return try row?.int64("id")
    }
  }

  enum Renaming: Sendable {
    case renamed
    case taken
    case unknown
  }

  func renameDepartment(_ id: Int64, to name: String) async throws -> Renaming {
    try await store.write { tx in
      let holder = try tx.first("SELECT id FROM campus_departments WHERE name = ?", name)
      if let holder, try holder.int64("id") != id { return .taken }
      let changed = try tx.execute(
        "UPDATE campus_departments SET name = ? WHERE id = ?", name, id)
      return changed == 1 ? .renamed : .unknown
    }
  }

  /// Its users have no department then. False if there was no such department.
  func removeDepartment(_ id: Int64) async throws -> Bool {
    try await store.execute("DELETE FROM campus_departments WHERE id = ?", id) > 0
  }
}
