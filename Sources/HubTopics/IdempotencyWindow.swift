internal import PluginKit
internal import Primitives

/// Which events were published under which ids lately, so that a repeated publish is recognised.
///
/// Bounded in time and number; with too many ids the oldest are forgotten before their time.
package struct IdempotencyWindow {
  package struct Key: Hashable {
    package let author: String
    package let id: String

    package init(author: String, id: String) {
      self.author = author
      self.id = id
    }

    package static func == (a: Key, b: Key) -> Bool {
      a.id.hasSameBytes(as: b.id) && a.author.hasSameBytes(as: b.author)
    }
  }

  package static let standardMilliseconds: Int64 = 300_000
  package static let standardCapacity = 10_000

  private let milliseconds: Int64
  private let capacity: Int
  private var known: [Key: (offset: UInt64, end: Int64)] = [:]
  // In the order of their coming, which is that of their going, too.
  private var queue = Fifo<Key>()

  package init(
    milliseconds: Int64 = IdempotencyWindow.standardMilliseconds,
    capacity: Int = IdempotencyWindow.standardCapacity
  ) {
    self.milliseconds = milliseconds
    self.capacity = capacity
  }

  package var count: Int { known.count }

  /// Whether any of them is still known at `now`. The newest is the last to be forgotten.
  package func isNeeded(at now: Int64) -> Bool {
    guard let newest = queue.elements.last, let end = known[newest]?.end else { return false }
    return end > now
  }

  /// The offset that was given to the first publish under this key, if it is still known.
  package func offset(of key: Key, at now: Int64) -> UInt64? {
    guard let known = known[key], known.end > now else { return nil }
    return known.offset
  }

  package mutating func remember(_ key: Key, offset: UInt64, at now: Int64) {
    forget(at: now)
    guard capacity > 0, known[key] == nil else { return }
    if known.count == capacity { forgetOldest() }
    known[key] = (offset, now + milliseconds)
    queue.append(key)
  }

  private mutating func forget(at now: Int64) {
    while let oldest = queue.elements.first, known[oldest].map({ $0.end <= now }) ?? true {
      forgetOldest()
    }
  }

  private mutating func forgetOldest() {
    known[queue[0]] = nil
    queue.removeFirst()
  }
}
