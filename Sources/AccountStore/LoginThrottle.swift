internal import PluginKit

/// How failed logins of one kind are slowed down.
public struct ThrottleRule: Sendable, Hashable {
  /// Failures that cost nothing; 0 switches the limit off.
  public var freeFailures: Int
  /// The wait after the first failure that is not free; each further one doubles it.
  public var firstDelaySeconds: Int
  public var longestDelaySeconds: Int
  /// After so long without an attempt everything is forgiven.
  public var forgetAfterSeconds: Int

  public init(
    freeFailures: Int, firstDelaySeconds: Int, longestDelaySeconds: Int, forgetAfterSeconds: Int
  ) {
    self.freeFailures = freeFailures
    self.firstDelaySeconds = firstDelaySeconds
    self.longestDelaySeconds = longestDelaySeconds
    self.forgetAfterSeconds = forgetAfterSeconds
  }

  /// Counted per account and client; ten times as many from all clients together.
  public static let account = ThrottleRule(
    freeFailures: 5, firstDelaySeconds: 2, longestDelaySeconds: 60, forgetAfterSeconds: 3600)

  /// A whole lecture hall can sit behind one address, hence the many free ones.
  public static let address = ThrottleRule(
    freeFailures: 30, firstDelaySeconds: 2, longestDelaySeconds: 900, forgetAfterSeconds: 3600)
}

/// Slows the guessing of passwords, per account and client, per client and, more softly, per account.
/// A pure value: time is handed in.
///
/// Whoever guesses from one client keeps nobody else out. The bound of the account is for guesses
/// from many clients; one that has logged in to the account of late passes it.
///
/// An attempt counts as failed from its beginning, so that many at once cannot slip through before
/// the first of them is known to be wrong; a success takes that back.
struct LoginThrottle: Sendable {
  private struct Pair: Hashable, Sendable {
    let account: String
    let client: ClientKey?
  }

  private static let softness = 10
  private static let trustLasts: Int64 = 30 * 86_400_000

  private var pairs: FailureTable<Pair>
  private var accounts: FailureTable<String>
  private var addresses: FailureTable<ClientKey>
  /// Until when a client passes the bound of an account.
  private var trusted: [Pair: Int64] = [:]
  private let capacity: Int

  init(account: ThrottleRule, address: ThrottleRule, capacity: Int = 20_000) {
    self.capacity = capacity
    pairs = FailureTable(rule: account, capacity: capacity)
    accounts = FailureTable(rule: account.softened(by: LoginThrottle.softness), capacity: capacity)
    addresses = FailureTable(rule: address, capacity: capacity)
  }

  /// Begins an attempt. Returns how many milliseconds to wait before the next one may begin, or nil
  /// if this one may go on.
  ///
  /// - Parameter address: nil where addresses are not counted.
  mutating func begin(account: String, address: ClientKey?, at now: Int64) -> Int64? {
    let pair = Pair(account: account, client: address)
    let isTrusted = trusted[pair].map { $0 > now } ?? false
    let waits = [
      pairs.wait(pair, at: now), isTrusted ? nil : accounts.wait(account, at: now),
      address.flatMap { addresses.wait($0, at: now) },
    ]
    if let longest = waits.compactMap({ $0 }).max() { return longest }
    pairs.fail(pair, at: now)
    if !isTrusted { accounts.fail(account, at: now) }
    if let address { addresses.fail(address, at: now) }
    return nil
  }

  /// The attempt was good: the account starts anew, the address gets this one failure back. It does
  /// not start anew, or one good account would pay for guessing all the others.
  mutating func succeeded(account: String, address: ClientKey?, at now: Int64) {
    let pair = Pair(account: account, client: address)
    pairs.forget(pair)
    accounts.forget(account)
    if let address { addresses.takeBack(address) }
    if trusted.count >= capacity { makeRoom(at: now) }
    trusted[pair] = now + LoginThrottle.trustLasts
  }

  /// The password was not looked at, so nothing was guessed.
  mutating func undecided(account: String, address: ClientKey?, at now: Int64) {
    let pair = Pair(account: account, client: address)
    pairs.takeBack(pair)
    if !(trusted[pair].map { $0 > now } ?? false) { accounts.takeBack(account) }
    if let address { addresses.takeBack(address) }
  }

  /// A new password: whoever knew the old one is trusted no more. Not O(1); passwords change rarely.
  mutating func forget(account: String) {
    accounts.forget(account)
    pairs.forgetAll { $0.account == account }
    trusted = trusted.filter { $0.key.account != account }
  }

  mutating func apply(account: ThrottleRule, address: ThrottleRule) {
    pairs.rule = account
    accounts.rule = account.softened(by: LoginThrottle.softness)
    addresses.rule = address
  }

  /// The longest list of names and addresses that is remembered now.
  var count: Int { max(pairs.count, accounts.count, addresses.count, trusted.count) }

  /// Drops the older half, which only loses a privilege.
  private mutating func makeRoom(at now: Int64) {
    let ends = trusted.values.sorted()
    let median = ends[ends.count / 2]
    trusted = trusted.filter { $0.value > max(median, now) }
  }
}

extension ThrottleRule {
  /// The same with more free failures; none stays none.
  fileprivate func softened(by factor: Int) -> ThrottleRule {
    var rule = self
    rule.freeFailures = freeFailures > Int.max / factor ? .max : freeFailures * factor
    return rule
  }
}

/// Failures by key, of which at most `capacity` are kept.
private struct FailureTable<Key: Hashable & Sendable>: Sendable {
  private struct Failures {
    var count = 0
    var last: Int64 = 0
    var blockedUntil: Int64 = 0
  }

  var rule: ThrottleRule
  private let capacity: Int
  private var failures: [Key: Failures] = [:]

  init(rule: ThrottleRule, capacity: Int) {
    self.rule = rule
    self.capacity = capacity
  }

  var count: Int { failures.count }

  func wait(_ key: Key, at now: Int64) -> Int64? {
    guard rule.freeFailures > 0, let known = failures[key], known.blockedUntil > now else {
      return nil
    }
    return known.blockedUntil - now
  }

  mutating func fail(_ key: Key, at now: Int64) {
    guard rule.freeFailures > 0 else { return }
    var entry = failures[key] ?? Failures()
    if now - entry.last > forgetAfter { entry = Failures() }
    entry.count += 1
    entry.last = now
    entry.blockedUntil = now + delay(after: entry.count)
    if failures[key] == nil, failures.count >= capacity { makeRoom(at: now) }
    failures[key] = entry
  }

  mutating func forget(_ key: Key) { failures[key] = nil }

  mutating func forgetAll(_ isMeant: (Key) -> Bool) {
    failures = failures.filter { !isMeant($0.key) }
  }

  mutating func takeBack(_ key: Key) {
    guard var entry = failures[key] else { return }
    entry.count -= 1
    // It was not blocked when the attempt began.
    entry.blockedUntil = 0
    failures[key] = entry.count > 0 ? entry : nil
  }

  private var forgetAfter: Int64 { Int64(rule.forgetAfterSeconds) * 1000 }

  private func delay(after count: Int) -> Int64 {
    let paid = count - rule.freeFailures
    guard paid >= 0 else { return 0 }
    let doubled = rule.firstDelaySeconds << min(paid, 20)
    return Int64(min(doubled, rule.longestDelaySeconds)) * 1000
  }

  /// Drops what would be forgiven anyway; if that is nothing, those with the fewest failures, so
  /// that a flood of made-up names cannot wash out the one that is under attack.
  private mutating func makeRoom(at now: Int64) {
    failures = failures.filter { now - $0.value.last <= forgetAfter }
    guard failures.count >= capacity else { return }
    let counts = failures.values.map(\.count).sorted()
    let median = counts[counts.count / 2]
    failures = failures.filter { $0.value.count > median }
  }
}
