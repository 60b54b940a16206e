import Testing

@testable import Outbound

@Suite struct RetryScheduleTests {
  private let schedule = RetrySchedule(
    firstDelaySeconds: 10, longestDelaySeconds: 300, lifeSeconds: 3600)

  @Test func `pauses double up to the longest`() {
    let pauses = (1...8).map { schedule.delay(after: $0, chance: 0) / 1000 }
    #expect(pauses == [10, 20, 40, 80, 160, 300, 300, 300])
    #expect(schedule.delay(after: 1000, chance: 0) == 300_000)
  }

  @Test func `chance adds up to a quarter`() {
    #expect(schedule.delay(after: 1, chance: 1) == 12_500)
  }

  @Test func `it is over when its life is`() {
    #expect(!schedule.isOver(since: 1000, at: 3_600_999))
    #expect(schedule.isOver(since: 1000, at: 3_601_000))
  }
}
