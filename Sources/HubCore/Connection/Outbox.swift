internal import Bytes

/// What a connection is owed, in order.
struct Outbox {
  private var items: [[UInt8]] = []
  private var next = 0
  private(set) var bytes = 0

  var isEmpty: Bool { next == items.count }

  mutating func append(_ frame: [UInt8]) {
    items.append(frame)
    bytes += frame.count
  }

  /// Moves items into `cork` until it holds `limit` bytes; false if there was nothing to move.
  mutating func fill(_ cork: inout ByteBuffer, upTo limit: Int) -> Bool {
    guard !isEmpty else { return false }
    repeat {
      cork.append(items[next])
      bytes -= items[next].count
      next += 1
    } while !isEmpty && cork.count < limit
    if isEmpty { removeAll() }
    return true
  }

  mutating func removeAll() {
    items = []
    next = 0
    bytes = 0
  }
}
