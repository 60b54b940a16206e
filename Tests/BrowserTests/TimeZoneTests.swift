import JSON
import Rig
import Testing

extension InBrowser {
  /// Pages of a server in another zone than their reader's, which is Asia/Shanghai.
  @Suite struct TimeZoneTests {
    /// What a clock on the wall in that zone shows, by the browser's own knowledge.
    private static func wallClock(_ zone: String, secondsAgo: Int = 0) -> String {
      """
      new Date(Date.now() - \(secondsAgo) * 1000).toLocaleTimeString('en', {timeZone: '\(zone)', hour: '2-digit', minute: '2-digit', \
      hourCycle: 'h23'})
      """
    }

    @Test(
      arguments: [
        ("Europe/Berlin", "Europe/Berlin"), ("-05:00", "Etc/GMT+5"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
      ], Language.allCases)
    func `stays, clock, ticker and chart are by the lab's clock`(
      zones: (told: String, known: String), language: Language
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer(["time_zone=\(zones.told)"])
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(language)
        try page.wait("document.querySelector('#here').textContent === '1'")
        try page.evaluate("fetch('/login?studentid=2000301416').then((r) => r.json())")
        let stay = "document.querySelector('#present li[title=\"2000301416\"] time').textContent"
        try page.wait("/^0:00:[0-5]/.test(\(stay))")
        let clock = Self.wallClock(zones.known)
        try page.wait("document.querySelector('#clock').textContent === \(clock)")
        // The minute may have ended since that person came in.
        let before = Self.wallClock(zones.known, secondsAgo: 60)
        try page.wait(
          "[\(clock), \(before)].includes(document.querySelector('#ticker time').textContent)")
        try page.wait("document.querySelector('#date').textContent.endsWith('· \(zones.told)')")
        // The curve begins at the lab's own midnight.
        try page.wait(
          """
          [...document.querySelectorAll('#chart text')].some((label) => label.textContent === '0:00' \
          && Math.abs(label.getAttribute('x') \
          - parseFloat(document.querySelector('#chart .edge').getAttribute('d').slice(1))) < 1)
          """)
        // A page that is loaded anew reads the same from the snapshot and the history.
        try page.reload()
        try page.wait("/^0:0[0-5]:/.test(\(stay))")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `the clock is right on both days of the year on which it is changed`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer(["time_zone=Europe/Berlin"])
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/")
        let shown = try page.evaluate(
          """
          import(document.querySelector('link[rel=modulepreload]').href).then((ui) => [
            1774745999, 1774746000, 1792888200, 1792891800, 1774738799, 1774738800, 1774821599, 1774821600,
          ].map((moment) => `${ui.dayOf(moment * 1000)} ${ui.clockTime(moment * 1000)}`))
          """)
        #expect(
          shown == [
            "2026-03-29 01:59", "2026-03-29 03:00", "2026-10-25 02:30", "2026-10-25 02:30",
            "2026-03-28 23:59", "2026-03-29 00:00", "2026-03-29 23:59", "2026-03-30 00:00",
          ])
        let read = try page.evaluate(
          """
          import(document.querySelector('link[rel=modulepreload]').href).then((ui) => [
            '2026-03-29T01:59', '2026-03-29T02:30', '2026-03-29T03:30', '2026-10-25T02:30',
          ].map((text) => ui.moment(text) / 1000))
          """)
        #expect(read == [1_774_745_940, 1_774_747_800, 1_774_747_800, 1_792_888_200])
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `the chat has the lab's times and days`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer(["time_zone=America/Los_Angeles"])
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/chat")
        try page.logIn("tao", "tao123456")
        try page.wait("document.querySelector('#rooms button[data-room=TEST]')")
        try page.click("#rooms button[data-room=TEST]")
        try page.type("good morning", into: ".compose textarea")
        try page.click(".compose button")
        try page.wait(
          """
          document.querySelector('.log .line:not(.pending) time').textContent === \
          \(Self.wallClock("America/Los_Angeles"))
          """)
        try page.wait("document.querySelector('.day').textContent === 'Today'")
        try page.close()
      }
    }
  }
}
