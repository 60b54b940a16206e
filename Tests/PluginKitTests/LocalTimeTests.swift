import PluginKit
import Testing

@Suite struct LocalTimeTests {
  @Test(arguments: [
    "2022-08-31 17:58:55", "2024-02-29 00:00:00", "1999-12-31 23:59:59", "0004-01-02 03:04:05",
  ])
  func `a moment is printed as it was read`(text: String) throws {
    let time = try #require(LocalTime(text))
    #expect(time.dateTime == text)
    #expect(LocalTime(time.unixMilliseconds).dateTime == text)
    #expect("\(time.date) \(time.time)" == text)
  }

  @Test(arguments: [
    "2023-02-29 00:00:00", "2022-08-31 24:00:00", "2022-08-31", "2022-13-01 00:00:00",
  ])
  func `what is no moment is refused`(text: String) { #expect(LocalTime(text) == nil) }
}
