/// Failures by key, at most `capacity` of them.
struct FailureTable<Key: Hashable & Sendable>: Sendable {
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
    // The key was not blocked when the attempt began.
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

  /// Drops the forgiven entries. If there is none, drops those with the fewest failures, so that a
  /// flood of invented names cannot push out a name under attack.
  private mutating func makeRoom(at now: Int64) {
    failures = failures.filter { now - $0.value.last <= forgetAfter }
    guard failures.count >= capacity else { return }
    let counts = failures.values.map(\.count).sorted()
    let median = counts[counts.count / 2]
    failures = failures.filter { $0.value.count > median }
  }
}
