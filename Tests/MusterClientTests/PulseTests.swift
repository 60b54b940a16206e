import Testing

@testable import MusterClient

@Suite struct PulseTests {
  /// Everything that is due at these moments.
  private func beats(_ pulse: inout Pulse, at moments: Int64...) -> [Pulse.Beat?] {
    moments.map { pulse.beat(at: $0) }
  }

  @Test func `nothing said for ten seconds is followed by a ping, and data grow old at sixteen`() {
    var pulse = Pulse(now: 0)
    let due = beats(&pulse, at: 9_999, 10_000, 10_000, 15_000, 15_999, 16_000)
    #expect(due == [nil, .ping, nil, .ping, nil, .stale])
    #expect(pulse.isStale)
    let wasStale = pulse.heard(at: 17_000)
    #expect(wasStale)
    #expect(!pulse.isStale)
  }

  @Test func `who is heard and speaks needs no ping`() {
    var pulse = Pulse(now: 0)
    for moment in stride(from: Int64(5_000), through: 60_000, by: 5_000) {
      let wasStale = pulse.heard(at: moment)
      pulse.sent(at: moment)
      let due = pulse.beat(at: moment + 4_999)
      #expect(!wasStale && due == nil)
    }
  }

  @Test func `a line that is silent for a minute is lost`() {
    var pulse = Pulse(now: 0)
    _ = pulse.heard(at: 1_000)
    let due = beats(&pulse, at: 60_999, 61_000)
    #expect(due == [.stale, .lost])
  }

  @Test func `the next moment is never behind what is due`() {
    var pulse = Pulse(now: 0)
    var now: Int64 = 0
    while now < 60_000 {
      #expect(pulse.nextDeadline > now)
      now = pulse.nextDeadline
      while let beat = pulse.beat(at: now), beat != .lost {}
    }
    #expect(now == 60_000)
  }
}
