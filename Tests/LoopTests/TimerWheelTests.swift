import Loop
import Testing

private let tick = TimerWheel.tick

@Suite struct `A timer wheel` {
  @Test(arguments: [0, 1, 5, 63, 64, 65, 4095, 4096, 4097, 300_000, 20_000_000])
  func `fires at its tick, not before`(ticks: UInt64) {
    for start in [0, 1, 62, 63, 64, 4_000, 262_143] as [UInt64] {
      var wheel = TimerWheel(now: start * tick)
      _ = wheel.schedule(at: (start + ticks) * tick, token: 7)
      let due = (start + max(ticks, 1)) * tick
      wheel.advance(to: due - 1)
      let early = wheel.popExpired()
      wheel.advance(to: due)
      let onTime = wheel.popExpired()
      #expect(early == nil)
      #expect(onTime == 7)
    }
  }

  @Test func `rounds up, so that no timer is early`() {
    var wheel = TimerWheel(now: 0)
    _ = wheel.schedule(at: tick + 1, token: 1)
    wheel.advance(to: tick * 2 - 1)
    let early = wheel.popExpired()
    wheel.advance(to: tick * 2)
    let onTime = wheel.popExpired()
    #expect(early == nil)
    #expect(onTime == 1)
  }

  @Test func `fires what a long sleep has missed in the order of time`() {
    var wheel = TimerWheel(now: 0)
    for ticks in [900, 5, 70, 5_000, 64] as [UInt64] {
      _ = wheel.schedule(at: ticks * tick, token: ticks)
    }
    wheel.advance(to: 10_000 * tick)
    #expect(wheel.takeExpired() == [5, 64, 70, 900, 5_000])
    let next = wheel.nextDeadline
    #expect(next == nil)
  }

  @Test func `forgets a cancelled timer once`() {
    var wheel = TimerWheel(now: 0)
    let timer = wheel.schedule(at: 10 * tick, token: 5)
    let first = wheel.cancel(timer)
    let second = wheel.cancel(timer)
    wheel.advance(to: 20 * tick)
    #expect(first == 5)
    #expect(second == nil)
    #expect(wheel.takeExpired() == [])
  }

  @Test func `can cancel a timer that is due but was not handed out yet`() {
    var wheel = TimerWheel(now: 0)
    _ = wheel.schedule(at: tick, token: 1)
    let second = wheel.schedule(at: tick, token: 2)
    wheel.advance(to: tick)
    let first = wheel.popExpired()
    wheel.cancel(second)
    #expect(first == 1)
    #expect(wheel.takeExpired() == [])
  }

  @Test func `moves a timer, even one that is due`() {
    var wheel = TimerWheel(now: 0)
    let timer = wheel.schedule(at: tick, token: 1)
    wheel.rearm(timer, at: 50 * tick)
    wheel.advance(to: 49 * tick)
    #expect(wheel.takeExpired() == [])
    wheel.advance(to: 50 * tick)
    let moved = wheel.rearm(timer, at: 60 * tick)
    #expect(moved)
    #expect(wheel.takeExpired() == [])
    wheel.advance(to: 60 * tick)
    #expect(wheel.takeExpired() == [1])
    let again = wheel.rearm(timer, at: 70 * tick)
    #expect(!again)
  }

  @Test func `does not mistake a new timer for the old one in its place`() {
    var wheel = TimerWheel(now: 0)
    let old = wheel.schedule(at: tick, token: 1)
    wheel.cancel(old)
    let new = wheel.schedule(at: tick, token: 2)
    let cancelled = wheel.cancel(old)
    let moved = wheel.rearm(old, at: 9 * tick)
    #expect(old != new)
    #expect(cancelled == nil)
    #expect(!moved)
    wheel.advance(to: tick)
    #expect(wheel.takeExpired() == [2])
  }

  @Test func `fires a timer that was scheduled for the past at the next tick`() {
    var wheel = TimerWheel(now: 100 * tick)
    _ = wheel.schedule(at: 3, token: 1)
    wheel.advance(to: 101 * tick - 1)
    #expect(wheel.takeExpired() == [])
    wheel.advance(to: 101 * tick)
    #expect(wheel.takeExpired() == [1])
  }

  @Test func `bears the farthest moment and a clock that does not go on`() {
    var wheel = TimerWheel(now: 5 * tick)
    let timer = wheel.schedule(at: .max, token: 1)
    wheel.advance(to: 0)
    wheel.advance(to: 1 << 62)
    #expect(wheel.takeExpired() == [])
    let cancelled = wheel.cancel(timer)
    #expect(cancelled == 1)
  }

  /// Random work, compared with a list that does the same the slow way.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `does what a plain list would do`(seed: UInt64) {
    var random = Generator(state: seed)
    var now = UInt64.random(in: 0..<1 << 40, using: &random)
    var wheel = TimerWheel(now: now)
    var list: [UInt64: (timer: TimerWheel.Timer, due: UInt64)] = [:]
    for token in 0..<4_000 as Range<UInt64> {
      let delay = UInt64.random(
        in: 0..<1 << UInt64.random(in: 20..<46, using: &random), using: &random)
      let due = max(now / tick + 1, (now + delay + tick - 1) / tick)
      switch UInt64.random(in: 0..<10, using: &random) {
      case 0...5: list[token] = (wheel.schedule(at: now + delay, token: token), due)
      case 6:
        guard let (victim, entry) = list.randomElement(using: &random) else { continue }
        let cancelled = wheel.cancel(entry.timer)
        #expect(cancelled == victim)
        list[victim] = nil
      case 7:
        guard let (moved, entry) = list.randomElement(using: &random) else { continue }
        let done = wheel.rearm(entry.timer, at: now + delay)
        #expect(done)
        list[moved]?.due = due
      default:
        // What the wheel says about the next moment is never later than the truth.
        let truth = list.values.map { $0.due * tick }.min()
        let next = wheel.nextDeadline
        #expect((next == nil) == (truth == nil))
        #expect(next ?? 0 <= truth ?? 0)
        now += delay
        wheel.advance(to: now)
        let expired = list.filter { $0.value.due <= now / tick }
        let fired = wheel.takeExpired()
        #expect(Set(fired) == Set(expired.keys))
        #expect(fired.map { expired[$0]?.due ?? 0 } == expired.values.map(\.due).sorted())
        for token in fired { list[token] = nil }
      }
    }
    let count = wheel.count
    #expect(count == list.count)
  }
}

extension TimerWheel {
  fileprivate mutating func takeExpired() -> [UInt64] {
    var tokens: [UInt64] = []
    while let token = popExpired() { tokens.append(token) }
    return tokens
  }
}

/// SplitMix64: the same numbers in every run.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
