internal import PluginKit
internal import Primitives
internal import Storage

/// The users of this system: accounts of teachers, of the staff, and those with a staff name.
///
/// The row of an account is made by its first call. Rows of the example data wait for the account
/// whose staff name or login they carry.
final class UserStore: Sendable {
  private static let mostKnown = 50_000

  private struct Key: Hashable {
    let account: Int64
    let name: String?
  }

  let store: any Store
  let accounts: any Accounts
  private let clock: any WallClock
  /// Ids never change, so an entry is good as long as the process lives.
  private let known = Locked<[Key: Int64]>([:])

  init(_ services: PluginServices) {
    store = services.store
    accounts = services.accounts
    clock = services.clock
  }

  /// The user of an account; nil if the account is no campus user.
  func id(of identity: Identity) async throws -> Int64? {
    guard let account = identity.account, identity.isCampusUser else { return nil }
    let key = Key(account: account, name: identity.profiles[.staffName])
    if let id = known.withLock({ $0[key] }) { return id }
    guard let found = try await accounts.account(account) else { return nil }
    let now = Moment(milliseconds: clock.now)
    let gone = try await goneHolder(of: key.name, beside: account)
    let id = try await store.write { tx in try tx.campusUser(of: found, after: gone, at: now) }
    known.withLock { known in
      if known.count >= UserStore.mostKnown { known = [:] }
      known[key] = id
    }
    return id
  }

  /// The account, deleted since, that holds the row of a staff name which another one has now.
  private func goneHolder(of name: String?, beside account: Int64) async throws -> Int64? {
    guard let name else { return nil }
    let row = try await store.first("SELECT account FROM campus_users WHERE username = ?", name)
    guard let holder = try row?.optionalInt("account").map({ Int64($0) }), holder != account,
      try await accounts.account(holder) == nil
    else { return nil }
    return holder
  }
}

extension Identity {
  /// Provisional accounts have neither a role of the staff nor a staff name.
  var isCampusUser: Bool {
    !isProvisional
      && (profiles[.staffName] != nil || hasAny(of: [.teacher, .staff, .admin]))
  }
}

extension Account {
  /// The staff number, under which the documented system knows a user.
  var campusName: String { profiles[.staffName] ?? login }
}

extension Transaction {
  /// The row of an account: its own, the one that waits under its name or was `gone`'s, or a new
  /// one.
  func campusUser(of account: Account, after gone: Int64? = nil, at now: Moment) throws -> Int64 {
    let own = try first("SELECT id, username FROM campus_users WHERE account = ?", account.id)
    if let own {
      if try own.text("username") != account.campusName { try rename(account) }
      return try own.int64("id")
    }
    let bound = try execute(
      """
      UPDATE campus_users SET account = ?
      WHERE username = ? AND (account IS NULL OR account = ?)
      """, account.id, account.campusName, gone)
    if bound == 0 { try insertCampusUser(account, at: now) }
    let row = try first("SELECT id FROM campus_users WHERE account = ?", account.id)
    guard let row else { throw StoreError(.mismatch, "the row of a new user is missing") }
    return try row.int64("id")
  }

  /// A name of another user stays with that user.
  private func rename(_ account: Account) throws {
    let holder = try first("SELECT id FROM campus_users WHERE username = ?", account.campusName)
    guard holder == nil else { return }
    try execute(
      "UPDATE campus_users SET username = ? WHERE account = ?", account.campusName, account.id)
  }

  /// Two calls of a new user at the same moment make one row.
  private func insertCampusUser(_ account: Account, at now: Moment) throws {
    let name = PersonName(splitting: account.name)
    for username in [account.campusName, "\(account.campusName)-\(account.id)"] {
      let inserted = try execute(
        """
        INSERT INTO campus_users (account, username, first_name, last_name, date_joined)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """, account.id, username, name.first, name.last, now.microseconds)
      let isThere = try first("SELECT 1 AS one FROM campus_users WHERE account = ?", account.id)
      if inserted == 1 || isThere != nil { return }
    }
  }
}
