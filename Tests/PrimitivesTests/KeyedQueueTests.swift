import Primitives
import Testing

@Suite struct `A keyed queue` {
  @Test func `lets work with the same key pass one after another`() async {
    let queue = KeyedQueue<String>()
    let inside = Locked(0)
    let most = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask {
          await queue.inTurn("a") {
            let now = inside.withLock { inside in
              inside += 1
              return inside
            }
            most.withLock { $0 = max($0, now) }
            await Task.yield()
            inside.withLock { $0 -= 1 }
          }
        }
      }
    }
    #expect(most.withLock { $0 } == 1)
    #expect(inside.withLock { $0 } == 0)
  }

  @Test func `goes on after work that fails`() async throws {
    struct Failure: Error {}
    let queue = KeyedQueue<String>()
    await #expect(throws: Failure.self) { try await queue.inTurn("a") { throw Failure() } }
    #expect(await queue.inTurn("a") { 7 } == 7)
  }

  @Test func `keeps the order in which work came`() async {
    let queue = KeyedQueue<Int>()
    let order = Locked<[Int]>([])
    let gate = AsyncStream<Void>.makeStream()
    await withTaskGroup(of: Void.self) { group in
      // Each `immediate` task has its place in the queue before the next begins.
      for number in 0..<5 {
        group.addImmediateTask {
          await queue.inTurn(1) {
            if number == 0 { for await _ in gate.stream { break } }
            order.withLock { $0.append(number) }
          }
        }
      }
      await queue.inTurn(2) { #expect(order.withLock { $0 }.isEmpty) }
      gate.continuation.yield()
    }
    #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
  }
}
