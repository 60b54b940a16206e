import JSON
import Testing

extension InBrowser {
  @Suite struct DashboardTests {
    @Test func `the dashboard shows a check-in and a check-out as they happen`() async throws {
      try await BrowserThread.run {
        let board = try InBrowser.newPage()
        let door = try InBrowser.newPage()
        try board.open("/dashboard")
        try board.wait(
          "document.querySelector('#link .dot.live') && document.querySelector('#bar').hidden")
        try board.wait("document.querySelector('#here').textContent === '1'")
        try door.open("/")

        let came = try door.evaluate("fetch('/login?studentid=2000301416').then((r) => r.json())")
        #expect(came["flag"] == true)
        try board.wait("document.querySelector('#here').textContent === '2'")
        try board.wait(
          "document.querySelector('#present li[title=\"2000301416\"]').textContent.includes('zhou')"
        )
        try board.wait("document.querySelector('#ticker li').textContent.includes('zhou')")
        try board.wait("document.querySelector('#chart svg')")

        try board.type("2000301416", into: "#number")
        try board.click("#kiosk button[value=logout]")
        try board.wait("document.querySelector('#answer').textContent.includes('2000301416')")
        try board.wait("document.querySelector('#here').textContent === '1'")
        try board.wait("!document.querySelector('#present li[title=\"2000301416\"]')")
        #expect(try board.complaints() == [])
        try board.close()
        try door.close()
      }
    }
  }
}
