import JSON
import Rig
import Testing

extension InBrowser {
  @Suite struct DocsPageTests {
    private static func call(_ method: String, _ path: String) -> String {
      """
      [...document.querySelectorAll('.call')].find((c) => c.querySelector('.verb').textContent === \
      '\(method)' && c.querySelector('summary code').textContent === '\(path)')
      """
    }

    @Test func `every call and topic is shown, and a call can be tried`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/docs")
        let calls = try page.evaluate(
          """
          fetch('/openapi.json').then((r) => r.json()).then((d) => \
          Object.values(d.paths).flatMap((item) => Object.keys(item)).length)
          """)
        try page.wait("document.querySelectorAll('#http .call').length === \(calls)")
        for topic in ["chat.room.{name}", "checkin.presence", "hub.stats"] {
          try page.wait(DocsPageTests.call("SEND", topic))
        }
        // What stands in the document once is shown at each call.
        let seat = DocsPageTests.call("GET", "/chatroom/list")
        try page.evaluate("(\(seat)).open = true")
        try page.wait("(\(seat)).textContent.includes('try again later')")
        try page.evaluate("(\(seat)).querySelector('form button').click()")
        try page.wait("(\(seat)).querySelector('[aria-live]').textContent.includes('TEST')")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }
  }
}
