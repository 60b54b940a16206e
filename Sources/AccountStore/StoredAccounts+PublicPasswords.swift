internal import PluginKit
internal import Storage

// Passwords that stand in public documents, such as those of the example data.
extension StoredAccounts {
  struct Suspect: Sendable {
    let id: Int64
    let login: String
    let hash: String
    /// Nil if the password was set since the last comparison.
    let isPublic: Bool?
  }

  /// The logins in `known` whose active accounts still have their public password.
  ///
  /// Results are stored until a password is set, so only the first comparison costs hashes.
  public func publicLogins(among known: [String: String]) async throws -> [String] {
    var found: [String] = []
    for suspect in try await suspects(Array(known.keys)) {
      if try await isPublic(suspect, known) { found.append(suspect.login) }
    }
    return found
  }

  private func suspects(_ logins: [String]) async throws -> [Suspect] {
    guard !logins.isEmpty else { return [] }
    let marks = logins.map { _ in "?" }.joined(separator: ", ")
    let sql = """
      SELECT id, login, password, has_public_password FROM accounts
      WHERE is_active = 1 AND password IS NOT NULL AND login IN (\(marks)) ORDER BY id
      """
    let rows = try await store.read { tx in
      try tx.query(sql, arguments: logins.map(\.boundValue))
    }
    return try rows.map { try Suspect($0) }
  }

  /// Runs `change`, and again after each first comparison of a password.
  func comparingPublicPasswords<Result: Sendable>(
    _ change: () async throws -> Result
  ) async throws -> Result {
    for _ in 0..<options.publicPasswords.count {
      do {
        return try await change()
      } catch let question as UncomparedPassword {
        _ = try await isPublic(question.suspect, options.publicPasswords)
      }
    }
    return try await change()
  }

  func check(password: String, of login: String) throws(AccountError) {
    guard options.publicPasswords[login] == password else { return }
    throw AccountError(.publicPassword, "this password is public")
  }

  private func isPublic(_ suspect: Suspect, _ known: [String: String]) async throws -> Bool {
    if let verdict = suspect.isPublic { return verdict }
    guard let password = known[suspect.login] else { return false }
    let verdict = try await hasher.verify(password, suspect.hash, for: nil).isRight
    do {
      try await store.execute(
        "UPDATE accounts SET has_public_password = ? WHERE id = ? AND password = ?", verdict,
        suspect.id, suspect.hash)
    } catch {
      // A lost result costs one more hash.
      guard error.isTemporary || error.code == .readOnly else { throw error }
    }
    return verdict
  }
}

extension StoredAccounts.Suspect {
  fileprivate init(_ row: Row) throws {
    self.init(
      id: try row.int64("id"), login: try row.text("login"), hash: try row.text("password"),
      isPublic: try row.optionalInt("has_public_password").map { $0 == 1 })
  }
}

/// Thrown out of a unit of work, which cannot wait for a hash.
private struct UncomparedPassword: Error {
  let suspect: StoredAccounts.Suspect
}

extension Transaction {
  /// Throws if the account has a password in `known`, or one that was not compared with it yet.
  func requireOwnPassword(_ account: Account, _ known: [String: String]) throws {
    guard known[account.login] != nil else { return }
    let row = try first(
      """
      SELECT id, login, password, has_public_password FROM accounts
      WHERE id = ? AND password IS NOT NULL
      """, account.id)
    guard let row else { return }
    let suspect = try StoredAccounts.Suspect(row)
    guard let isPublic = suspect.isPublic else { throw UncomparedPassword(suspect: suspect) }
    if isPublic { throw AccountError(.publicPassword, "its password is public: set another first") }
  }
}
