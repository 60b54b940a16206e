import JSON
import Rig
import Testing

extension InBrowser {
  /// A second look, from the teacher's roll to the phones and back.
  @Suite struct SecondLookTests {
    private static func person(_ user: Int, _ words: String) -> String {
      "document.querySelector('[data-user=\"\(user)\"]').innerText.includes('\(words)')"
    }

    @BrowserThread private static func roll(_ server: DemoServer) throws -> Page {
      let page = try InBrowser.newPage(of: server)
      try page.open("/admin/activities")
      try page.logIn("wangfang", "wang123456")
      try page.wait("document.querySelector('[data-item=\"12\"]')")
      try page.click("[data-item=\"12\"]")
      try page.wait("document.querySelector('#roll-in')?.textContent === '1'")
      return page
    }

    @BrowserThread private static func scan(_ phone: Page, _ screen: Page) throws {
      try phone.evaluate("document.querySelector('#text').value = ''")
      try phone.type(try ProjectorScreen.read(screen), into: "#text")
      try phone.click("#paste button")
    }

    @Test func `the roll plans it, a phone scans again, and the roll shows who was not seen`()
      async throws
    {
      try await BrowserThread.run {
        let server = try DemoServer(["campus.second_look=true"])
        defer { server.stop() }
        let screen = try ProjectorScreen.open(server)
        let roll = try Self.roll(server)
        let phone = try InBrowser.newPage(of: server)
        try phone.resize(390, 844)
        try phone.open("/scan")
        try phone.logIn("chenwei", "chen123456")
        try Self.scan(phone, screen)
        try phone.wait("document.querySelector('#answer.refused')")

        try roll.click("#roll label.check + button")
        try roll.evaluate("document.querySelector('dialog [name=within_minutes]').value = 1")
        try roll.click("dialog button[value=yes]")
        // The moment is random within the minute, and nothing shows it before.
        try roll.wait(Self.person(7, "not seen again"), within: 75)
        try Self.scan(phone, screen)
        try phone.wait("document.querySelector('#answer:not(.refused)')?.innerText.includes('签到')")
        try roll.wait(
          "!(\(Self.person(7, "not seen again"))) && \(Self.person(7, "seen again"))", within: 5)
        #expect(try roll.text("#roll-in") == "1")
        #expect(try screen.text("#total") == "1")
        for page in [roll, phone, screen] {
          #expect(try page.complaints().filter { !$0.contains("400") } == [])
          try page.close()
        }
      }
    }
  }
}
