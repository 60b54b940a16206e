import JSON
import Rig
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
        try board.wait("document.querySelector('#answer').textContent.includes('Goodbye, zhou')")
        try board.wait("document.querySelector('#here').textContent === '1'")
        try board.wait("!document.querySelector('#present li[title=\"2000301416\"]')")
        #expect(try board.complaints() == [])
        try board.close()
        try door.close()
      }
    }

    @Test func `a day that cannot be read again is shown as unknown`() async throws {
      try await BrowserThread.run {
        let cable = try InBrowser.newCable()
        defer { cable.remove() }
        let page = try InBrowser.newPage(through: cable)
        try page.prepare(
          """
          let days = 0;
          const real = window.fetch;
          window.fetch = (url, ...rest) => url === '/checkin/day' && ++days > 1 \
          ? Promise.resolve(Response.json({flag: false, msg: '服务器错误', data: null})) \
          : real(url, ...rest);
          """)
        try page.open("/dashboard")
        try page.wait("document.querySelector('#chart svg')")
        cable.pull()
        try page.wait("!document.querySelector('#link .dot.live')")
        cable.plug()
        try page.evaluate("dispatchEvent(new Event('online'))")
        try page.wait("document.querySelector('#chart').innerText === '–'")
        #expect(try page.text("#peak") == "")
        try page.close()
      }
    }

    @Test func `a rush at the door is shown to the last one`() async throws {
      try await BrowserThread.run {
        let board = try InBrowser.newPage()
        let door = try InBrowser.newPage()
        try board.open("/dashboard")
        try board.wait("document.querySelector('#here').textContent === '1'")
        try door.open("/")
        _ = try door.evaluate(
          """
          fetch('/adduser', {method: 'POST', headers: {'Content-Type': 'application/json'},
            body: JSON.stringify(Array.from({length: 60}, (_, i) =>
              ({name: `rush ${i}`, studentid: `${2100400000 + i}`})))}).then((r) => r.json())
          """)
        for (action, count) in [("login", "61"), ("logout", "1")] {
          let done = try door.evaluate(
            """
            Promise.all(Array.from({length: 60}, (_, i) =>
              fetch(`/\(action)?studentid=${2100400000 + i}`).then((r) => r.json())))
              .then((all) => all.filter((one) => one.flag).length)
            """)
          #expect(done == 60)
          try board.wait("document.querySelector('#here').textContent === '\(count)'")
        }
        // Nobody leads who has not been there for an hour's hundredth.
        #expect(
          try board.evaluate("document.querySelector('#ranks').textContent.includes('0.00')")
            == false)
        #expect(try board.complaints() == [])
        try board.close()
        try door.close()
      }
    }
  }
}
