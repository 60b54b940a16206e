import Primitives
import Testing

private let second: UInt64 = 1_000_000_000

@Suite struct `A token bucket` {
  @Test func `lets a burst through and then a fixed number a second`() {
    var bucket = TokenBucket(perSecond: 30, burst: 60)
    let waits = (0..<61).map { _ in bucket.take(at: 5 * second) }
    #expect(waits.prefix(60).allSatisfy { $0 == nil } && waits[60] == 34)
    var passed = 0
    for step in UInt64(1)...10_000 where bucket.take(at: 5 * second + step * 1_000_000) == nil {
      passed += 1
    }
    #expect((299...300).contains(passed))
  }

  @Test func `recovers with time, up to its burst`() {
    var bucket = TokenBucket(perSecond: 1, burst: 2)
    let times: [UInt64] = [100, 100, 100, 101, 102, 110, 110, 110]
    let waits = times.map { bucket.take(at: $0 * second) }
    #expect(waits == [nil, nil, 1000, nil, nil, nil, nil, 1000])
    #expect(!bucket.isFull(at: 111 * second) && bucket.isFull(at: 112 * second))
  }

  @Test func `is full from the first moment of a clock`() {
    var bucket = TokenBucket(perSecond: 1, burst: 1)
    #expect(bucket.isFull(at: 0) && bucket.take(at: 0) == nil && bucket.take(at: 1) == 1000)
  }

  @Test func `counts milliseconds, too`() {
    var bucket = TokenBucket(perSecond: 30, burst: 60)
    var passed = 0
    for millisecond in Int64(0)..<3000 where bucket.takes(atMilliseconds: millisecond) {
      passed += 1
    }
    #expect((145...152).contains(passed))
  }

  @Test func `is not confused by a clock that is set back`() {
    var bucket = TokenBucket(perSecond: 10, burst: 1)
    let answers = [5000, 1000, 1099, 1100].map { bucket.takes(atMilliseconds: $0) }
    #expect(answers == [true, false, false, true])
  }

  @Test func `takes bursts and times of any size`() {
    var bucket = TokenBucket(perSecond: 1, burst: .max)
    #expect(bucket.take(at: .max) == nil && bucket.take(at: 0) != nil)
    #expect(bucket.takes(atMilliseconds: .max) && !bucket.takes(atMilliseconds: .min))
  }

  @Test func `is shared by threads without a token too many`() async {
    let bucket = SharedTokenBucket()
    let taken = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<100 where bucket.take(at: second, perSecond: 1, burst: 50) == nil {
            taken.withLock { $0 += 1 }
          }
        }
      }
    }
    #expect(taken.withLock { $0 } == 50)
    #expect(!bucket.isFull(at: second, perSecond: 1, burst: 50))
    #expect(bucket.isFull(at: 51 * second, perSecond: 1, burst: 50))
  }
}
