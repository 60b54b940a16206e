public import PluginKit
internal import Storage

extension StoredAccounts {
  public func account(_ id: Int64) async throws -> Account? {
    try await store.read { try $0.account(id) }
  }

  public func accounts(_ ids: Set<Int64>) async throws -> [Int64: Account] {
    guard !ids.isEmpty else { return [:] }
    return try await store.read { try $0.accounts(ids) }
  }

  public func find(_ name: LoginName) async throws -> Account? {
    try await store.read { tx in try tx.accountID(name).flatMap { try tx.account($0) } }
  }

  /// Accounts in the order of their ids, after the one with id `after`. `matching` is searched in
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

extension Account {
  fileprivate static let columns =
    "id, login, name, avatar, email, roles, is_active, is_self_made, credential_version"

  fileprivate init(_ row: Row, profiles: [ProfileKind: String]) throws(StoreError) {
    self.init(
      id: try row.int64("id"), login: try row.text("login"), name: try row.text("name"),
      avatar: try row.text("avatar"), email: try row.optionalText("email"),
      roles: Roles(rawValue: UInt8(truncatingIfNeeded: try row.int("roles"))),
      isActive: try row.bool("is_active"), profiles: profiles,
      isSelfMade: try row.bool("is_self_made"),
      credentialVersion: try row.int64("credential_version"))
  }
}

extension [ProfileKind: String] {
  /// A kind that a newer version knows is left alone.
  fileprivate mutating func take(_ row: Row) throws(StoreError) {
    guard let kind = ProfileKind(rawValue: try row.text("kind")) else { return }
    self[kind] = try row.text("value")
  }
}

extension Transaction {
  private static let mostIDs = 512

  func account(_ id: Int64) throws -> Account? {
    guard let row = try first("SELECT \(Account.columns) FROM accounts WHERE id = ?", id) else {
      return nil
    }
    return try Account(row, profiles: try profiles(of: id))
  }

  func profiles(of id: Int64) throws -> [ProfileKind: String] {
    var profiles: [ProfileKind: String] = [:]
    for row in try query("SELECT kind, value FROM account_profiles WHERE account = ?", id) {
      try profiles.take(row)
    }
    return profiles
  }

  /// Each length of a list is a prepared statement of its own. The lengths are therefore powers of
  /// two, and an id is repeated to fill the list.
  fileprivate func accounts(_ ids: Set<Int64>) throws -> [Int64: Account] {
    let ids = Array(ids)
    var length = 1
    while length < min(ids.count, Transaction.mostIDs) { length *= 2 }
    var found: [Int64: Account] = [:]
    for start in stride(from: 0, to: ids.count, by: length) {
      let part = ids[start..<min(start + length, ids.count)]
      let filler = repeatElement(ids[start], count: length - part.count)
      try found.merge(accounts(list: Array(part) + filler)) { first, _ in first }
    }
    return found
  }

  private func accounts(list ids: [Int64]) throws -> [Int64: Account] {
    let (marks, arguments) = (SQLText.marks(ids.count), ids.map { Value.int($0) })
    var profiles: [Int64: [ProfileKind: String]] = [:]
    let kept = try run(
      "SELECT account, kind, value FROM account_profiles WHERE account IN (\(marks))",
      arguments: arguments)
    for row in kept.rows { try profiles[try row.int64("account"), default: [:]].take(row) }
    var accounts: [Int64: Account] = [:]
    let rows = try run(
      "SELECT \(Account.columns) FROM accounts WHERE id IN (\(marks))", arguments: arguments
    ).rows
    for row in rows {
      let id = try row.int64("id")
      accounts[id] = try Account(row, profiles: profiles[id] ?? [:])
    }
    return accounts
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

  /// The search pattern of a text, with its wildcards escaped.
  private static func escaped(_ text: String) -> String {
    // By scalars: a combining mark makes one character with the wildcard before it.
    text.unicodeScalars.map { "!%_".unicodeScalars.contains($0) ? "!\($0)" : "\($0)" }.joined()
  }
}
