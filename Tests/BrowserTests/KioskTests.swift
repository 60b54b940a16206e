import JSON
import Rig
import Testing

extension InBrowser {
  /// The form for checking in and out.
  @Suite struct KioskTests {
    struct Words: Sendable {
      let language: Language
      let welcome: String
      let goodbye: String
      let already: String
      let absent: String
      let unknown: String
      let refused: String
    }

    private static let words = [
      Words(
        language: .english, welcome: "^Welcome, zhou. Checked in at \\\\d\\\\d:\\\\d\\\\d.$",
        goodbye: "^Goodbye, zhou. You were here for less than a minute.$",
        already: "^lin is already checked in.$",
        absent: "^zhou is not checked in.$", unknown: "^There is no student number 9999999999.$",
        refused: "^You may not use this number from here.$"),
      Words(
        language: .chinese, welcome: "^欢迎，zhou。\\\\d\\\\d:\\\\d\\\\d 签到成功。$",
        goodbye: "^再见，zhou。本次停留 不到 1 分钟。$",
        already: "^lin 已经签到。$", absent: "^zhou 尚未签到。$", unknown: "^学号 9999999999 不存在。$",
        refused: "^您无权在此使用该学号。$"),
    ]

    @BrowserThread private static func expect(_ page: Page, _ answer: String) throws {
      try page.wait("new RegExp('\(answer)').test(document.querySelector('#answer').textContent)")
    }

    @BrowserThread private static func fill(_ page: Page, _ number: String) throws {
      try page.evaluate("document.querySelector('#number').value = ''")
      try page.type(number, into: "#number")
    }

    @Test(arguments: words)
    func `the kiosk greets by name in the language of the page, and Enter does what is due`(
      words: Words
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(words.language)
        try page.wait("document.querySelector('#here').textContent === '1'")

        try Self.fill(page, "2000301416")
        try page.press("Enter")
        try Self.expect(page, words.welcome)
        try page.wait("document.querySelector('#here').textContent === '2'")
        #expect(try page.evaluate("document.querySelector('#number').value") == "")
        // A card that is read twice at once is checked in once.
        try Self.fill(page, "2000301416")
        try page.press("Enter")
        try page.wait("document.querySelector('#answer').textContent === ''")
        try page.press("Enter")
        try Self.expect(page, words.goodbye)
        try page.wait("document.querySelector('#here').textContent === '1'")

        // The buttons do what is written on them.
        try Self.fill(page, "2000301416")
        try page.click("#kiosk button[value=logout]")
        try Self.expect(page, words.absent)
        try Self.fill(page, "2100301418")
        try page.click("#kiosk button[value=login]")
        try Self.expect(page, words.already)
        try Self.fill(page, "9999999999")
        try page.press("Enter")
        try Self.expect(page, words.unknown)
        let size = try page.evaluate(
          "parseFloat(getComputedStyle(document.querySelector('#answer')).fontSize)")
        #expect((size.int ?? 0) >= 24)
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test(arguments: words)
    func `a number that is not one's own is refused in words`(words: Words) async throws {
      try await BrowserThread.run {
        let server = try DemoServer(["checkin.open_networks=[]"])
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(words.language)
        try page.wait("!document.querySelector('#locked').hidden")
        try page.logIn("tao", "tao123456", with: "#unlock")
        try page.wait("document.querySelector('#here').textContent === '1'")
        try Self.fill(page, "2100301418")
        try page.click("#kiosk button[value=logout]")
        try Self.expect(page, words.refused)
        try page.close()
      }
    }
  }
}
