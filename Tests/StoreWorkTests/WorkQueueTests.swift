import Storage
import StoreWork
import Testing

@Suite struct WorkQueueTests {
  @Test func `work is taken in the order it came`() async throws {
    let queue = WorkQueue<Int>(limit: 5000)
    for number in 0..<3000 { try queue.submit(number) }
    var taken: [Int] = []
    while taken.count < 3000 { taken += await queue.take(upTo: 7) }
    #expect(taken == Array(0..<3000))
    #expect(queue.takeNow(upTo: 1).isEmpty)
  }

  @Test func `the queue refuses more than its limit and counts it`() throws {
    let queue = WorkQueue<Int>(limit: 2)
    try queue.submit(1)
    try queue.submit(2)
    let error = #expect(throws: StoreError.self) { try queue.submit(3) }
    #expect(error?.code == .overloaded)
    let load = queue.load
    #expect(load.waiting == 2 && load.refused == 1)
    #expect(queue.takeNow(upTo: 9) == [1, 2])
    try queue.submit(4)
  }

  @Test func `a thread that waits gets the next piece, whoever comes`() async throws {
    let queue = WorkQueue<Int>(limit: 100)
    let sum = Task {
      var sum = 0
      while let number = await queue.take(upTo: 1).first { sum += number }
      return sum
    }
    await withTaskGroup(of: Void.self) { group in
      for number in 1...100 { group.addTask { try? queue.submit(number) } }
    }
    queue.close()
    #expect(await sum.value == 5050)
  }

  @Test func `a closed queue gives what it has, then ends, and takes nothing more`() async throws {
    let queue = WorkQueue<Int>(limit: 2)
    let waiting = Task { await queue.take(upTo: 1) }
    try queue.submit(1)
    #expect(await waiting.value == [1])
    try queue.submit(2)
    queue.close()
    #expect(queue.isClosed)
    #expect(await queue.take(upTo: 5) == [2])
    #expect(await queue.take(upTo: 5).isEmpty)
    let error = #expect(throws: StoreError.self) { try queue.submit(3) }
    #expect(error?.code == .unavailable)
  }
}
