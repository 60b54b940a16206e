public import Crypto
public import PluginKit
internal import Primitives
public import Storage

/// The accounts of a server, in any `Store`.
///
/// Passwords are hashed on threads of their own, tokens and keys are kept as digests only, and what
/// was revoked is told to whoever listens, so that live connections end with it.
public final class StoredAccounts: Accounts {
  public struct Options: Sendable {
    /// What a password hash costs; tests take less.
    public var passwordCost = PasswordHash.Cost.standard
    /// How many passwords are hashed at once.
    public var hashingThreads = 2
    /// How many more may wait for that.
    public var waitingHashes = 64
    /// How many registrations may wait for their hash: they have one thread, apart from logins.
    public var waitingRegistrations = 16
    public var accountRule = ThrottleRule.account
    public var addressRule = ThrottleRule.address
    /// How often one account may log in per minute; 0 is no limit.
    public var loginsPerMinute = 10
    /// False where the demo's weak passwords are tried from the same machine.
    public var countsLoopback = true
    /// For how long the holder of a token is believed to be the same without asking again.
    public var cacheSeconds = 3
    public var cachedTokens = 20_000
    /// The oldest are ended when one account logs in more often to one system.
    public var tokensPerPurpose = 20
    /// Tests take short passwords.
    public var registration = RegistrationRules(passwordLength: 1)
    /// Passwords that everybody can read, by login: no account is switched on with one.
    public var publicPasswords: [String: String] = [:]
    /// Gets a line for each registration.
    public var log = Log.silent

    public init() {}
  }

  let store: any Store
  let clock: any WallClock
  let options: Options
  let hasher: PasswordHasher
  /// For registrations, so that a flood of them keeps nobody from logging in.
  let registrationHasher: PasswordHasher
  let board: RevocationBoard
  let throttle: Locked<LoginThrottle>
  let cache: Locked<TokenCache>
  let registration: Locked<RegistrationRules>

  public init(store: any Store, clock: any WallClock, options: Options = Options()) {
    self.store = store
    self.clock = clock
    self.options = options
    hasher = PasswordHasher(
      lanes: options.hashingThreads, waiting: options.waitingHashes, cost: options.passwordCost)
    registrationHasher = PasswordHasher(
      lanes: 1, waiting: options.waitingRegistrations, cost: options.passwordCost)
    board = RevocationBoard(store: store)
    throttle = Locked(
      LoginThrottle(
        account: options.accountRule, address: options.addressRule,
        loginsPerMinute: options.loginsPerMinute))
    cache = Locked(
      TokenCache(
        capacity: options.cachedTokens, freshForMilliseconds: Int64(options.cacheSeconds) * 1000))
    registration = Locked(options.registration)
    board.add { [cache] revocations in
      cache.withLock { cache in for revocation in revocations { cache.remove(revocation) } }
    }
  }

  /// Calls `handler` with revocations, each once, on the thread that finds them: hand them on, do
  /// not work there.
  public func onRevoked(_ handler: @escaping @Sendable ([Revocation]) -> Void) {
    board.add(handler)
  }

  /// Finds what other programs have revoked; call it twice a second. The first call belongs before
  /// the first connection: see `startWatching`.
  ///
  /// - Parameter tokensInUse: the hashes of the tokens with which a client is connected. They are
  ///   looked up one by one after the database was away for longer than it keeps what was revoked.
  public func pollRevocations(tokensInUse: () async -> Set<[UInt8]>) async throws {
    try await board.poll(at: clock.now, tokensInUse: tokensInUse)
  }

  /// Takes what was revoked up to now as known.
  public func startWatching() async throws { try await board.begin(at: clock.now) }

  /// New limits for logins, from a reloaded configuration.
  public func apply(account: ThrottleRule, address: ThrottleRule, loginsPerMinute: Int) {
    throttle.withLock {
      $0.apply(account: account, address: address, loginsPerMinute: loginsPerMinute)
    }
  }

  /// New rules for registrations and passwords, from a reloaded configuration.
  public func apply(_ rules: RegistrationRules) { registration.withLock { $0 = rules } }

  /// Deletes what expired an hour ago or earlier. For a job that runs now and then.
  public func sweep() async throws {
    try await store.execute(
      "DELETE FROM account_tokens WHERE expires_at <= ?",
      clock.now - StoredAccounts.expiredTokensKept)
  }

  /// How long an expired token stays in the table: until every server has seen that it expired.
  static let expiredTokensKept: Int64 = 3_600_000

  /// Ends the hashing threads. Nothing else may be called afterwards.
  public func stop() {
    hasher.stop()
    registrationHasher.stop()
  }
}
