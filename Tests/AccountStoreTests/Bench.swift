import AccountStore
import Crypto
import Loop
import PluginKit
import SQLiteStore
import Storage

/// A clock that a test turns.
final class HandClock: WallClock {
  private let time = Locked<Int64>(1_700_000_000_000)

  var now: Int64 { time.withLock { $0 } }

  func turn(seconds: Int) { time.withLock { $0 += Int64(seconds) * 1000 } }
}

/// Accounts on a database in memory, with a cheap hash.
struct Bench {
  let store: SQLiteStore
  let clock = HandClock()
  let accounts: StoredAccounts
  let revoked = Locked<[Revocation]>([])

  init(_ change: (inout StoredAccounts.Options) -> Void = { _ in }) async throws {
    store = try await SQLiteStore.open(.memory)
    var options = StoredAccounts.Options()
    options.passwordCost = PasswordHash.Cost(log2N: 4, r: 1, p: 1)
    change(&options)
    accounts = StoredAccounts(store: store, clock: clock, options: options)
    try await accounts.migrate()
    try await accounts.startWatching()
    accounts.onRevoked { [revoked] revocation in revoked.withLock { $0.append(revocation) } }
  }

  /// What was revoked since the last look.
  func takeRevoked() -> [Revocation] {
    revoked.withLock { list in
      defer { list = [] }
      return list
    }
  }

  @discardableResult
  func make(
    _ login: String, password: String? = "secret", _ roles: Roles = .student,
    profiles: [ProfileKind: String] = [:], email: String? = nil
  ) async throws -> Account {
    var account = NewAccount(login: login, name: login, password: password, roles: roles)
    account.profiles = profiles
    account.email = email
    return try await accounts.create(account)
  }

  func end() async {
    accounts.stop()
    await store.close()
  }
}
