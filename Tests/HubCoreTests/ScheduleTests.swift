import PluginKit
import Testing

@testable import PluginHost

/// When jobs are due where the clock on the wall is changed.
struct ScheduleTests {
  private let berlin: LocalZone

  init() throws { berlin = try #require(LocalZone(named: "Europe/Berlin")) }

  /// All moments at which a schedule is due from one local time until another, as a clock that is
  /// looked at every half a minute finds them.
  private func due(
    _ schedule: Schedule, from start: String, until end: String, in zone: LocalZone
  ) throws -> [String] {
    var now = try #require(zone.time(start)).unixMilliseconds
    let end = try #require(zone.time(end)).unixMilliseconds
    var due = schedule.next(after: now, zone: zone)
    var moments: [String] = []
    while now < end {
      now += 30_000
      guard due <= now else { continue }
      moments.append(zone.time(at: due).dateTime)
      due = schedule.next(after: now, zone: zone)
    }
    return moments
  }

  @Test func `a time that the clock skips comes once, and the days around are as always`() throws {
    #expect(
      try due(
        .daily(at: TimeOfDay(2, 30)), from: "2026-03-27 12:00:00", until: "2026-03-31 12:00:00",
        in: berlin) == [
          "2026-03-28 02:30:00", "2026-03-29 03:30:00", "2026-03-30 02:30:00",
          "2026-03-31 02:30:00",
        ])
  }

  @Test func `a time that the clock shows twice comes once`() throws {
    #expect(
      try due(
        .daily(at: TimeOfDay(2, 30)), from: "2026-10-23 12:00:00", until: "2026-10-27 12:00:00",
        in: berlin) == [
          "2026-10-24 02:30:00", "2026-10-25 02:30:00", "2026-10-26 02:30:00",
          "2026-10-27 02:30:00",
        ])
  }

  @Test func `the hour of the night stays the same all year`() throws {
    let nights = try due(
      .daily(at: TimeOfDay(23, 30)), from: "2026-01-01 00:00:00", until: "2027-01-01 00:00:00",
      in: berlin)
    #expect(nights.count == 365)
    #expect(nights.allSatisfy { $0.hasSuffix("23:30:00") })
  }

  @Test func `a week is counted by days, not by hours`() throws {
    #expect(
      try due(
        .weekly(on: .sunday, at: TimeOfDay(2, 30)), from: "2026-03-20 00:00:00",
        until: "2026-04-06 00:00:00", in: berlin) == [
          "2026-03-22 02:30:00", "2026-03-29 03:30:00", "2026-04-05 02:30:00",
        ])
  }

  @Test func `a job whose moment was just reached is not due again at the second showing`() throws {
    let first = try #require(berlin.time("2026-10-25 02:30:00")).unixMilliseconds
    let schedule = Schedule.daily(at: TimeOfDay(2, 30))
    for later in [0, 1_800_000, 3_600_000, 7_200_000] as [Int64] {
      let next = schedule.next(after: first + later, zone: berlin)
      #expect(berlin.time(at: next).dateTime == "2026-10-26 02:30:00")
    }
  }

  @Test func `a clock that is never changed`() throws {
    #expect(
      try due(
        .weekly(on: .monday, at: TimeOfDay(0, 0)), from: "2026-03-28 00:00:00",
        until: "2026-04-07 00:00:00", in: .shanghai) == [
          "2026-03-30 00:00:00", "2026-04-06 00:00:00",
        ])
  }
}
