import Testing

@testable import HubCore

@Suite struct `The rate limit of a user` {
  @Test func `lets a burst through and then so many a second`() {
    var limiter = RateLimiter()
    var waits = (0..<61).map { _ in limiter.take("u1", at: 1000) }
    #expect(waits.prefix(60).allSatisfy { $0 == nil } && waits[60] == 34)
    waits = (0..<2).map { _ in limiter.take("u1", at: 1034) }
    #expect(waits[0] == nil && waits[1] != nil)
    var passed = 0
    for now in Int64(2000)..<12_000 where limiter.take("u1", at: now) == nil { passed += 1 }
    // Ten seconds and what had gathered in the one before.
    #expect((327...330).contains(passed))
  }

  @Test func `is each user's own and recovers with time`() {
    var limiter = RateLimiter()
    for _ in 0..<100 { _ = limiter.take("u1", at: 0) }
    let waits = [
      limiter.take("u1", at: 0), limiter.take("u2", at: 0), limiter.take("u1", at: 2000),
    ]
    #expect(waits[0] != nil && waits[1] == nil && waits[2] == nil)
    #expect((0..<59).allSatisfy { _ in limiter.take("u1", at: 2000) == nil })
  }

  @Test func `can be told the exact time to wait`() {
    var limiter = RateLimiter(.init(perSecond: 1, burst: 2))
    let waits = [0, 0, 0, 400, 1000, 1000].map { limiter.take("u", at: $0) }
    #expect(waits == [nil, nil, 1000, 600, nil, 1000])
  }

  @Test func `does not exist when it is zero`() {
    var limiter = RateLimiter(.init(perSecond: 0, burst: 0))
    #expect((0..<1000).allSatisfy { _ in limiter.take("u", at: 0) == nil } && limiter.count == 0)
  }

  @Test func `forgets users who have been quiet`() {
    var limiter = RateLimiter()
    for user in 0..<50_000 { _ = limiter.take("u\(user)", at: Int64(user)) }
    #expect(limiter.count < 2100)
  }
}

@Suite struct `The plan for coming back` {
  @Test func `keeps every second below what the machine can take`() {
    let plan = ReconnectPlan()
    #expect(plan.window(connections: 0) == 1000 && plan.window(connections: 400) == 1000)
    #expect(plan.window(connections: 5000) == 12_500)
    let window = plan.window(connections: 20_000)
    var seconds: [Int: Int] = [:]
    for _ in 0..<20_000 { seconds[Int.random(in: 0..<window) / 1000, default: 0] += 1 }
    #expect(seconds.values.allSatisfy { $0 <= 500 })
  }
}
