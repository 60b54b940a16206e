import JSON
import Rig
import Testing

extension InBrowser {
  @Suite struct AdminPageTests {
    private static func row(_ table: String, _ text: String) -> String {
      "[...document.querySelectorAll('#\(table) tbody tr')].find((r) => r.textContent.includes('\(text)'))"
    }

    @Test func `staff sees who is here, sends away, and locks`() async throws {
      try await BrowserThread.run {
        let guest = try InBrowser.newPage()
        try guest.open("/chat")
        try guest.logIn("bllli", "123")
        try guest.wait("document.querySelector('#link .dot.live')")

        let page = try InBrowser.newPage()
        try page.open("/admin")
        try page.wait("!document.querySelector('#gate').hidden")
        #expect(try page.evaluate("document.querySelector('#desk').hidden") == true)
        try page.logIn("admin", "123456")
        try page.wait("!document.querySelector('#desk').hidden")
        for plugin in ["hub", "chat", "checkin"] {
          try page.wait(AdminPageTests.row("plugins", plugin))
        }
        try page.wait(AdminPageTests.row("topics", "hub.stats"))

        let line = AdminPageTests.row("connections", "bllli")
        try page.wait(line)
        try page.evaluate("(\(line)).querySelector('button').click()")
        try page.wait("document.querySelector('dialog button[value=yes]')")
        try page.click("dialog button[value=yes]")
        try guest.wait("document.querySelector('#stopped')")
        try page.wait("!(\(line))")

        try page.type("4130209101", into: "#accounts-find")
        try page.wait("document.querySelectorAll('#accounts tbody tr').length === 1")
        let account = AdminPageTests.row("accounts", "bllli")
        try page.evaluate("(\(account)).querySelector('button').click()")
        try page.click("dialog button[value=yes]")
        try page.wait("(\(account))?.querySelector('s')")
        try page.evaluate("(\(account)).querySelector('button').click()")
        try page.wait("(\(account))?.querySelector('b')")
        for action in ["user.disconnected", "account.locked", "account.unlocked"] {
          try page.wait(AdminPageTests.row("audit", action))
        }
        #expect(try page.complaints() == [])
        try page.close()
        try guest.close()
      }
    }

    @Test(arguments: [(Language.english, "Confirm"), (.chinese, "确认")])
    func `staff confirms an account that its holder made, and leaves nothing behind`(
      language: Language, word: String
    ) async throws {
      try await BrowserThread.run {
        let name = "newcomer \(language.rawValue)"
        let guest = try InBrowser.newPage()
        try guest.open("/chat")
        let telephone = language == .english ? "13900000077" : "13900000078"
        try guest.logIn(telephone, "newcomer-123", registering: name)
        try guest.close()

        let page = try InBrowser.newPage()
        try page.open("/admin")
        try page.speak(language)
        try page.logIn("admin", "123456")
        try page.wait("!document.querySelector('#desk').hidden")
        try page.type(name, into: "#accounts-find")
        let account = AdminPageTests.row("accounts", name)
        let button =
          "[...(\(account)).querySelectorAll('button')].find((b) => b.textContent === '\(word)')"
        try page.wait(button)
        try page.evaluate("(\(button)).click()")
        try page.wait("document.querySelector('dialog').textContent.includes('\(name)')")
        try page.click("dialog button[value=yes]")
        try page.wait("(\(account)) && !(\(button))")
        try page.wait(AdminPageTests.row("audit", "account.confirmed"))
        #expect(try page.complaints() == [])

        try page.click("#login")
        try page.wait("!document.querySelector('#gate').hidden")
        let rows = "document.querySelectorAll('#desk td').length"
        #expect(try page.evaluate(rows) == 0)
        #expect(try page.evaluate("document.body.textContent.includes('\(name)')") == false)
        try page.close()
      }
    }

    @Test func `a student is told that this is not for them`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/admin")
        try page.logIn("lin", "lin123456")
        try page.wait("document.querySelector('#me').textContent === 'lin'")
        #expect(try page.evaluate("document.querySelector('#desk').hidden") == true)
        #expect(try page.evaluate("document.querySelector('#gate').hidden") == false)
        #expect(
          try page.evaluate("document.querySelector(\"nav [href='/admin']\") !== null") == true)
        try page.close()
      }
    }
  }
}
