internal import Primitives

/// The users of the hub's own protocol, on all workers together: how many connections each has, and
/// how fast they all publish.
final class UserConnections: Sendable {
  private struct Entry {
    var connections: Int
    let paces: UserPaces
  }

  private let entries = Locked<[String: Entry]>([:])

  /// Counts one more connection of a user; nil, and nothing is counted, if that is one too many.
  ///
  /// - Parameter most: 0 is no limit.
  func enter(_ user: String, atMost most: Int) -> UserPaces? {
    entries.withLock { entries in
      guard let entry = entries[user] else {
        let paces = UserPaces()
        entries[user] = Entry(connections: 1, paces: paces)
        return paces
      }
      if most > 0, entry.connections >= most { return nil }
      entries[user]?.connections += 1
      return entry.paces
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
          || !entry.paces.areFull(at: now, perSecond: perSecond, burst: burst)
      }
    }
  }

  var count: Int { entries.withLock { $0.count } }

  /// Of all users together.
  var connections: Int { entries.withLock { $0.values.reduce(0) { $0 + $1.connections } } }
}

/// How fast a user does what others are told of.
struct UserPaces: Sendable {
  let publishes = SharedTokenBucket()
  /// Comings into topics where each is an event for those who are there.
  let joins = SharedTokenBucket()

  /// Whether a newcomer of this name could do no more than this user.
  func areFull(at now: UInt64, perSecond: Int, burst: Int) -> Bool {
    publishes.isFull(at: now, perSecond: perSecond, burst: burst)
      && joins.isFull(at: now, perSecond: perSecond, burst: burst)
  }
}
