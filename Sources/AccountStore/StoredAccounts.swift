public import Crypto
public import PluginKit
internal import Primitives
public import Storage

/// The accounts of a server, in any `Store`.
///
/// Passwords are hashed on threads of their own, and tokens and keys are stored as digests only.
/// Revocations are reported to listeners, so that live connections end with them.
public final class StoredAccounts: Accounts {
  public struct Options: Sendable {
    /// The cost of a password hash; tests take less.
    public var passwordCost = PasswordHash.Cost.standard
    /// Passwords hashed at once.
    public var hashingThreads = 2
    /// Passwords that may wait for their hash.
    public var waitingHashes = 64
    /// Registrations that may wait for their hash: they have one thread, apart from logins.
    public var waitingRegistrations = 16
    public var accountRule = ThrottleRule.account
    public var addressRule = ThrottleRule.address
    /// Logins of one account per minute; 0 is no limit.
    public var loginsPerMinute = 10
    /// False where the demo's weak passwords are tried from the same machine.
    public var countsLoopback = true
    /// The time for which the holder of a token is cached.
    public var cacheSeconds = 3
    public var cachedTokens = 20_000
    /// Tokens of an account for one system; further logins end the oldest.
    public var tokensPerPurpose = 20
    /// Tests take short passwords.
    public var registration = RegistrationRules(passwordLength: 1)
    /// Public passwords, by login: no account is enabled with one.
    public var publicPasswords: [String: String] = [:]
    /// Gets a line for each registration.
    public var log = Log.silent

    public init() {}
  }

  let store: any Store
  let clock: any WallClock
  let options: Options
  let hasher: PasswordHasher
  /// For registrations, so that a flood of them does not delay logins.
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

  /// Calls `handler` with revocations, each once, on the thread that finds them. The handler passes
  /// them on and does not work there.
  public func onRevoked(_ handler: @escaping @Sendable ([Revocation]) -> Void) {
    board.add(handler)
  }

  /// Finds the revocations of other programs; call it twice a second. The first call belongs before
  /// the first connection: see `startWatching`.
  ///
  /// - Parameter tokensInUse: the hashes of the tokens with which a client is connected. They are
  ///   looked up one by one after an outage of the database longer than it keeps revocations.
  public func pollRevocations(tokensInUse: () async -> Set<[UInt8]>) async throws {
    try await board.poll(at: clock.now, tokensInUse: tokensInUse)
  }

  /// Marks all revocations up to now as known.
  public func startWatching() async throws { try await board.begin(at: clock.now) }

  /// New limits for logins, from a reloaded configuration.
  public func apply(account: ThrottleRule, address: ThrottleRule, loginsPerMinute: Int) {
    throttle.withLock {
      $0.apply(account: account, address: address, loginsPerMinute: loginsPerMinute)
    }
  }

  /// New rules for registrations and passwords, from a reloaded configuration.
  public func apply(_ rules: RegistrationRules) { registration.withLock { $0 = rules } }

  /// Deletes tokens that expired an hour ago or earlier, for an occasional job.
  public func sweep() async throws {
    try await store.execute(
      "DELETE FROM account_tokens WHERE expires_at <= ?",
      clock.now - StoredAccounts.expiredTokensKept)
  }

  /// The time that an expired token stays in the table, in which every server sees that it expired.
  static let expiredTokensKept: Int64 = 3_600_000

  /// Ends the hashing threads. Nothing else may be called afterwards.
  public func stop() {
    hasher.stop()
    registrationHasher.stop()
  }
}
