import JSON
import Rig
import Testing

extension InBrowser {
  /// The list of activities, on several devices of one account.
  @Suite struct ActivitiesPageTests {
    private static let meeting = "#list [aria-labelledby=activity-3]"

    private static func has(_ selector: String) -> String {
      "document.querySelector('\(meeting) \(selector)')"
    }

    private static func says(_ words: String) -> String {
      "document.querySelector('\(meeting)')?.innerText.includes('\(words)')"
    }

    @BrowserThread private static func device(
      _ server: DemoServer, _ width: Int, _ height: Int, _ login: String = "lina",
      _ password: String = "lina123456"
    ) throws -> Page {
      let page = try InBrowser.newPage(of: server)
      try page.resize(width, height)
      try page.open("/faculty/activities")
      try page.logIn(login, password)
      try page.wait(says("of 30 places taken"))
      return page
    }

    @BrowserThread private static func enrol(_ page: Page) throws {
      try page.click("\(meeting) button.primary")
      try page.type("李娜", into: "\(meeting) form input")
      try page.click("\(meeting) form button.primary")
    }

    @Test func `an enrolment and its clock-in show on the account's other device at once`()
      async throws
    {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let phone = try Self.device(server, 390, 844)
        let desk = try Self.device(server, 1440, 900)
        let stranger = try Self.device(server, 1440, 900, "wangfang", "wang123456")
        for page in [desk, stranger] { try page.evaluate("window.isUntouched = true") }
        try Self.enrol(phone)
        // Live, far sooner than any page would ask again.
        try desk.wait(Self.has(".enrolled"), within: 5)
        try desk.wait(Self.says("签到: not yet"), within: 5)
        for page in [desk, stranger] { try page.wait(Self.says("2 of 30 places"), within: 5) }
        #expect(try stranger.evaluate(Self.has(".enrolled") + " === null") == true)

        let screen = try ProjectorScreen.open(server)
        try phone.open("/scan")
        try phone.type(try ProjectorScreen.read(screen), into: "#text")
        try phone.click("#paste button")
        try desk.wait(Self.says("签到: done"), within: 5)

        try phone.open("/faculty/activities")
        try phone.wait(Self.has(".enrolled"))
        try phone.click("\(Self.meeting) .enrolled + button")
        try phone.click("dialog button[value=yes]")
        try desk.wait(Self.has("button.primary"), within: 5)
        for page in [desk, stranger] {
          try page.wait(Self.says("1 of 30 places"), within: 5)
          #expect(try page.evaluate("window.isUntouched") == true)
        }
        for page in [phone, desk, stranger, screen] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }
  }
}
