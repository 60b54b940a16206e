internal import PluginKit
internal import Storage

extension StoredAccounts {
  /// Makes the account `admin` if there is no account at all, and returns its password, which is not
  /// stored and has to be printed once.
  public func prepareFirstStart() async throws -> String? {
    guard try await count() == 0 else { return nil }
    let password = Secrets.makePassword()
    let hash = try await hasher.hash(password, for: nil)
    let admin = NewAccount(login: "admin", name: "admin", roles: [.admin, .staff])
    let now = clock.now
    let isFirst = try await store.write { tx in
      // Another server may have started at the same moment.
      guard try tx.query("SELECT id FROM accounts LIMIT 1").isEmpty else { return false }
      _ = try tx.insert(admin, passwordHash: hash, at: now)
      return true
    }
    return isFirst ? password : nil
  }
}
