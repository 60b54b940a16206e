internal import PluginKit
internal import Primitives
internal import Storage

/// The users of this system. Every student is one; the row is made by the first call.
final class UserStore: Sendable {
  private static let mostKnown = 50_000

  private struct Key: Hashable {
    let account: Int64
    let name: String?
  }

  private let store: any Store
  private let accounts: any Accounts
  private let clock: any WallClock
  /// Ids never change, so an entry is good as long as the process lives.
  private let known = Locked<[Key: Int64]>([:])
  let seen: LastSeen

  init(store: any Store, accounts: any Accounts, clock: any WallClock) {
    self.store = store
    self.accounts = accounts
    self.clock = clock
    seen = LastSeen(store: store)
  }

  /// The user of an account; nil if the account is no student.
  func id(of identity: Identity) async throws -> Int64? {
    let name = identity.profiles[.studyName]
    guard let account = identity.account, name != nil || identity.roles.contains(.student) else {
      return nil
    }
    let key = Key(account: account, name: name)
    if let id = known.withLock({ $0[key] }) { return id }
    guard let login = try await accounts.account(account)?.login else { return nil }
    let now = clock.now / 1000
    let gone = try await goneHolder(of: name, beside: account)
    let id = try await store.write { tx in
      try tx.user(account, named: name ?? login, hasName: name != nil, after: gone, at: now)
    }
    known.withLock { known in
      if known.count >= UserStore.mostKnown { known = [:] }
      known[key] = id
    }
    return id
  }

  /// The account, deleted since, that holds the row of a name the staff has given to another one.
  private func goneHolder(of name: String?, beside account: Int64) async throws -> Int64? {
    guard let name else { return nil }
    let row = try await store.first("SELECT account FROM study_users WHERE username = ?", name)
    guard let holder = try row?.optionalInt("account").map({ Int64($0) }), holder != account,
      try await accounts.account(holder) == nil
    else { return nil }
    return holder
  }

  func find(_ id: Int64) async throws -> StudyUser? {
    let row = try await store.first(
      "SELECT \(StudyUser.columns) FROM study_users WHERE id = ?", id)
    guard var user = try row.map({ try StudyUser($0) }) else { return nil }
    user.lastSeen = seen.latest(of: id, stored: user.lastSeen)
    return user
  }
}

extension Transaction {
  /// The row of an account: the one it has, the one of that name that is the example data's or was
  /// `gone`'s, or a new one.
  fileprivate func user(
    _ account: Int64, named name: String, hasName: Bool, after gone: Int64?, at now: Int64
  ) throws -> Int64 {
    let own = try first("SELECT id, username FROM study_users WHERE account = ?", account)
    if let own {
      if hasName, try own.text("username") != name { try rename(account, to: name) }
      return try own.int64("id")
    }
    let bound = try execute(
      "UPDATE study_users SET account = ? WHERE username = ? AND (account IS NULL OR account = ?)",
      account, name, gone)
    if bound == 0 { try insert(account, name, at: now) }
    let row = try first("SELECT id FROM study_users WHERE account = ?", account)
    guard let row else { throw StoreError(.mismatch, "the row of a new user is missing") }
    return try row.int64("id")
  }

  /// A name of another user stays with that user.
  private func rename(_ account: Int64, to name: String) throws {
    let holder = try first("SELECT id FROM study_users WHERE username = ?", name)
    guard holder == nil else { return }
    try execute("UPDATE study_users SET username = ? WHERE account = ?", name, account)
  }

  private func insert(_ account: Int64, _ name: String, at now: Int64) throws {
    let sql = """
      INSERT INTO study_users (account, username, member_since, last_seen) VALUES (?, ?, ?, ?)
      ON CONFLICT (username) DO NOTHING
      """
    for name in [name, "\(name)-\(account)"] {
      guard try execute(sql, account, name, now, now) == 0 else { return }
    }
  }
}
