internal import PluginKit
internal import Storage

/// Which `userSysID` belongs to an account. The profile says it, or the table counts one up.
struct UserStore: Sendable {
  /// The document's ids are unsigned 32-bit numbers.
  private static let highestID: Int64 = 0xFFFF_FFFF

  private struct Key: Hashable {
    let account: Int64
    let profile: String?
  }

  let store: any Store
  let accounts: any Accounts
  /// Ids never change, so that this may be as old as the process.
  private let known = Shared<[Key: Int64]>([:])

  init(store: any Store, accounts: any Accounts) {
    self.store = store
    self.accounts = accounts
  }

  /// Nil for guests.
  func user(of identity: Identity) async throws -> CourseUser? {
    guard let account = identity.account else { return nil }
    let key = Key(account: account, profile: identity.profiles[.courseUser])
    if let id = known.withLock({ $0[key] }) {
      return CourseUser(id: id, kind: identity.courseKind)
    }
    guard let found = try await accounts.account(account) else { return nil }
    let id = try await keep(found, key)
    known.withLock { $0[key] = id }
    return CourseUser(id: id, kind: identity.courseKind)
  }

  /// The id of somebody in a list of students: a `userSysID`, or any name of an account.
  func id(named text: String) async throws -> Int64? {
    if let row = try await store.first("SELECT id FROM sign_users WHERE number = ?", text) {
      return try row.int64("id")
    }
    if let id = Int64(text),
      try await store.first("SELECT id FROM sign_users WHERE id = ?", id) != nil
    {
      return id
    }
    let profile = try await accounts.find(.profile(.courseUser, text))
    var found = profile
    if found == nil { found = try await accounts.find(.any(text)) }
    guard let found else { return nil }
    return try await user(of: found.identity)?.id
  }

  /// The user of the hub that belongs to a `userSysID`, if an account does.
  func hubUser(_ id: Int64) async throws -> String? {
    try await store.first("SELECT account FROM sign_users WHERE id = ?", id)?
      .optionalInt("account").map { "u\($0)" }
  }

  private func keep(_ account: Account, _ key: Key) async throws -> Int64 {
    let wanted = key.profile.flatMap { Int64($0) }.flatMap {
      (1...UserStore.highestID).contains($0) ? $0 : nil
    }
    let number =
      account.profiles[.studentNumber] ?? account.profiles[.staffName] ?? account.login
    return try await store.write { tx in
      if let wanted {
        try tx.execute(
          "UPDATE sign_users SET account = NULL WHERE account = ? AND id <> ?", account.id, wanted)
        let changed = try tx.execute(
          "UPDATE sign_users SET account = ? WHERE id = ?", account.id, wanted)
        if changed > 0 { return wanted }
        try tx.execute(
          "INSERT INTO sign_users (id, account, number, name, email) VALUES (?, ?, ?, ?, ?)",
          wanted, account.id, number, account.name, account.email)
        try tx.continueIDs(of: "sign_users")
        return wanted
      }
      if let row = try tx.first("SELECT id FROM sign_users WHERE account = ?", account.id) {
        return try row.int64("id")
      }
      return Int64(
        try tx.insert(
          "INSERT INTO sign_users (account, number, name, email) VALUES (?, ?, ?, ?) RETURNING id",
          account.id, number, account.name, account.email))
    }
  }
}
