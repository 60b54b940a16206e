import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// A clock-in from the screen on the wall to the name on it.
  @Suite struct ProjectorPageTests {
    private static let isShown = "!document.querySelector('#screen').hidden"
    private static let isHidden = "document.querySelector('#code.gone')"

    /// The text of the code that the picture of a page holds, read by another program.
    @BrowserThread private static func read(_ page: Page) throws -> String {
      let folder = try FreshFolder()
      let file = "\(folder.path)/screen.png"
      try TextFile.write(try page.screenshot(), to: file)
      let reader = try ChildProcess("/usr/bin/zbarimg", ["-q", file])
      return try reader.line(after: "QR-Code:", within: 20)
    }

    /// The text of the code that the server gives out now.
    @BrowserThread private static func current(_ page: Page) throws -> String {
      let script = """
        fetch('/activities/clockins/items/12/qr/', {headers: {token: \
        JSON.parse(sessionStorage.getItem('muster.login')).token}}).then((r) => r.json()) \
        .then((qr) => qr.payload)
        """
      return try page.evaluate(script).string ?? ""
    }

    @BrowserThread private static func screen(of server: DemoServer, _ cable: Cable? = nil) throws
      -> Page
    {
      let page = try InBrowser.newPage(through: cable, of: server)
      try page.open("/projector/12")
      try page.logIn("wangfang", "wang123456")
      try page.wait(isShown)
      return page
    }

    @Test func `a code on the wall is scanned, and the name appears beside it`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try Self.screen(of: server)
        try screen.wait("document.querySelector('#activity').textContent === '教学研讨'")
        #expect(try screen.text("#total") == "1")

        let phone = try InBrowser.newPage(of: server)
        try phone.open("/faculty/activities")
        try phone.logIn("lina", "lina123456")
        try phone.wait("document.querySelectorAll('#list article').length === 3")
        try phone.click("#list li:nth-child(2) button.primary")
        try phone.type("李娜", into: "#list form input")
        try phone.click("#list form button.primary")
        try phone.wait("document.querySelector('#list .enrolled')")
        let activities = phone

        let scanner = try InBrowser.newPage(of: server)
        try scanner.open("/scan")
        try scanner.type("nonsense", into: "#text")
        try scanner.click("#paste button")
        try scanner.type("lina", into: "dialog input[name=login]")
        try scanner.type("lina123456", into: "dialog input[name=user_password]")
        try scanner.click("dialog button.primary")
        try scanner.wait("/not the current one/.test(document.querySelector('#answer').innerText)")
        try scanner.evaluate("document.querySelector('#text').value = ''")
        try scanner.type(try Self.read(screen), into: "#text")
        try scanner.click("#paste button")
        try scanner.wait(
          "/签到: you have clocked in at 教学研讨/.test(document.querySelector('#answer').innerText)")

        try screen.wait("document.querySelector('#total').textContent === '2'")
        try screen.wait("/李娜/.test(document.querySelector('#names li').innerText)")
        try activities.reload()
        try activities.wait("/签到: done/.test(document.querySelector('#list .clockins').innerText)")
        for page in [screen, activities, scanner] {
          #expect(try page.complaints().filter { !$0.contains("400") } == [])
          try page.close()
        }
      }
    }

    @Test func `a screen without a network hides its code, and shows the next one when it is back`()
      async throws
    {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let cable = try Cable(to: server.port)
        defer { cable.remove() }
        let witness = try Self.screen(of: server)
        let screen = try Self.screen(of: server, cable)
        #expect(try Self.read(screen) == (try Self.read(witness)))
        cable.pull()
        try screen.wait(Self.isHidden, within: 40)
        #expect(try screen.text("#stale").isEmpty == false)
        cable.plug()
        try screen.wait("!\(Self.isHidden)", within: 5)
        #expect(try Self.read(screen) == (try Self.current(witness)))
        for page in [screen, witness] { try page.close() }
      }
    }

    @Test func `a code is for those alone who may show it`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/projector/13")
        try page.wait("/Log in/.test(document.querySelector('#say').innerText)")
        try page.logIn("wangfang", "wang123456")
        try page.wait("/Only administrators/.test(document.querySelector('#say').innerText)")
        #expect(try page.evaluate(Self.isShown) == false)
        #expect(try page.complaints().filter { !$0.contains("403") } == [])
        try page.close()
      }
    }
  }
}
