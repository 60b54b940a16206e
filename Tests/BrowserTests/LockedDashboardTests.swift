import JSON
import Rig
import Testing

extension InBrowser {
  /// The dashboard of a lab whose open form is closed, as a page from outside sees it.
  @Suite struct LockedDashboardTests {
    private static let closed = ["checkin.open_networks=[]", "chat.open_networks=[]"]

    @BrowserThread private static func shown(_ page: Page) throws -> [String] {
      try ["here", "room-count", "talking"].map { try page.text("#\($0)") }
    }

    @Test(
      arguments: [
        (Language.english, "Log in to see who is here", "Nobody"),
        (.chinese, "登录后可查看谁在这里", "没人"),
      ])
    func `what a guest may not see is shown as unknown until the login`(
      language: Language, sentence: String, nobody: String
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer(Self.closed)
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(language)
        try page.wait("!document.querySelector('#locked').hidden")
        #expect(try page.text("#locked-what") == sentence)
        #expect(try Self.shown(page) == ["–", "–", "–"])
        let words = try page.evaluate("document.querySelector('main').innerText").string ?? ""
        #expect(!words.contains(nobody), "\(words)")
        // One way in, not two.
        #expect(try page.evaluate("document.querySelector('#login').hidden") == true)
        #expect(try page.evaluate("document.querySelectorAll('li').length") == 0)

        try page.logIn("tao", "tao123456", with: "#unlock")
        try page.wait("document.querySelector('#here').textContent === '1'")
        try page.wait("document.querySelector('#present').innerText.includes('lin')")
        #expect(try page.evaluate("document.querySelector('#locked').hidden") == true)
        try page.wait("document.querySelector('#room-count').textContent === '2'")

        // A login that ends takes what it showed with it.
        try page.evaluate(
          "fetch('/api/v1/logout', {method: 'POST', headers: {token: JSON.parse(sessionStorage.getItem('muster.login')).token}})"
        )
        try page.evaluate("sessionStorage.removeItem('muster.login')")
        try page.wait("document.querySelector('#stopped button:last-child')")
        try page.click("#stopped button:last-child")
        try page.wait("!document.querySelector('#locked').hidden")
        try page.wait("document.querySelector('#here').textContent === '–'")
        try page.wait("!document.querySelector('#present li')")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test(
      arguments: [
        (Language.english, "This account may not see who is here"), (.chinese, "此账号无权查看谁在这里"),
      ])
    func `an account that somebody made for themselves is told why it sees nobody`(
      language: Language, sentence: String
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer(Self.closed)
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(language)
        try page.wait("!document.querySelector('#locked').hidden")
        try page.logIn("13900000077", "stranger77", registering: "stranger", with: "#unlock")
        try page.wait(
          "document.querySelector('#locked-what').textContent === \(JSONValue(sentence))")
        #expect(try Self.shown(page)[0] == "–")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `the chat names no room that a guest may not see`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer(Self.closed)
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/chat")
        try page.wait("document.querySelector('#problem').textContent !== ''")
        #expect(try page.text("#problem") == "Please log in first.")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }
  }
}
