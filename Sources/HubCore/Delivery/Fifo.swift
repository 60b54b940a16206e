/// A queue: in at the end, out at the front, both in constant time on average.
///
/// What is taken out leaves a gap that is closed from time to time; closing it each time would
/// move everything behind it.
struct Fifo<Element> {
  private var items: [Element] = []
  private var head = 0

  var count: Int { items.count - head }
  var isEmpty: Bool { head == items.count }
  /// What is in the queue, the oldest first.
  var elements: ArraySlice<Element> { items[head...] }

  /// The oldest is at 0.
  subscript(place: Int) -> Element {
    _read { yield items[head + place] }
    _modify { yield &items[head + place] }
  }

  mutating func append(_ element: Element) { items.append(element) }

  mutating func removeFirst(_ amount: Int = 1) {
    precondition(amount <= count, "cannot take out more than there is")
    head += amount
    if head == items.count {
      // Some places are kept, so that what comes in busy turns does not allocate each time.
      items.removeAll(keepingCapacity: items.capacity <= 32)
      head = 0
    } else if head >= 64, head * 2 >= items.count {
      items.removeSubrange(..<head)
      head = 0
    }
  }

  mutating func removeAll() { removeFirst(count) }

  /// Takes out what `isUnwanted`, which sees the newest first.
  mutating func removeFromEnd(where isUnwanted: (Element) -> Bool) {
    var kept = items.count
    for place in stride(from: items.count - 1, through: head, by: -1)
    where !isUnwanted(items[place]) {
      kept -= 1
      items.swapAt(kept, place)
    }
    items.removeSubrange(head..<kept)
  }
}
