import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// Pages of plugins against the rules of axe, whose script `MUSTER_AXE` names: `MUSTER_AXE=axe.min.js`.
  @Suite(.enabled(if: Axe.script != nil, "MUSTER_AXE names no script"))
  struct AccessibilityTests {
    @BrowserThread private static func check(_ page: Page) throws {
      try page.evaluate(Axe.script ?? "")
      let found = try page.evaluate(
        "axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target)}`))"
      )
      #expect(found == [])
      try page.close()
    }

    /// Days of last month with every shade of the calendar.
    private static let days = """
      (async () => { const headers = {token: JSON.parse(sessionStorage.getItem('muster.login')).token}; \
      const call = async (path, method, json) => (await fetch(path, {method, headers, body: JSON.stringify(json)})).json(); \
      const now = new Date(), text = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' '); \
      for (const [day, hours] of [[2, 0.5], [3, 1.5], [4, 3], [5, 5]]) { \
      const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, day, 1); \
      const {url} = await call('/api/v1.0/studys/', 'POST', {start_time: text(start)}); \
      await call(url, 'PUT', {end_time: text(start + hours * 3600000)}); } })()
      """

    @Test(arguments: ["", "chenwei", "bllli"], [false, true])
    func `the page of study records breaks no rule`(login: String, isDark: Bool) async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        if isDark { try page.darken() }
        try page.open("/study")
        if !login.isEmpty {
          try page.logIn(login, login == "bllli" ? "123" : "chen123456")
          try page.wait(
            "document.querySelector('#records b') || !document.querySelector('#visitor').hidden")
        }
        if login == "bllli" {
          try page.evaluate(AccessibilityTests.days)
          try page.click("#earlier")
          try page.wait("[1, 2, 3, 4].every((l) => document.querySelector(`#calendar .l${l}`))")
        }
        try AccessibilityTests.check(page)
      }
    }

    @Test(arguments: ["", "admin", "lin"], [false, true])
    func `the page for signing in breaks no rule`(login: String, isDark: Bool) async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        if isDark { try page.darken() }
        try page.open("/sign")
        if !login.isEmpty {
          try page.logIn(login, login == "lin" ? "lin123456" : "123456")
          try page.wait("document.querySelector('#open h3, #tasks button')")
          try page.evaluate("document.querySelector('#tasks button')?.click()")
        }
        try AccessibilityTests.check(page)
      }
    }
  }
}

private enum Axe {
  static let script = getenv("MUSTER_AXE").flatMap { TextFile.read(String(cString: $0)) }
}
