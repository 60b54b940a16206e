internal import PluginKit
internal import Primitives
internal import Storage

/// Which `userSysID` belongs to an account. The profile says it, or the table counts one up.
struct UserStore: Sendable {
  private static let mostKnown = 50_000

  private struct Key: Hashable {
    let account: Int64
    let profile: String?
  }

  /// A person in a list, before a unit of work gives them an id.
  enum Person: Sendable {
    case user(Int64)
    case account(Account)
  }

  private let store: any Store
  private let accounts: any Accounts
  private let log: Log
  private let known = Locked<[Key: Int64]>([:])

  init(_ services: PluginServices) {
    store = services.store
    accounts = services.accounts
    log = services.log
  }

  /// Nil for guests.
  func user(of identity: Identity) async throws -> CourseUser? {
    guard let account = identity.account else { return nil }
    let key = Key(account: account, profile: identity.profiles[.courseUser])
    if let id = known.withLock({ $0[key] }) {
      return CourseUser(id: id, kind: identity.courseKind)
    }
    guard let found = try await accounts.account(account) else { return nil }
    let row = try await row(of: found)
    if row.holder != nil {
      log.warning(
        "a course_user belongs to another account; give this account another one",
        ["login": found.login, "course_user": found.profiles[.courseUser] ?? ""])
    }
    known.withLock { known in
      if row.isMoved { known = known.filter { $0.key.account != account } }
      if known.count >= UserStore.mostKnown { known = [:] }
      known[key] = row.id
    }
    return CourseUser(id: row.id, kind: identity.courseKind)
  }

  /// An id that an account was given stays with it, unless that account is gone.
  private func row(of account: Account) async throws -> UserRow {
    let row = try await store.write { tx in try tx.userRow(of: account) }
    guard let holder = row.holder, try await accounts.account(holder) == nil else { return row }
    return try await store.write { tx in
      try tx.releaseUser(of: holder)
      return try tx.userRow(of: account)
    }
  }

  /// The accounts that users have, by the accounts' ids.
  func accounts(of users: [ListedUser]) async throws -> [Int64: Account] {
    try await accounts.accounts(Set(users.compactMap(\.account)))
  }

  /// A person in a list: any name of an account, the number of a user without one, or `id:` and a
  /// `userSysID`. A plain number is never an id: students' numbers are numbers, too.
  func person(named text: String) async throws -> Person? {
    if text.hasPrefix("id:") {
      guard let id = Int64(text.dropFirst(3)) else { return nil }
      return try await store.first("SELECT id FROM sign_users WHERE id = ?", id)
        .map { .user(try $0.int64("id")) }
    }
    if let account = try await accounts.find(.any(text)) { return .account(account) }
    return try await store.first(
      "SELECT id FROM sign_users WHERE number = ? AND account IS NULL", text
    ).map { .user(try $0.int64("id")) }
  }

  static func id(of person: Person, _ tx: Transaction) throws -> Int64 {
    switch person {
    case .user(let id): id
    case .account(let account): try tx.userRow(of: account).id
    }
  }
}
