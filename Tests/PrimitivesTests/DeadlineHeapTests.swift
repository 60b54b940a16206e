import Primitives
import Testing

@Suite struct `A heap of deadlines` {
  @Test func `gives the earliest first, and none before its time`() {
    var heap = DeadlineHeap()
    let deadlines: [Int64] = (0..<100).map { $0 * 37 % 100 }
    for deadline in deadlines { heap.add(UInt64(deadline), at: deadline) }
    #expect(heap.earliest == 0 && heap.next(dueAt: -1) == nil)
    var taken: [UInt64] = []
    while let key = heap.next(dueAt: 49) { taken.append(key) }
    #expect(taken == Array(0...49) && heap.count == 50 && heap.earliest == 50)
  }
}
