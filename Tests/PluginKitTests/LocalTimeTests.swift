import PluginKit
import Testing

@Suite struct LocalTimeTests {
  @Test(arguments: [
    "2022-08-31 17:58:55", "2024-02-29 00:00:00", "1999-12-31 23:59:59", "0004-01-02 03:04:05",
  ])
  func `a moment is printed as it was read`(text: String) throws {
    let time = try #require(LocalZone.shanghai.time(text))
    #expect(time.dateTime == text)
    #expect(LocalZone.shanghai.time(at: time.unixMilliseconds).dateTime == text)
    #expect("\(time.date) \(time.time)" == text)
  }

  @Test func `a zone reads and prints by its own clock`() throws {
    let here = LocalZone(offsetSeconds: -(3 * 3600 + 1800))
    let time = try #require(here.time("2024-02-28 21:15:00"))
    #expect(LocalZone.shanghai.time(at: time.unixMilliseconds).dateTime == "2024-02-29 08:45:00")
    #expect(here.time(at: time.unixMilliseconds).dateTime == "2024-02-28 21:15:00")
    #expect(here.time(at: time.unixMilliseconds).weekday == .wednesday)
  }

  @Test(arguments: [
    "2023-02-29 00:00:00", "2022-08-31 24:00:00", "2022-08-31", "2022-13-01 00:00:00",
  ])
  func `what is no moment is refused`(text: String) {
    #expect(LocalZone.shanghai.time(text) == nil)
  }
}
