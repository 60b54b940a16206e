/// Successful logins of each account, which cost hashes like failed ones and which no wait after
/// failures slows. A pure value: time is handed in.
///
/// An account has `perMinute` in the long run and two minutes' worth at once. Its holder alone can
/// use them up, because a guess that is wrong does not count here.
struct LoginRate: Sendable {
  private static let burst: Int64 = 120_000

  /// 0 is no limit.
  var perMinute: Int
  private let capacity: Int
  /// The moment at which an account has used nothing, while that lies ahead.
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

  /// Logins that were under way together may use more than there is, to twice the burst.
  mutating func add(_ account: String, at now: Int64) {
    guard perMinute > 0 else { return }
    if freeAt[account] == nil, freeAt.count >= capacity { makeRoom(at: now) }
    let free = max(freeAt[account] ?? now, now) + interval
    freeAt[account] = min(free, now + 2 * LoginRate.burst)
  }

  mutating func forget(_ account: String) { freeAt[account] = nil }

  private var interval: Int64 { 60_000 / Int64(perMinute) }

  /// Drops the accounts that used least.
  private mutating func makeRoom(at now: Int64) {
    let ends = freeAt.values.sorted()
    let median = ends[ends.count / 2]
    freeAt = freeAt.filter { $0.value > max(median, now) }
  }
}
