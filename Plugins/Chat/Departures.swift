internal import Primitives

/// The users who left a room a moment ago. The seat of a leave can still be given back, for the
/// documents have the two in this order.
///
/// All are remembered for the same time, so that the first to have come is the first to go. With
/// too many at once the oldest are forgotten before their time.
struct Departures: Sendable {
  struct Pair: Hashable, Sendable {
    let room: String
    let user: String
  }

  private struct Entry {
    let until: Int64
    let holders: Holders
  }

  private let capacity: Int
  private var entries: [Pair: Entry] = [:]
  // In the order of their ends. An entry that was replaced or taken out leaves its place behind.
  private var queue = Fifo<(pair: Pair, until: Int64)>()

  init(capacity: Int = 10_000) { self.capacity = capacity }

  var count: Int { entries.count }

  mutating func remember(_ pair: Pair, _ holders: Holders, until: Int64) {
    if queue.count >= capacity { forgetFirst() }
    entries[pair] = Entry(until: until, holders: holders)
    queue.append((pair, until))
  }

  mutating func forget(_ pair: Pair) { entries[pair] = nil }

  func admits(_ pair: Pair, _ claim: Claim) -> Bool {
    entries[pair]?.holders.admits(claim) == true
  }

  mutating func expire(at now: Int64) {
    while let first = queue.elements.first, first.until <= now { forgetFirst() }
  }

  private mutating func forgetFirst() {
    guard let (pair, until) = queue.popFirst() else { return }
    if entries[pair]?.until == until { entries[pair] = nil }
  }
}
