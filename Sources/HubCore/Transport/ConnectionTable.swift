/// The connections of one worker by token: a slot and its generation, so that a stale token finds
/// nothing instead of somebody else.
struct ConnectionTable {
  private struct Slot {
    var connection: Connection?
    var generation: UInt32
  }

  private var slots: [Slot] = []
  private var free: [UInt32] = []
  private(set) var count = 0

  // Tokens below this are the worker's own: its listeners.
  static let firstGeneration: UInt32 = 1
  // The loop keeps the highest bit of a token for itself.
  private static let generationMask: UInt32 = 0x7FFF_FFFF

  /// A token nobody has now; `insert` takes it.
  mutating func makeToken() -> UInt64 {
    if free.isEmpty {
      free.append(UInt32(slots.count))
      slots.append(Slot(connection: nil, generation: Self.firstGeneration))
    }
    let index = free[free.count - 1]
    return UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
  }

  mutating func insert(_ connection: Connection) {
    let index = free.removeLast()
    precondition(index == UInt32(truncatingIfNeeded: connection.token), "tokens are taken in order")
    slots[Int(index)].connection = connection
    count += 1
  }

  subscript(token: UInt64) -> Connection? {
    let index = Int(UInt32(truncatingIfNeeded: token))
    guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return nil }
    return slots[index].connection
  }

  mutating func remove(_ token: UInt64) {
    let index = Int(UInt32(truncatingIfNeeded: token))
    guard self[token] != nil else { return }
    let next = (slots[index].generation &+ 1) & Self.generationMask
    slots[index] = Slot(connection: nil, generation: max(next, Self.firstGeneration))
    free.append(UInt32(index))
    count -= 1
  }

  /// All connections, in no order that means anything.
  var all: [Connection] { slots.compactMap(\.connection) }
}
