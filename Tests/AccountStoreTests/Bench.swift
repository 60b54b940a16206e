import AccountStore
import Crypto
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage

/// A clock that a test turns.
final class HandClock: WallClock {
  private let time = Locked<Int64>(1_700_000_000_000)

  var now: Int64 { time.withLock { $0 } }

  func turn(seconds: Int) { time.withLock { $0 += Int64(seconds) * 1000 } }
}

/// Accounts with a cheap hash, on an empty store.
struct Bench {
  let store: any Store
  let clock: HandClock
  let accounts: StoredAccounts
  let revoked: Locked<[Revocation]>

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
}

extension StoredAccounts {
  /// A poll while no client is connected.
  func pollRevocations() async throws { try await pollRevocations(tokensInUse: { [] }) }
}

/// Options with a cheap hash, and what a test wants otherwise.
func options(_ change: (inout StoredAccounts.Options) -> Void = { _ in }) -> StoredAccounts.Options
{
  var options = StoredAccounts.Options()
  options.passwordCost = PasswordHash.Cost(log2N: 4, r: 1, p: 1)
  change(&options)
  return options
}

/// Runs `body` with accounts on an empty store of an engine.
func withBench(
  _ engine: Engine, _ options: StoredAccounts.Options = options(),
  _ body: (Bench) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    let clock = HandClock()
    let revoked = Locked<[Revocation]>([])
    let accounts = StoredAccounts(store: store, clock: clock, options: options)
    defer { accounts.stop() }
    try await accounts.migrate()
    try await accounts.startWatching()
    accounts.onRevoked { revocations in revoked.withLock { $0 += revocations } }
    try await body(Bench(store: store, clock: clock, accounts: accounts, revoked: revoked))
  }
}
