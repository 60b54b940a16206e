import Testing

@testable import Configuration

@Suite struct UnitsTests {
  @Test(arguments: [
    ("250ms", 250), ("10s", 10_000), ("5m", 300_000), ("12h", 43_200_000), ("7d", 604_800_000),
    ("0", 0), ("90 s", 90_000),
  ])
  func `time spans`(text: String, milliseconds: Int) throws {
    let span = try #require(Duration(configured: text))
    #expect(span.inMilliseconds == milliseconds)
    #expect(Duration(configured: span.yaml) == span)
  }

  @Test(arguments: [
    "", "10", "s", "-1s", "1.5s", "1w", "99999999999999999999s", "9999999999999999d", "3651d",
  ])
  func `what is no time span`(text: String) { #expect(Duration(configured: text) == nil) }

  @Test(arguments: [
    ("0", 0), ("512", 512), ("512B", 512), ("64KiB", 65_536), ("1MiB", 1_048_576),
    ("2GiB", 2_147_483_648),
  ])
  func `numbers of bytes`(text: String, bytes: Int) throws {
    let count = try #require(ByteCount(configured: text))
    #expect(count.bytes == bytes)
    #expect(ByteCount(configured: count.yaml) == count)
  }

  @Test(arguments: ["", "KiB", "-1", "1KB", "9999999999999GiB", "1025GiB", "1.5MiB"])
  func `what is no number of bytes`(text: String) { #expect(ByteCount(configured: text) == nil) }

  @Test(arguments: [("+08:00", 28_800), ("-03:30", -12_600), ("UTC", 0), ("+00:00", 0)])
  func `time zones`(text: String, seconds: Int) {
    #expect(ConfiguredTimeZone(configured: text) == .offset(seconds: seconds))
  }

  @Test(arguments: ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+8"])
  func `time zones by name`(text: String) throws {
    let zone = try #require(ConfiguredTimeZone(configured: text))
    #expect(ConfiguredTimeZone(configured: text) == zone)
    #expect(zone.yaml == (text.contains("+") ? "\"\(text)\"" : text))
  }

  @Test(arguments: [
    "", "8", "+8", "+08:60", "+15:00", "08:00", "Europe/Berlim", "Europe", "/etc/passwd",
    "../zoneinfo/Europe/Berlin", "Europe/../Europe/Berlin", "right/Europe/Berlin", "tzdata.zi",
  ])
  func `what is no time zone`(text: String) {
    #expect(ConfiguredTimeZone(configured: text) == nil)
  }

  @Test func `seconds are rounded up, so that a short span does not become none`() {
    #expect(Duration.milliseconds(1).inSeconds == 1)
    #expect(Duration.seconds(2).inSeconds == 2)
    #expect(Duration.zero.inSeconds == 0)
  }
}
