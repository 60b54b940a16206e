internal import PluginKit
internal import Storage

/// The document's ids are unsigned 32-bit numbers.
private let highestID: Int64 = 0xFFFF_FFFF

/// The row of an account's user.
struct UserRow: Sendable {
  let id: Int64
  /// Did the account have another id before?
  var isMoved = false
  /// The other account that has the id which this account's profile names.
  var holder: Int64?
}

// An account has one row, and a row one account at most.
extension Transaction {
  func userRow(of account: Account) throws -> UserRow {
    let own = try first("SELECT id FROM sign_users WHERE account = ?", account.id)?.int64("id")
    let wanted = account.profiles[.courseUser].flatMap { Int64($0) }
    guard let wanted, wanted != own, (1...highestID).contains(wanted) else {
      return UserRow(id: try own ?? insertUser(account))
    }
    if let holder = try bind(wanted, to: account, from: own) {
      return UserRow(id: try own ?? insertUser(account), holder: holder)
    }
    return UserRow(id: wanted, isMoved: own != nil)
  }

  /// Frees the row of an account that was deleted. Its number is never given to another account.
  func releaseUser(of account: Int64) throws {
    try execute("UPDATE sign_users SET account = NULL WHERE account = ?", account)
  }

  /// The account that has the row, if that is another one.
  private func bind(_ wanted: Int64, to account: Account, from own: Int64?) throws -> Int64? {
    let row = try first("SELECT account FROM sign_users WHERE id = ?", wanted)
    if let holder = try row?.optionalInt("account") { return Int64(holder) }
    if let own { try execute("UPDATE sign_users SET account = NULL WHERE id = ?", own) }
    if row == nil {
      try execute(
        "INSERT INTO sign_users (id, number, name, email) VALUES (?, ?, ?, ?)", wanted,
        account.courseNumber, account.name, account.email)
      try continueIDs(of: "sign_users")
    }
    try execute(
      "UPDATE sign_users SET account = ?, accountname = ? WHERE id = ?", account.id, account.name,
      wanted)
    if let own { try move(own, to: wanted) }
    return nil
  }

  /// Two calls of somebody new at the same moment make one row.
  private func insertUser(_ account: Account) throws -> Int64 {
    try execute(
      """
      INSERT INTO sign_users (account, number, name, accountname, email) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (account) DO NOTHING
      """, account.id, account.courseNumber, account.name, account.name, account.email)
    let row = try first("SELECT id FROM sign_users WHERE account = ?", account.id)
    guard let row else { throw StoreError(.mismatch, "the row of a new user is missing") }
    return try row.int64("id")
  }

  /// The history of an account stays with it when its id changes. Selections, logs and tasks of
  /// the new id win over equal ones of the old.
  private func move(_ old: Int64, to new: Int64) throws {
    let selections = "SELECT tableid FROM sign_selections WHERE studentid = ?"
    try execute(
      "UPDATE sign_selections SET studentid = ? WHERE studentid = ? AND tableid NOT IN (\(selections))",
      new, old, new)
    try execute("DELETE FROM sign_selections WHERE studentid = ?", old)
    let logs = "SELECT signid FROM sign_logs WHERE userid = ?"
    try execute(
      "UPDATE sign_logs SET userid = ? WHERE userid = ? AND signid NOT IN (\(logs))", new, old, new)
    let names = "SELECT name FROM sign_tasks WHERE userid = ? AND kind = 0 AND flag = 0"
    try execute(
      "UPDATE sign_tasks SET userid = ? WHERE userid = ? AND name NOT IN (\(names))", new, old, new)
    try execute("UPDATE sign_tables SET teacherid = ? WHERE teacherid = ?", new, old)
    try execute(
      """
      UPDATE sign_users SET classid = (SELECT classid FROM sign_users WHERE id = ?)
      WHERE id = ? AND classid IS NULL
      """, old, new)
  }
}
