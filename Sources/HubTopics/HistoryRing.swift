package import HubProtocol
internal import Primitives

/// The newest events of a topic, oldest first.
///
/// Times are Unix milliseconds and never go back from call to call.
package struct HistoryRing {
  package enum Rule: Equatable {
    case none
    /// Only the newest event: what came before it is out of date.
    case latest(milliseconds: Int64)
    case stream(count: Int, milliseconds: Int64)
  }

  package let rule: Rule
  private var queue = Fifo<Publication>()

  package init(_ rule: Rule) { self.rule = rule }

  package var events: ArraySlice<Publication> { queue.elements }
  package var isEmpty: Bool { queue.isEmpty }
  package var newest: Publication? { queue.elements.last }

  /// When the oldest event is to be forgotten; `nil` if there is none.
  package var nextExpiry: Int64? {
    guard !isEmpty, let age = rule.age else { return nil }
    return queue[0].ts + age
  }

  /// Remembers an event whose offset is higher than those of all before it.
  package mutating func append(_ publication: Publication) {
    precondition(newest.map { $0.offset < publication.offset } ?? true, "offsets only grow")
    switch rule {
    case .none: return
    case .latest: queue.removeAll()
    case .stream(let count, _):
      guard count > 0 else { return }
      if queue.count >= count { queue.removeFirst() }
    }
    queue.append(publication)
  }

  /// Forgets what is too old at `now`.
  package mutating func expire(at now: Int64) {
    guard let age = rule.age else { return }
    queue.removeFirst(events.prefix { $0.ts + age <= now }.count)
  }

  /// All events after `offset`, or why they cannot all be had: never a part of them.
  ///
  /// `current` is the topic's own position.
  package func missed(
    since offset: UInt64, epoch: String, current: (offset: UInt64, epoch: String), limit: Int
  ) -> Result<ArraySlice<Publication>, RecoveryGap> {
    // Ahead of the topic can only be who saw events that were lost here.
    guard epoch == current.epoch, offset <= current.offset else { return .failure(.epochChanged) }
    let missing = current.offset - offset
    if missing == 0 { return .success([]) }
    let later = events[index(after: offset)...]
    guard UInt64(later.count) == missing else { return .failure(.tooOld) }
    guard missing <= UInt64(clamping: limit) else { return .failure(.tooMany) }
    return .success(later)
  }

  /// At most `limit` events in front of `offset` (of the newest, without one), oldest first.
  package func page(before offset: UInt64?, limit: Int) -> HistoryPage {
    let end = offset.map { $0 == 0 ? events.startIndex : index(after: $0 - 1) } ?? events.endIndex
    let page = events[..<end].suffix(max(limit, 0))
    return HistoryPage(events: page, hasMore: page.startIndex > events.startIndex)
  }

  /// Whether there were events in front of `offset`, of which none is here any more.
  ///
  /// `current` is the topic's own position.
  package func hasForgotten(before offset: UInt64, current: UInt64) -> Bool {
    guard rule != .none, min(offset, current &+ 1) > 1 else { return false }
    return events.first.map { offset <= $0.offset } ?? true
  }

  /// The place in `events` of the first one with a higher offset.
  private func index(after offset: UInt64) -> Int {
    let events = events
    var low = events.startIndex
    var high = events.endIndex
    while low < high {
      let middle = (low + high) / 2
      if events[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension HistoryRing.Rule {
  fileprivate var age: Int64? {
    switch self {
    case .none: nil
    case .latest(let milliseconds), .stream(_, let milliseconds): milliseconds
    }
  }
}
