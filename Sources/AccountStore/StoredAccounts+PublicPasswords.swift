internal import PluginKit
internal import Storage

// Passwords that stand in public documents, such as those of the example data.
extension StoredAccounts {
  private struct Suspect: Sendable {
    let id: Int64
    let login: String
    let hash: String
    /// Nil if the password was set since the last look.
    let isPublic: Bool?
  }

  /// The logins in `known` whose active accounts still have the password that goes with them.
  ///
  /// Verdicts are kept until a password is set anew, so that only the first look costs hashes.
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
    return try rows.map { row in
      Suspect(
        id: try row.int64("id"), login: try row.text("login"), hash: try row.text("password"),
        isPublic: try row.optionalInt("has_public_password").map { $0 == 1 })
    }
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
      // Forgetting the verdict costs one more hash.
      guard error.isTemporary || error.code == .readOnly else { throw error }
    }
    return verdict
  }
}
