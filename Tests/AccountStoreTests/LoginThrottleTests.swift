import PluginKit
import Testing

@testable import AccountStore

@Suite struct LoginThrottleTests {
  private static let rule = ThrottleRule(
    freeFailures: 3, firstDelaySeconds: 2, longestDelaySeconds: 60, forgetAfterSeconds: 3600)
  private static let off = ThrottleRule(
    freeFailures: 0, firstDelaySeconds: 2, longestDelaySeconds: 60, forgetAfterSeconds: 3600)

  private var throttle = LoginThrottle(account: rule, address: off)

  @Test mutating func `the first failures are free and each further one doubles the wait`() {
    var now: Int64 = 1_000_000
    for _ in 0..<3 { #expect(throttle.begin(account: "a", address: nil, at: now) == nil) }
    for delay: Int64 in [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000] {
      #expect(throttle.begin(account: "a", address: nil, at: now) == delay)
      #expect(throttle.begin(account: "a", address: nil, at: now + delay - 1) == 1)
      now += delay
      #expect(throttle.begin(account: "a", address: nil, at: now) == nil)
    }
  }

  @Test mutating func `a success lets the account start anew`() {
    for _ in 0..<3 { _ = throttle.begin(account: "a", address: nil, at: 0) }
    throttle.succeeded(account: "a", address: nil, at: 0)
    #expect(throttle.begin(account: "a", address: nil, at: 0) == nil)
  }

  @Test mutating func `attempts count before they are known to have failed`() {
    let through = (0..<100).count { _ in
      throttle.begin(account: "a", address: nil, at: 0) == nil
    }
    #expect(through == 3)
  }

  @Test mutating func `other accounts are not slowed`() {
    for _ in 0..<5 { _ = throttle.begin(account: "a", address: nil, at: 0) }
    #expect(throttle.begin(account: "b", address: nil, at: 0) == nil)
  }

  @Test mutating func `an hour without attempts forgives everything`() {
    for _ in 0..<3 { _ = throttle.begin(account: "a", address: nil, at: 0) }
    let later: Int64 = 3_600_001
    for _ in 0..<3 { #expect(throttle.begin(account: "a", address: nil, at: later) == nil) }
    #expect(throttle.begin(account: "a", address: nil, at: later) == 2000)
  }

  @Test func `one good account does not pay for guessing the others from its address`() {
    var throttle = LoginThrottle(account: LoginThrottleTests.off, address: LoginThrottleTests.rule)
    for victim in ["x", "y"] {
      #expect(throttle.begin(account: victim, address: ClientKey(v4: 1), at: 0) == nil)
      throttle.failed(account: victim, address: ClientKey(v4: 1))
      #expect(throttle.begin(account: "mine", address: ClientKey(v4: 1), at: 0) == nil)
      throttle.succeeded(account: "mine", address: ClientKey(v4: 1), at: 0)
    }
    #expect(throttle.begin(account: "z", address: ClientKey(v4: 1), at: 0) == nil)
    #expect(throttle.begin(account: "mine", address: ClientKey(v4: 1), at: 0) == 2000)
    #expect(throttle.begin(account: "mine", address: ClientKey(v4: 2), at: 0) == nil)
  }

  @Test mutating func `an attempt that was not decided is taken back`() {
    for _ in 0..<50 {
      #expect(throttle.begin(account: "a", address: nil, at: 0) == nil)
      throttle.undecided(account: "a", address: nil, at: 0)
    }
    #expect(throttle.count == 0)
  }

  @Test func `a limit of 0 is none`() {
    var throttle = LoginThrottle(account: LoginThrottleTests.off, address: LoginThrottleTests.off)
    for _ in 0..<100 {
      #expect(throttle.begin(account: "a", address: .unknown, at: 0) == nil)
      throttle.failed(account: "a", address: .unknown)
    }
    #expect(throttle.count == 0)
  }

  @Test func `made-up names take bounded memory and do not wash out the one under attack`() {
    var throttle = LoginThrottle(
      account: LoginThrottleTests.rule, address: LoginThrottleTests.off, capacity: 100)
    for _ in 0..<3 { _ = throttle.begin(account: "victim", address: nil, at: 0) }
    for name in 0..<10_000 {
      _ = throttle.begin(account: "\(name)", address: nil, at: 0)
      #expect(throttle.count <= 100)
    }
    #expect(throttle.begin(account: "victim", address: nil, at: 0) == 2000)
  }

  @Test mutating func `failures of one client keep nobody else out`() {
    for _ in 0..<3 {
      _ = throttle.begin(account: "a", address: ClientKey(v4: 1), at: 0)
      throttle.failed(account: "a", address: ClientKey(v4: 1))
    }
    #expect(throttle.begin(account: "a", address: ClientKey(v4: 1), at: 0) == 2000)
    #expect(throttle.begin(account: "a", address: ClientKey(v4: 2), at: 0) == nil)
  }

  @Test mutating func `guesses from many clients are slowed, but not where the owner logs in`() {
    let home = ClientKey(v4: 0)
    _ = throttle.begin(account: "a", address: home, at: 0)
    throttle.succeeded(account: "a", address: home, at: 0)
    let through = (1...1000).count { client in
      throttle.begin(account: "a", address: ClientKey(v4: UInt32(client)), at: 0) == nil
    }
    #expect(through == 30)
    #expect(throttle.begin(account: "a", address: home, at: 0) == nil)
    throttle.forget(account: "a")
    for client in 1...30 {
      _ = throttle.begin(account: "a", address: ClientKey(v4: UInt32(client)), at: 0)
    }
    #expect(throttle.begin(account: "a", address: home, at: 0) == 2000, "a new password ends trust")
  }
  @Test func `right passwords have a bound of their own, for each account`() {
    var throttle = LoginThrottle(
      account: LoginThrottleTests.rule, address: LoginThrottleTests.off, loginsPerMinute: 10)
    func logIn(_ account: String, client: UInt32, at now: Int64) -> Int64? {
      let address = ClientKey(v4: client)
      if let wait = throttle.begin(account: account, address: address, at: now) { return wait }
      throttle.succeeded(account: account, address: address, at: now)
      return nil
    }
    for client: UInt32 in 1...20 { #expect(logIn("a", client: client, at: 0) == nil) }
    #expect(logIn("a", client: 21, at: 0) == 6000)
    #expect(logIn("b", client: 1, at: 0) == nil)
    #expect(logIn("a", client: 21, at: 6000) == nil)
    #expect(logIn("a", client: 1, at: 6000) == 6000)
    throttle.forget(account: "a")
    #expect(logIn("a", client: 1, at: 6000) == nil)
  }

  @Test func `guesses use up nothing of the holder's logins`() {
    var throttle = LoginThrottle(
      account: LoginThrottleTests.off, address: LoginThrottleTests.off, loginsPerMinute: 1)
    for client: UInt32 in 1...100 {
      #expect(throttle.begin(account: "a", address: ClientKey(v4: client), at: 0) == nil)
      throttle.failed(account: "a", address: ClientKey(v4: client))
    }
    #expect(throttle.begin(account: "a", address: ClientKey(v4: 0), at: 0) == nil)
  }

  @Test func `a client tries an account twice at once`() {
    var throttle = LoginThrottle(account: LoginThrottleTests.off, address: LoginThrottleTests.off)
    let (home, other) = (ClientKey(v4: 1), ClientKey(v4: 2))
    for _ in 1...2 { #expect(throttle.begin(account: "a", address: home, at: 0) == nil) }
    #expect(throttle.begin(account: "a", address: home, at: 0) == 1000)
    #expect(throttle.begin(account: "a", address: other, at: 0) == nil)
    #expect(throttle.begin(account: "b", address: home, at: 0) == nil)
    throttle.succeeded(account: "a", address: home, at: 0)
    #expect(throttle.begin(account: "a", address: home, at: 0) == nil)
    throttle.undecided(account: "a", address: home, at: 0)
    throttle.failed(account: "a", address: home)
    for _ in 1...2 { #expect(throttle.begin(account: "a", address: home, at: 0) == nil) }
  }

  @Test func `right passwords of many accounts take bounded memory`() {
    var throttle = LoginThrottle(
      account: LoginThrottleTests.off, address: LoginThrottleTests.off, loginsPerMinute: 1,
      capacity: 100)
    for name in 0..<1000 {
      _ = throttle.begin(account: "\(name)", address: ClientKey(v4: 1), at: 0)
      throttle.succeeded(account: "\(name)", address: ClientKey(v4: 1), at: 0)
      #expect(throttle.count <= 100)
    }
  }
}
