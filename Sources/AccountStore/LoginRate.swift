/// The rate of successful logins of each account. They cost hashes like failed ones, and no wait
/// after failures slows them. A pure value: time is a parameter.
///
/// An account has `perMinute` in the long run and two minutes' worth at once. Its holder alone can
/// use them up, because a wrong guess does not count here.
struct LoginRate: Sendable {
  private static let burst: Int64 = 120_000

  /// 0 is no limit.
  var perMinute: Int
  private let capacity: Int
  /// The moment at which an account has its full allowance again, while that lies ahead.
  private var freeAt: [String: Int64] = [:]

  init(perMinute: Int, capacity: Int) {
    self.perMinute = perMinute
    self.capacity = capacity
  }

  var count: Int { freeAt.count }

  /// Milliseconds until the next login may begin, nil if it may begin now.
  func wait(_ account: String, at now: Int64) -> Int64? {
    guard perMinute > 0, let free = freeAt[account] else { return nil }
    let wait = free + interval - LoginRate.burst - now
    return wait > 0 ? wait : nil
  }

  /// Simultaneous logins may use more than the allowance, up to twice the burst.
  mutating func add(_ account: String, at now: Int64) {
    guard perMinute > 0 else { return }
    if freeAt[account] == nil, freeAt.count >= capacity { makeRoom(at: now) }
    let free = max(freeAt[account] ?? now, now) + interval
    freeAt[account] = min(free, now + 2 * LoginRate.burst)
  }

  mutating func forget(_ account: String) { freeAt[account] = nil }

  private var interval: Int64 { 60_000 / Int64(perMinute) }

  /// Drops the accounts with the least use.
  private mutating func makeRoom(at now: Int64) {
    let ends = freeAt.values.sorted()
    let median = ends[ends.count / 2]
    freeAt = freeAt.filter { $0.value > max(median, now) }
  }
}
