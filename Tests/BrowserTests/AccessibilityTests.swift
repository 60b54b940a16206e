import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// The page for signing in against the rules of axe, whose script `MUSTER_AXE` names: `MUSTER_AXE=axe.min.js`.
  @Suite(.enabled(if: Axe.script != nil, "MUSTER_AXE names no script"))
  struct AccessibilityTests {
    @Test(arguments: ["", "admin", "lin"], [false, true])
    func `the page breaks no rule`(login: String, isDark: Bool) async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        if isDark { try page.darken() }
        try page.open("/sign")
        if !login.isEmpty {
          try page.logIn(login, login == "lin" ? "lin123456" : "123456")
          try page.wait("document.querySelector('#open h3, #tasks button')")
          try page.evaluate("document.querySelector('#tasks button')?.click()")
        }
        try page.evaluate(Axe.script ?? "")
        let found = try page.evaluate(
          "axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target)}`))"
        )
        #expect(found == [])
        try page.close()
      }
    }
  }
}

private enum Axe {
  static let script = getenv("MUSTER_AXE").flatMap { TextFile.read(String(cString: $0)) }
}
