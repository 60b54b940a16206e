internal import Synchronization

/// One allowance of memory for all input of the process that is not whole or not answered yet:
/// heads and bodies of requests, and messages. Limits per connection or address bound no sum.
///
/// The last quarter is for short input alone, so that large bodies that never end, however many,
/// keep no short request from being read.
final class InputBudget: Sendable {
  /// A connection that holds more than this has long input. The default head of a request fits.
  static let shortInput = 32 << 10

  private let held = Atomic<Int>(0)

  /// Charges a connection that held `before` bytes and holds `after` now. False, and nothing is
  /// charged, if all connections together would hold more than `limit` allows; 0 is no limit.
  func change(from before: Int, to after: Int, limit: Int) -> Bool {
    let change = after - before
    let total = held.add(change, ordering: .relaxed).newValue
    let room = after > InputBudget.shortInput ? limit - limit / 4 : limit
    guard change > 0, limit > 0, total > room else { return true }
    held.subtract(change, ordering: .relaxed)
    return false
  }

  var total: Int { held.load(ordering: .relaxed) }
}
