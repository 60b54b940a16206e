/// A queue: in at the end, out at the front, both in constant time on average.
///
/// Elements that are taken out leave a gap that is closed from time to time; closing it each time
/// would move everything behind it. Inlinable, since every frame to a client passes through one.
@frozen public struct Fifo<Element> {
  @usableFromInline var items: [Element] = []
  @usableFromInline var head = 0

  @inlinable public init() {}

  @inlinable public var count: Int { items.count - head }
  @inlinable public var isEmpty: Bool { head == items.count }
  /// The elements of the queue, the oldest first.
  @inlinable public var elements: ArraySlice<Element> { items[head...] }

  /// The oldest is at 0.
  @inlinable public subscript(place: Int) -> Element {
    _read { yield items[head + place] }
    _modify { yield &items[head + place] }
  }

  @inlinable public mutating func append(_ element: Element) { items.append(element) }

  @inlinable public mutating func removeFirst(_ amount: Int = 1) {
    precondition(amount <= count, "cannot take out more than there is")
    head += amount
    if head == items.count {
      // Some places are kept, so that busy turns do not allocate each time.
      items.removeAll(keepingCapacity: items.capacity <= 32)
      head = 0
    } else if head >= 64, head * 2 >= items.count {
      items.removeSubrange(..<head)
      head = 0
    }
  }

  /// Takes out the oldest; nil when the queue is empty.
  @inlinable public mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let oldest = items[head]
    removeFirst()
    return oldest
  }

  @inlinable public mutating func removeAll() { removeFirst(count) }

  /// Takes out the elements that `isUnwanted`, which sees the newest first.
  @inlinable public mutating func removeFromEnd(where isUnwanted: (Element) -> Bool) {
    var kept = items.count
    for place in stride(from: items.count - 1, through: head, by: -1)
    where !isUnwanted(items[place]) {
      kept -= 1
      items.swapAt(kept, place)
    }
    items.removeSubrange(head..<kept)
  }
}

extension Fifo: Sendable where Element: Sendable {}
