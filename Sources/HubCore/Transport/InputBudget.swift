internal import PluginKit
internal import Primitives
internal import Synchronization

/// One allowance of memory for all input of the process that is not whole or not answered yet:
/// heads and bodies of requests, and messages.
///
/// Long input may take three quarters of it, and a client's share is three eighths, of which long
/// input may take two. So large bodies that never end keep no short request from being read.
final class InputBudget: Sendable {
  /// A connection that holds more than this has long input. The default head of a request fits.
  static let shortInput = 32 << 10

  private let held = Atomic<Int>(0)
  private let byClient = Locked<[ClientKey: Int]>([:])

  /// A change of what one connection holds, in bytes.
  struct Change {
    let client: ClientKey
    let before: Int
    let after: Int

    var size: Int { after - before }
  }

  /// Charges a change. False, and nothing is charged, if the client or all connections together
  /// would hold more than `limit` allows; 0 is no limit.
  func charge(_ change: Change, limit: Int) -> Bool {
    guard change.size > 0, limit > 0 else {
      add(change)
      return true
    }
    let isLong = change.after > InputBudget.shortInput
    let room = isLong ? limit - limit / 4 : limit
    let share = isLong ? limit / 4 : limit / 4 + limit / 8
    guard held.add(change.size, ordering: .relaxed).newValue <= room else {
      held.subtract(change.size, ordering: .relaxed)
      return false
    }
    let isWithinShare = byClient.withLock { clients in
      let total = clients[change.client, default: 0] + change.size
      guard total <= share else { return false }
      clients[change.client] = total
      return true
    }
    if !isWithinShare { held.subtract(change.size, ordering: .relaxed) }
    return isWithinShare
  }

  /// Charges a change whatever the limit is.
  func add(_ change: Change) {
    held.add(change.size, ordering: .relaxed)
    byClient.withLock { clients in
      let total = clients[change.client, default: 0] + change.size
      clients[change.client] = total > 0 ? total : nil
    }
  }

  var total: Int { held.load(ordering: .relaxed) }
  /// How many clients are charged with something.
  var clientCount: Int { byClient.withLock { $0.count } }
}
