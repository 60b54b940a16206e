internal import PluginKit

/// The delay of failed logins of one kind.
public struct ThrottleRule: Sendable, Hashable {
  /// Failures without a wait; 0 switches the limit off.
  public var freeFailures: Int
  /// The wait after the first failure that is not free; each further one doubles it.
  public var firstDelaySeconds: Int
  public var longestDelaySeconds: Int
  /// The time without an attempt after which all failures are forgiven.
  public var forgetAfterSeconds: Int

  public init(
    freeFailures: Int, firstDelaySeconds: Int, longestDelaySeconds: Int, forgetAfterSeconds: Int
  ) {
    self.freeFailures = freeFailures
    self.firstDelaySeconds = firstDelaySeconds
    self.longestDelaySeconds = longestDelaySeconds
    self.forgetAfterSeconds = forgetAfterSeconds
  }

  /// The limit per account and client; ten times as many for all clients together.
  public static let account = ThrottleRule(
    freeFailures: 5, firstDelaySeconds: 2, longestDelaySeconds: 60, forgetAfterSeconds: 3600)

  /// The limit per client. A lecture hall can share one address, hence the many free failures.
  public static let address = ThrottleRule(
    freeFailures: 30, firstDelaySeconds: 2, longestDelaySeconds: 900, forgetAfterSeconds: 3600)
}

/// Slows the guessing of passwords, per account and client, per client and, more softly, per account.
/// A pure value: time is a parameter.
///
/// Guesses from one client do not lock out others. The limit of the account is for guesses from
/// many clients; a client that has recently logged in to the account passes it.
///
/// An attempt counts as failed from its beginning, so that many at once cannot slip through before
/// the first of them is known to be wrong; a success takes that back. Successes have a limit of
/// their own, because each costs a hash.
struct LoginThrottle: Sendable {
  private struct Pair: Hashable, Sendable {
    let account: String
    let client: ClientKey?
  }

  private static let softness = 10
  /// Attempts of one pair that may be under way.
  private static let mostAtOnce = 2
  private static let trustLasts: Int64 = 30 * 86_400_000

  private var pairs: FailureTable<Pair>
  private var accounts: FailureTable<String>
  private var addresses: FailureTable<ClientKey>
  private var successes: LoginRate
  /// Attempts under way, which cannot know each other's success yet.
  private var attempts: [Pair: Int] = [:]
  /// The time until which a client passes the limit of an account.
  private var trusted: [Pair: Int64] = [:]
  private let capacity: Int

  /// - Parameter loginsPerMinute: logins of one account per minute; 0 is no limit.
  init(
    account: ThrottleRule, address: ThrottleRule, loginsPerMinute: Int = 0, capacity: Int = 20_000
  ) {
    self.capacity = capacity
    successes = LoginRate(perMinute: loginsPerMinute, capacity: capacity)
    pairs = FailureTable(rule: account, capacity: capacity)
    accounts = FailureTable(rule: account.softened(by: LoginThrottle.softness), capacity: capacity)
    addresses = FailureTable(rule: address, capacity: capacity)
  }

  /// Begins an attempt. Returns the milliseconds to wait before the next one may begin, or nil if
  /// this one may go on.
  ///
  /// - Parameter address: nil where addresses are not counted.
  mutating func begin(account: String, address: ClientKey?, at now: Int64) -> Int64? {
    let pair = Pair(account: account, client: address)
    let isTrusted = trusted[pair].map { $0 > now } ?? false
    let waits = [
      pairs.wait(pair, at: now), isTrusted ? nil : accounts.wait(account, at: now),
      address.flatMap { addresses.wait($0, at: now) },
      address.flatMap { _ in successes.wait(account, at: now) },
      address.flatMap { _ in attempts[pair, default: 0] < LoginThrottle.mostAtOnce ? nil : 1000 },
    ]
    if let longest = waits.compactMap({ $0 }).max() { return longest }
    attempts[pair, default: 0] += 1
    pairs.fail(pair, at: now)
    if !isTrusted { accounts.fail(account, at: now) }
    if let address { addresses.fail(address, at: now) }
    return nil
  }

  /// Records a success. The failures of the account are forgiven, but only this one of the address:
  /// otherwise one account of an attacker would pay for guessing all others.
  mutating func succeeded(account: String, address: ClientKey?, at now: Int64) {
    let pair = end(account, address)
    pairs.forget(pair)
    accounts.forget(account)
    if let address {
      addresses.takeBack(address)
      successes.add(account, at: now)
    }
    if trusted.count >= capacity { makeRoom(at: now) }
    trusted[pair] = now + LoginThrottle.trustLasts
  }

  /// Records a wrong password, which the attempt has counted as from its beginning.
  mutating func failed(account: String, address: ClientKey?) { end(account, address) }

  /// Takes back an attempt whose password was never compared.
  mutating func undecided(account: String, address: ClientKey?, at now: Int64) {
    let pair = end(account, address)
    pairs.takeBack(pair)
    if !(trusted[pair].map { $0 > now } ?? false) { accounts.takeBack(account) }
    if let address { addresses.takeBack(address) }
  }

  /// Records a new password: clients that knew the old one are no longer trusted. Not O(1);
  /// passwords change rarely.
  mutating func forget(account: String) {
    accounts.forget(account)
    successes.forget(account)
    pairs.forgetAll { $0.account == account }
    trusted = trusted.filter { $0.key.account != account }
  }

  mutating func apply(account: ThrottleRule, address: ThrottleRule, loginsPerMinute: Int) {
    successes.perMinute = loginsPerMinute
    pairs.rule = account
    accounts.rule = account.softened(by: LoginThrottle.softness)
    addresses.rule = address
  }

  /// The length of the longest table.
  var count: Int {
    max(pairs.count, accounts.count, addresses.count, trusted.count, successes.count)
  }

  /// Ends an attempt.
  @discardableResult
  private mutating func end(_ account: String, _ address: ClientKey?) -> Pair {
    let pair = Pair(account: account, client: address)
    if let count = attempts[pair] { attempts[pair] = count > 1 ? count - 1 : nil }
    return pair
  }

  /// Drops the older half, which only loses a privilege.
  private mutating func makeRoom(at now: Int64) {
    let ends = trusted.values.sorted()
    let median = ends[ends.count / 2]
    trusted = trusted.filter { $0.value > max(median, now) }
  }
}

extension ThrottleRule {
  /// The same limit with more free failures; 0 stays 0.
  fileprivate func softened(by factor: Int) -> ThrottleRule {
    var rule = self
    rule.freeFailures = freeFailures > Int.max / factor ? .max : freeFailures * factor
    return rule
  }
}
