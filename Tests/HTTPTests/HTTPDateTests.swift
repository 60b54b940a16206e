import Testing

@testable import HTTP

@Suite struct `An HTTP date` {
  private func parse(_ text: String) -> Int? { HTTPDate(text.utf8.span)?.unixSeconds }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
    (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
  ])
  func `is written and read back`(seconds: Int, text: String) {
    #expect(HTTPDate(unixSeconds: seconds).text == text)
    #expect(parse(text) == seconds)
  }

  @Test func `goes there and back on every day of three centuries`() {
    var day = -50 * 365
    while day < 250 * 365 {
      let seconds = day * 86400 + (day & 0xFFFF)
      #expect(parse(HTTPDate(unixSeconds: seconds).text) == seconds)
      day += 1
    }
  }

  @Test func `is read in its two old forms`() {
    #expect(parse("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
    #expect(parse("Sun Nov  6 08:49:37 1994") == 784_111_777)
    #expect(parse("Wednesday, 01-Jan-69 00:00:00 GMT") == parse("Tue, 01 Jan 2069 00:00:00 GMT"))
    #expect(parse("Wed Nov 16 08:49:37 1994") == 784_975_777)
  }

  @Test(arguments: [
    "", "x", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
    "Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
    "Sun, 31 Apr 1994 08:49:37 GMT", "Sun, 29 Feb 1900 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 19x4 08:49:37 GMT", "Sun Nov 06 08:49:37 19944", "Sunday, 06-Nov-94",
    "Sun; 06 Nov 1994 08:49:37 GMT", "784111777", "S, 06-Nov-94 08:49:37 GMT",
  ])
  func `is refused in any other form`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `stays among the years that can be written`() {
    #expect(HTTPDate(unixSeconds: .max).text == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(HTTPDate(unixSeconds: .min).text == "Sat, 01 Jan 0000 00:00:00 GMT")
  }
}
