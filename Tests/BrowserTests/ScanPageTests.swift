import JSON
import Rig
import Testing

extension InBrowser {
  /// The phone's side of a clock-in.
  @Suite struct ScanPageTests {
    private static func says(_ words: String) -> String {
      "document.querySelector('#answer').innerText.includes('\(words)')"
    }

    @BrowserThread private static func phone(_ server: DemoServer) throws -> Page {
      let page = try InBrowser.newPage(of: server)
      try page.resize(390, 844)
      return page
    }

    @BrowserThread private static func logIn(_ page: Page, _ login: String, _ password: String)
      throws
    {
      try page.wait("document.querySelector('dialog')")
      try page.type(login, into: "dialog input[name=login]")
      try page.type(password, into: "dialog input[name=user_password]")
      try page.click("dialog button.primary")
      try page.wait("!document.querySelector('dialog')")
    }

    @BrowserThread private static func enrol(_ page: Page) throws {
      try page.evaluate(
        """
        fetch('/enrollments/', {method: 'POST', headers: {'content-type': 'application/json', token: \
        JSON.parse(sessionStorage.getItem('muster.login')).token}, body: JSON.stringify({activity: 3, \
        participating_metas: {姓名: '李娜'}})}).then((r) => r.status)
        """)
    }

    @Test func `a link is one tap for a known phone, and leaves no code in the address`()
      async throws
    {
      try await BrowserThread.run {
        let server = try DemoServer(["campus.qr_link=https://localhost/scan"])
        defer { server.stop() }
        let screen = try ProjectorScreen.open(server)
        let link = try ProjectorScreen.read(screen)
        #expect(link.hasPrefix("https://localhost/scan#"))
        let phone = try Self.phone(server)
        // The first time it asks who it is.
        try phone.open("/scan#\(link.split(separator: "#").last ?? "")")
        try Self.logIn(phone, "lina", "lina123456")
        try phone.wait(
          Self.says("You are not enrolled in 教学研讨"))
        #expect(try phone.evaluate("location.hash") == "")
        try Self.enrol(phone)
        // Now it is known: one tap.
        try phone.open("/")
        try phone.open("/scan#\(try ProjectorScreen.current(screen))")
        try phone.wait("/Clock in as/.test(document.querySelector('#claim').innerText)")
        try phone.click("#claim")
        try phone.wait(
          Self.says("you have clocked in at 教学研讨"))
        try screen.wait("document.querySelector('#total').textContent === '2'")
        for page in [phone, screen] {
          let complaints = try page.complaints().filter { !$0.contains("400") }
          #expect(complaints == [])
          try page.close()
        }
      }
    }

    @Test(arguments: [
      (Language.english, "Too early: 签到 at 春季运动会 opens at"),
      (.chinese, "尚未开始：春季运动会 的“签到”于"),
    ])
    func `an early scan is told when to come back`(language: Language, words: String) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let admin = try InBrowser.newPage(of: server)
        try admin.open("/projector/14")
        try admin.logIn("admin", "123456")
        try admin.wait(ProjectorScreen.isShown)
        let phone = try Self.phone(server)
        try phone.open("/scan")
        try phone.speak(language)
        try phone.type(try ProjectorScreen.read(admin), into: "#text")
        try phone.click("#paste button")
        try phone.wait(Self.says(words))
        try phone.wait("document.documentElement.scrollWidth <= 390")
        for page in [phone, admin] { try page.close() }
      }
    }
  }
}
