internal import PluginKit
internal import Storage
internal import UnicodeText

// One table holds the identifiers of all accounts in their comparison form, so that a text names at
// most one account, whatever kind of identifier it is.
extension Transaction {
  /// The account that `text` names.
  func accountID(identifiedBy text: String) throws -> Int64? {
    guard text.utf8.count <= AccountRules.longest else { return nil }
    return try owner(of: ComparisonForm(text))?.account
  }

  /// Throws if one of `identifiers` belongs to another account.
  ///
  /// Staff may take an identifier from a provisional account: otherwise a stranger could reserve the
  /// numbers of next year's students.
  func requireFree(
    _ identifiers: [Identifier], for account: Int64? = nil, isSelfMade: Bool
  ) throws {
    for identifier in identifiers {
      guard let owner = try owner(of: identifier.form), owner.account != account else { continue }
      if owner.isProvisional && !isSelfMade { continue }
      throw AccountError(
        identifier.takenCode,
        "\(identifier.kind) \(identifier.text) is taken by account \(owner.account)"
      )
    }
  }

  /// Gives `account` the identifiers in `wanted`, and releases those that were only in `held`.
  func reserve(
    _ wanted: [Identifier], insteadOf held: [Identifier] = [], for account: Int64, isSelfMade: Bool
  ) throws {
    let (before, after) = (Set(held.map(\.form)), Set(wanted.map(\.form)))
    for form in before.subtracting(after) {
      try execute(
        "DELETE FROM account_identifiers WHERE form = ? AND account = ?", form.text, account)
    }
    let new = wanted.filter { !before.contains($0.form) }
    try requireFree(new, for: account, isSelfMade: isSelfMade)
    for identifier in new { try take(identifier, for: account, isSelfMade: isSelfMade) }
  }

  /// Another unit of work may have been faster since `requireFree`. Only an identifier of a
  /// provisional account is replaced, and only for one that the staff made.
  private func take(_ identifier: Identifier, for account: Int64, isSelfMade: Bool) throws {
    let changed = try execute(
      """
      INSERT INTO account_identifiers (form, account) VALUES (?1, ?2)
      ON CONFLICT (form) DO UPDATE SET account = excluded.account
      WHERE account_identifiers.account = ?2 OR account_identifiers.account IN (
        SELECT id FROM accounts WHERE is_self_made > ?3)
      """, identifier.form.text, account, isSelfMade)
    guard changed == 1 else {
      throw AccountError(
        identifier.takenCode, "\(identifier.kind) \(identifier.text) was taken a moment ago")
    }
  }

  /// Throws if a self-made account would go by the name or an identifier of another one.
  func requireOwnName(_ account: NewAccount) throws {
    for text in Set([account.login, account.name]) {
      let form = ComparisonForm(text)
      let isTaken =
        try owner(of: form) != nil
        || first("SELECT id FROM accounts WHERE name_form = ? LIMIT 1", form.text) != nil
      if isTaken { throw AccountError(.nameTaken, "the name \(text) is another account's") }
    }
  }

  private struct Owner {
    let account: Int64
    let isProvisional: Bool
  }

  private func owner(of form: ComparisonForm) throws -> Owner? {
    let row = try first(
      """
      SELECT a.id, a.is_self_made FROM account_identifiers i JOIN accounts a ON a.id = i.account
      WHERE i.form = ?
      """, form.text)
    return try row.map {
      Owner(account: try $0.int64("id"), isProvisional: try $0.bool("is_self_made"))
    }
  }
}
