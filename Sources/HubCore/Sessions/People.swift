internal import Loop
internal import Synchronization

/// The users of the hub's own protocol, on all workers together: how many connections each has, and
/// how fast they all publish.
final class People: Sendable {
  private struct Entry {
    var connections: Int
    let pace: SharedPace
  }

  private let entries = Locked<[String: Entry]>([:])

  /// Counts one more connection of a user; nil, and nothing is counted, if that is one too many.
  ///
  /// - Parameter most: 0 is no limit.
  func enter(_ user: String, atMost most: Int) -> SharedPace? {
    entries.withLock { entries in
      guard let entry = entries[user] else {
        let pace = SharedPace()
        entries[user] = Entry(connections: 1, pace: pace)
        return pace
      }
      if most > 0, entry.connections >= most { return nil }
      entries[user]?.connections += 1
      return entry.pace
    }
  }

  func leave(_ user: String) {
    entries.withLock { $0[user]?.connections -= 1 }
  }

  /// Forgets those who are gone. Not at once: with a new connection somebody would have a whole
  /// burst before them again.
  func sweep(at now: UInt64, perSecond: Int, burst: Int) {
    entries.withLock { entries in
      entries = entries.filter { _, entry in
        entry.connections > 0
          || !entry.pace.isFull(at: now, perSecond: perSecond, burst: burst)
      }
    }
  }

  var count: Int { entries.withLock { $0.count } }

  /// Of all users together.
  var connections: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.connections } } }
}

/// How fast a user publishes, wherever their connections are. Without a lock: it is asked for each
/// message.
final class SharedPace: Sendable {
  private let emptyAt = Atomic<UInt64>(0)

  /// Takes one; if there is none, the milliseconds until there is.
  func take(at now: UInt64, perSecond: Int, burst: Int) -> Int? {
    var seen = emptyAt.load(ordering: .relaxed)
    while true {
      var limiter = RateLimiter(perSecond: perSecond, burst: burst, emptyAt: seen)
      if let wait = limiter.take(at: now) { return wait }
      let outcome = emptyAt.compareExchange(
        expected: seen, desired: limiter.emptyAt, ordering: .relaxed)
      if outcome.exchanged { return nil }
      seen = outcome.original
    }
  }

  func isFull(at now: UInt64, perSecond: Int, burst: Int) -> Bool {
    RateLimiter(
      perSecond: perSecond, burst: burst, emptyAt: emptyAt.load(ordering: .relaxed)
    ).isFull(at: now)
  }
}
