import Testing

@testable import HubCore

private let second: UInt64 = 1_000_000_000

@Suite struct `The rate limit of a user` {
  @Test func `lets a burst through and then so many a second`() {
    var limiter = RateLimiter(perSecond: 30, burst: 60, now: 5 * second)
    let waits = (0..<61).map { _ in limiter.take(at: 5 * second) }
    #expect(waits.prefix(60).allSatisfy { $0 == nil } && waits[60] == 34)
    var passed = 0
    for step in UInt64(1)...10_000 where limiter.take(at: 5 * second + step * 1_000_000) == nil {
      passed += 1
    }
    #expect((299...300).contains(passed))
  }

  @Test func `recovers with time, up to its burst`() {
    var limiter = RateLimiter(perSecond: 1, burst: 2, now: 0)
    let times: [UInt64] = [100, 100, 100, 101, 102, 110, 110, 110]
    let waits = times.map { limiter.take(at: $0 * second) }
    #expect(waits == [nil, nil, 1000, nil, nil, nil, nil, 1000])
    #expect(!limiter.isFull(at: 111 * second) && limiter.isFull(at: 112 * second))
  }

  @Test func `is full from the first moment of a clock`() {
    var limiter = RateLimiter(perSecond: 1, burst: 2, now: 10 * second)
    #expect(limiter.isFull(at: 10 * second) && limiter.take(at: 10 * second) == nil)
  }
}
