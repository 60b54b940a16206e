internal import PluginKit
internal import Storage
internal import UnicodeText

// Databases from before the table of identifiers.
extension StoredAccounts {
  private static let batch = 500

  /// Fills the table of identifiers from accounts that are not in it yet. An identifier of two accounts
  /// goes to the one that the staff made, and then to the older one.
  func reserveExisting() async throws {
    while true {
      let (count, clashes) = try await store.write { tx in
        let ids = try tx.query(
          "SELECT id FROM accounts WHERE name_form IS NULL ORDER BY is_self_made, id LIMIT ?",
          StoredAccounts.batch)
        let clashes = try ids.flatMap { try tx.reserveExisting(try $0.int64("id")) }
        return (ids.count, clashes)
      }
      for clash in clashes { tell(clash) }
      if count < StoredAccounts.batch { return }
    }
  }

  private func tell(_ clash: IdentifierClash) {
    options.log.warning(
      "an identifier belongs to two accounts and names only the first: change the other one",
      [
        "kind": clash.kind, "text": clash.text, "account": "\(clash.owner)",
        "other": "\(clash.account)",
      ])
  }
}

/// An identifier of `account` that was `owner`'s already.
private struct IdentifierClash: Sendable {
  let kind: String
  let text: String
  let owner: Int64
  let account: Int64
}

extension Transaction {
  fileprivate func reserveExisting(_ id: Int64) throws -> [IdentifierClash] {
    guard let account = try account(id) else { return [] }
    var clashes: [IdentifierClash] = []
    for identifier in account.identifiers {
      try execute(
        """
        INSERT INTO account_identifiers (form, account) VALUES (?, ?)
        ON CONFLICT (form) DO NOTHING
        """, identifier.form.text, id)
      let owner = try first(
        "SELECT account FROM account_identifiers WHERE form = ?", identifier.form.text)
      guard let owner = try owner?.int64("account"), owner != id else { continue }
      clashes.append(
        IdentifierClash(
          kind: identifier.kind, text: identifier.text, owner: owner, account: id))
    }
    try execute(
      "UPDATE accounts SET name_form = ? WHERE id = ?", ComparisonForm(account.name).text, id)
    return clashes
  }
}
