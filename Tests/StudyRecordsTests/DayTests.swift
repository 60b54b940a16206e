import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct `The hours of a day` {
  private func days(_ library: Library, _ query: String) async -> [String: Int] {
    let answer = await library.call(.get, "users/myself/days?\(query)")
    return (answer.json["days"]?.array ?? []).reduce(into: [:]) { days, day in
      days[day["date"]?.string ?? ""] = day["seconds"]?.int
    }
  }

  @Test(arguments: Engine.testable)
  func `are those of finished records`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let found = await days(library, "from=2017-03-01&to=2017-03-31")
      #expect(found == ["2017-03-25": 1800 + 2729 + 1800 + 1803 + 1859])
    }
  }

  @Test func `are split at midnight here and end with the range`() async throws {
    try await withLibrary { library in
      _ = await library.start(["start_time": "2017-03-23 15:00:00"], as: library.bllli)
      _ = await library.finish(
        8, ["end_time": "2017-03-24 17:00:00"], as: library.bllli)
      let found = await days(library, "from=2017-03-23&to=2017-03-24")
      #expect(found == ["2017-03-23": 3600, "2017-03-24": 86_400])
      #expect(await days(library, "from=2017-03-26&to=2017-03-26") == [:])
    }
  }

  @Test func `count records that overlap once`() async throws {
    try await withLibrary { library in
      for (id, start, end) in [(8, "00", "03"), (9, "01", "02"), (10, "02", "04")] {
        _ = await library.start(
          ["start_time": .string("2017-03-24 \(start):00:00")], as: library.bllli)
        _ = await library.finish(
          id, ["end_time": .string("2017-03-24 \(end):00:00")], as: library.bllli)
      }
      #expect(await days(library, "from=2017-03-24&to=2017-03-24") == ["2017-03-24": 4 * 3600])
    }
  }

  @Test func `are those of the local day, also when it has 23 hours`() async throws {
    let berlin = try #require(LocalZone(named: "Europe/Berlin"))
    try await withLibrary(zone: berlin) { library in
      // From the noon before until the noon after 2017-03-26, by UTC.
      _ = await library.start(["start_time": "2017-03-25 12:00:00"], as: library.bllli)
      _ = await library.finish(8, ["end_time": "2017-03-27 12:00:00"], as: library.bllli)
      #expect(
        await days(library, "from=2017-03-26&to=2017-03-27")
          == ["2017-03-26": 23 * 3600, "2017-03-27": 14 * 3600])
      let answer = await library.call(.get, "users/myself/days?from=2017-03-26&to=2017-03-27")
      #expect(answer.json["zone"] == "Europe/Berlin" && answer.json["zone_offset"] == 3600)
    }
  }

  @Test(arguments: [
    "", "from=2017-03-25", "from=2017-03-25&to=2017-03-24", "from=x&to=y",
    "from=2017-01-01&to=2018-12-31", "from=0001-01-01&to=9999-12-31",
  ])
  func `need a range of days`(query: String) async throws {
    try await withLibrary { library in
      #expect(await library.call(.get, "users/myself/days?\(query)").status == 400)
    }
  }
}
