import PluginKit
import Testing
import TimeZones

/// Europe/Berlin on the two days of 2026 on which its clock is changed, and on the days around them.
struct LocalZoneTests {
  private let berlin: LocalZone

  init() throws { berlin = try #require(LocalZone(named: "Europe/Berlin")) }

  @Test(arguments: [
    ("2026-03-29 01:59:59", 1_774_745_999), ("2026-03-29 03:00:00", 1_774_746_000),
    ("2026-07-01 12:00:00", 1_782_900_000), ("2026-10-25 03:00:00", 1_792_893_600),
    ("2026-12-24 18:00:00", 1_798_131_600),
  ])
  func `a moment is shown and read by the offset that holds then`(text: String, moment: Int64)
    throws
  {
    #expect(berlin.time(at: moment * 1000).dateTime == text)
    #expect(try #require(berlin.time(text)).unixMilliseconds == moment * 1000)
  }

  @Test func `a time that the clock skips is no moment`() {
    #expect(berlin.time("2026-03-29 02:00:00") == nil)
    #expect(berlin.time("2026-03-29 02:59:59") == nil)
  }

  @Test func `a time that the clock shows twice is the first of the two`() throws {
    let first: Int64 = 1_792_888_200_000
    for moment in [first, first + 3_600_000] {
      #expect(berlin.time(at: moment).dateTime == "2026-10-25 02:30:00")
    }
    #expect(try #require(berlin.time("2026-10-25 02:30:00")).unixMilliseconds == first)
  }

  @Test func `a day begins at its own midnight, also when it has 23 or 25 hours`() throws {
    for day in ["2026-03-29", "2026-10-25"] {
      let midnight = try #require(berlin.time("\(day) 00:00:00")).unixMilliseconds
      let late = try #require(berlin.time("\(day) 23:59:59")).unixMilliseconds
      #expect(berlin.startOfDay(at: late) == midnight)
      #expect(berlin.startOfDay(at: midnight) == midnight)
    }
  }

  @Test func `a day whose midnight is skipped begins with the change`() throws {
    let cairo = try #require(LocalZone(named: "Africa/Cairo"))
    let noon = try #require(cairo.time("2026-04-24 12:00:00")).unixMilliseconds
    #expect(cairo.time(at: cairo.startOfDay(at: noon)).dateTime == "2026-04-24 01:00:00")
  }

  @Test(arguments: [(28_800, "+08:00"), (-12_600, "-03:30"), (0, "+00:00")])
  func `a fixed zone is named by its offset`(seconds: Int, name: String) {
    #expect(LocalZone(offsetSeconds: seconds).name == name)
  }

  @Test func `zones are told apart by their names`() {
    #expect(berlin.name == "Europe/Berlin" && berlin == LocalZone(named: "Europe/Berlin"))
    #expect(berlin != LocalZone(named: "Europe/Paris") && berlin != LocalZone(offsetSeconds: 3600))
    #expect(LocalZone(named: "Europe/Berlim") == nil)
  }
}
