/// Deadlines with the keys that are due then, the earliest first. Adding and taking cost O(log n).
///
/// No entry is taken out before its time: a key that is no longer due is recognised by the caller
/// when it comes up.
public struct DeadlineHeap: Sendable {
  private var items: [(deadline: Int64, key: UInt64)] = []

  public init() {}

  public var earliest: Int64? { items.first?.deadline }
  public var count: Int { items.count }

  public mutating func add(_ key: UInt64, at deadline: Int64) {
    items.append((deadline, key))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child].deadline < items[parent].deadline else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest key if it is due at `now`.
  public mutating func next(dueAt now: Int64) -> UInt64? {
    guard let first = items.first, first.deadline <= now else { return nil }
    items.swapAt(0, items.count - 1)
    items.removeLast()
    sink()
    return first.key
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && items[child].deadline < items[least].deadline {
        least = child
      }
      if least == parent { return }
      items.swapAt(least, parent)
      parent = least
    }
  }
}
