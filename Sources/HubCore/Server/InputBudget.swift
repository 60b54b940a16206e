internal import Synchronization

/// One allowance of memory for all input of the process that is not whole or not answered yet:
/// heads and bodies of requests, and messages. Limits per connection or address bound no sum.
final class InputBudget: Sendable {
  private let held = Atomic<Int>(0)

  /// Takes `change` bytes more, or gives some back. False, and nothing taken, if that would be more
  /// than `limit`; 0 is no limit.
  func change(by change: Int, limit: Int) -> Bool {
    let total = held.add(change, ordering: .relaxed).newValue
    guard change > 0, limit > 0, total > limit else { return true }
    held.subtract(change, ordering: .relaxed)
    return false
  }

  var total: Int { held.load(ordering: .relaxed) }
}
