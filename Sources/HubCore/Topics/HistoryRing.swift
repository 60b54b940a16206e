/// What a topic remembers of its newest events, oldest first.
///
/// Times are Unix milliseconds and never go back from call to call.
struct HistoryRing {
  enum Rule: Equatable {
    case none
    /// Only the newest event: what came before it is out of date.
    case latest(milliseconds: Int64)
    case stream(count: Int, milliseconds: Int64)
  }

  /// Why a client cannot be given everything it missed.
  enum Gap: String, Error {
    case epochChanged = "epoch_changed"
    case tooOld = "too_old"
    case tooMany = "too_many"
  }

  /// A part of the history for a client that pages back.
  struct Page: Equatable {
    var events: ArraySlice<Publication>
    /// Whether there is something older here.
    var hasMore: Bool

    static func == (left: Page, right: Page) -> Bool {
      left.hasMore == right.hasMore && left.events.elementsEqual(right.events, by: ===)
    }
  }

  let rule: Rule
  private var items: [Publication] = []
  // The first of `items` that still counts. Dropping from the front of the array each time would
  // move all of it.
  private var head = 0

  init(_ rule: Rule) { self.rule = rule }

  var events: ArraySlice<Publication> { items[head...] }
  var isEmpty: Bool { head == items.count }
  var newest: Publication? { isEmpty ? nil : items[items.count - 1] }

  /// When the oldest event is to be forgotten; `nil` if there is none.
  var nextExpiry: Int64? {
    guard !isEmpty, let age = rule.age else { return nil }
    return items[head].ts + age
  }

  /// Remembers an event whose offset is higher than those of all before it.
  mutating func append(_ publication: Publication) {
    precondition(newest.map { $0.offset < publication.offset } ?? true, "offsets only grow")
    switch rule {
    case .none: return
    case .latest: forget(items.count - head)
    case .stream(let count, _):
      guard count > 0 else { return }
      if items.count - head >= count { forget(1) }
    }
    items.append(publication)
  }

  /// Forgets what is too old at `now`.
  mutating func expire(at now: Int64) {
    guard let age = rule.age else { return }
    let fresh = events.firstIndex { $0.ts + age > now } ?? items.count
    forget(fresh - head)
  }

  private mutating func forget(_ count: Int) {
    head += count
    guard head == items.count || head >= 64 && head * 2 >= items.count else { return }
    items.removeSubrange(..<head)
    head = 0
  }

  /// All events after `offset`, or why they cannot all be had: never a part of them.
  ///
  /// `current` is the topic's own position.
  func missed(
    since offset: UInt64, epoch: String, current: (offset: UInt64, epoch: String), limit: Int
  ) -> Result<ArraySlice<Publication>, Gap> {
    // Ahead of the topic can only be who saw events that were lost here.
    guard epoch == current.epoch, offset <= current.offset else { return .failure(.epochChanged) }
    let missing = current.offset - offset
    if missing == 0 { return .success(items[items.count...]) }
    let start = index(after: offset)
    guard UInt64(items.count - start) == missing else { return .failure(.tooOld) }
    guard missing <= UInt64(clamping: limit) else { return .failure(.tooMany) }
    return .success(items[start...])
  }

  /// At most `limit` events in front of `offset` (of the newest, without one), oldest first.
  func page(before offset: UInt64?, limit: Int) -> Page {
    let end = offset.map { $0 == 0 ? head : index(after: $0 - 1) } ?? items.count
    let start = max(head, end - max(limit, 0))
    return Page(events: items[start..<end], hasMore: start > head)
  }

  /// The place of the first event with a higher offset.
  private func index(after offset: UInt64) -> Int {
    var low = head
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle].offset <= offset { low = middle + 1 } else { high = middle }
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
