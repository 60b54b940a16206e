import Primitives
import Testing

@Suite struct `A queue of elements` {
  @Test func `gives them out in their order`() {
    var queue = Fifo<Int>()
    var taken: [Int?] = []
    for number in 0..<500 {
      queue.append(number)
      // Every third append takes two, so that the gap in front is closed again and again.
      if number.isMultiple(of: 3) { taken += [queue.popFirst(), queue.popFirst()] }
    }
    #expect(taken.compactMap { $0 } + Array(queue.elements) == Array(0..<500))
  }

  @Test func `has nothing to give when it is empty`() {
    var queue = Fifo<Int>()
    #expect(queue.popFirst() == nil && queue.isEmpty && queue.count == 0)
  }

  @Test func `drops elements, looking at the newest first`() {
    var queue = Fifo<Int>()
    for number in 0..<6 { queue.append(number) }
    queue.removeFirst(2)
    var seen: [Int] = []
    queue.removeFromEnd { element in
      seen.append(element)
      return element.isMultiple(of: 2)
    }
    #expect(seen == [5, 4, 3, 2] && Array(queue.elements) == [3, 5])
  }
}
