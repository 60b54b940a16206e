internal import Primitives

/// The users who left a room a moment ago. Their seats can still be given back, because the
/// documents have the two in this order.
///
/// All entries last equally long, so they end in the order of their arrival. With too many at once
/// the oldest end early.
struct RecentDepartures: Sendable {
  struct Pair: Hashable, Sendable {
    let room: String
    let user: String
  }

  struct Entry: Sendable, Equatable {
    let until: Int64
    let owners: SeatOwners
  }

  private let capacity: Int
  private(set) var entries: [Pair: Entry] = [:]
  // In the order of their ends. A replaced or removed entry stays in the queue.
  private var queue = Fifo<(pair: Pair, until: Int64)>()

  init(capacity: Int = 1000) { self.capacity = capacity }

  var count: Int { entries.count }

  mutating func remember(_ pair: Pair, _ owners: SeatOwners, until: Int64) {
    if queue.count >= capacity { forgetFirst() }
    entries[pair] = Entry(until: until, owners: owners)
    queue.append((pair, until))
  }

  mutating func forget(_ pair: Pair) { entries[pair] = nil }

  func admits(_ pair: Pair, _ request: SeatRequest) -> Bool {
    entries[pair]?.owners.admits(request) == true
  }

  mutating func expire(at now: Int64) {
    while let first = queue.elements.first, first.until <= now { forgetFirst() }
  }

  private mutating func forgetFirst() {
    guard let (pair, until) = queue.popFirst() else { return }
    if entries[pair]?.until == until { entries[pair] = nil }
  }
}
