import Testing

@testable import TimeZones

struct TimeZoneDatabaseTests {
  @Test(arguments: [
    // 2026-03-29 and 2026-10-25, 01:00 UTC; and far in the future, by the rule.
    ("Europe/Berlin", 1_774_746_000, 3600, 7200), ("Europe/Berlin", 1_792_890_000, 7200, 3600),
    ("Europe/Berlin", 4_109_878_800, 3600, 7200),
    // 2026-03-08, 10:00 UTC.
    ("America/Los_Angeles", 1_772_964_000, -28_800, -25_200),
    // By half an hour: 2026-04-04, 15:00 UTC.
    ("Australia/Lord_Howe", 1_775_314_800, 39_600, 37_800),
  ])
  func `zones of the machine change when they should`(
    name: String, moment: Int64, before: Int, after: Int
  ) throws {
    let rules = try TimeZoneDatabase.system.rules(named: name)
    #expect(rules.offsetSeconds(at: moment - 1) == before)
    #expect(rules.offsetSeconds(at: moment) == after)
  }

  @Test func `a zone without changes stays`() throws {
    let rules = try TimeZoneDatabase.system.rules(named: "Asia/Shanghai")
    #expect(rules.offsetSeconds(at: 1_800_000_000) == 28_800)
  }

  @Test(arguments: ["", "/", "Europe", "Europe/", "/Europe/Berlin", "../../../etc/passwd", "a\0b"])
  func `a name that is none is unknown`(name: String) {
    #expect(throws: TimeZoneError.unknown) { try TimeZoneDatabase.system.rules(named: name) }
  }

  @Test func `a machine without the database says so`() {
    #expect(!TimeZoneDatabase(folder: "/nonexistent").isInstalled)
    #expect(TimeZoneDatabase.system.isInstalled)
  }
}
