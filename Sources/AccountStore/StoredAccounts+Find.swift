public import PluginKit
internal import Storage

extension StoredAccounts {
  public func account(_ id: Int64) async throws -> Account? {
    try await store.read { try $0.account(id) }
  }

  public func find(_ name: LoginName) async throws -> Account? {
    try await store.read { tx in try tx.accountID(name).flatMap { try tx.account($0) } }
  }

  /// Accounts in the order of their ids, after the one with id `after`. `matching` is looked for in
  /// logins, names and profiles.
  public func list(after: Int64 = 0, limit: Int = 100, matching: String? = nil) async throws
    -> [Account]
  {
    try await store.read { tx in
      try tx.accountIDs(after: after, limit: limit, matching: matching).compactMap {
        try tx.account($0)
      }
    }
  }

  public func count() async throws -> Int {
    try await store.first("SELECT count(*) AS total FROM accounts")?.int("total") ?? 0
  }
}

extension Transaction {
  func account(_ id: Int64) throws -> Account? {
    guard
      let row = try first(
        """
        SELECT id, login, name, avatar, email, roles, is_active, is_self_made,
          credential_version
        FROM accounts WHERE id = ?
        """, id)
    else { return nil }
    return Account(
      id: id, login: try row.text("login"), name: try row.text("name"),
      avatar: try row.text("avatar"), email: try row.optionalText("email"),
      roles: Roles(rawValue: UInt8(truncatingIfNeeded: try row.int("roles"))),
      isActive: try row.bool("is_active"), profiles: try profiles(of: id),
      isSelfMade: try row.bool("is_self_made"),
      credentialVersion: try row.int64("credential_version"))
  }

  func profiles(of id: Int64) throws -> [ProfileKind: String] {
    var profiles: [ProfileKind: String] = [:]
    for row in try query("SELECT kind, value FROM account_profiles WHERE account = ?", id) {
      // A kind that a newer version knows is left alone.
      guard let kind = ProfileKind(rawValue: try row.text("kind")) else { continue }
      profiles[kind] = try row.text("value")
    }
    return profiles
  }

  func accountID(_ name: LoginName) throws -> Int64? {
    switch name {
    case .login(let login):
      return try id("SELECT id FROM accounts WHERE login = ?", login)
    case .profile(let kind, let value):
      return try id(
        "SELECT account AS id FROM account_profiles WHERE kind = ? AND value = ?", kind.rawValue,
        value)
    case .email(let email):
      return try id("SELECT id FROM accounts WHERE email_key = ?", email.lowercased())
    case .any(let text):
      return try accountID(identifiedBy: text)
    }
  }

  private func id(_ sql: String, _ arguments: any Bindable...) throws -> Int64? {
    try run(sql, arguments: arguments.map(\.boundValue)).rows.first?.int64("id")
  }

  fileprivate func accountIDs(after: Int64, limit: Int, matching: String?) throws -> [Int64] {
    guard let matching, !matching.isEmpty else {
      return try query("SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        .map { try $0.int64("id") }
    }
    let pattern = "%\(Transaction.escaped(matching.lowercased()))%"
    return try query(
      """
      SELECT id FROM accounts WHERE id > ?1 AND (
        lower(login) LIKE ?3 ESCAPE '!' OR lower(name) LIKE ?3 ESCAPE '!' OR id IN (
          SELECT account FROM account_profiles WHERE lower(value) LIKE ?3 ESCAPE '!'))
      ORDER BY id LIMIT ?2
      """, after, limit, pattern
    ).map { try $0.int64("id") }
  }

  /// What was typed is text to look for, never a pattern.
  private static func escaped(_ text: String) -> String {
    // By scalars: a mark behind a wildcard would make another character of it.
    text.unicodeScalars.map { "!%_".unicodeScalars.contains($0) ? "!\($0)" : "\($0)" }.joined()
  }
}
