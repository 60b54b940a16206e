import Loop
import Primitives
import Testing

@Suite struct `Manual time` {
  @Test func `passes only when it is told to`() {
    let time = ManualTime(monotonic: 5, unixMilliseconds: 1_000)
    #expect(time.monotonic == 5)
    #expect(time.unixMilliseconds == 1_000)
    time.advance(by: .microseconds(1_500))
    #expect(time.monotonic == 1_500_005)
    #expect(time.unixMilliseconds == 1_001)
  }

  @Test func `tells those who wait`() {
    let time = ManualTime()
    let told = Locked(0)
    time.whenTurned { told.withLock { $0 += 1 } }
    time.advance(by: .seconds(1))
    time.advance(by: .zero)
    #expect(told.withLock { $0 } == 2)
  }

  @Test(
    arguments: [
      (Duration.seconds(2), 2_000_000_000), (.nanoseconds(7), 7), (.milliseconds(-1), 0),
      (.zero, 0),
    ] as [(Duration, UInt64)])
  func `counts durations in nanoseconds`(duration: Duration, nanoseconds: UInt64) {
    #expect(duration.nanoseconds == nanoseconds)
  }

  @Test func `of the machine goes on`() {
    let time = SystemTime()
    let before = time.monotonic
    #expect(time.monotonic >= before)
    #expect(time.unixMilliseconds > 1_700_000_000_000)
  }
}
