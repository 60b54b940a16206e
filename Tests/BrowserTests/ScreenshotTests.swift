import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// The pictures in `docs/screenshots`: taken again with `MUSTER_SCREENSHOTS=docs/screenshots`.
  @Suite(.enabled(if: Pictures.folder != nil, "MUSTER_SCREENSHOTS names no folder"))
  struct ScreenshotTests {
    @BrowserThread private static func keep(_ page: Page, _ name: String) throws {
      // Fonts, and whatever glows or slides because it is new.
      try page.wait("document.fonts.status === 'loaded'")
      try page.wait(
        "document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getTiming().iterations > 9)"
      )
      let picture = try page.screenshot()
      #expect(picture.count < 300_000)
      try TextFile.write(picture, to: "\(Pictures.folder ?? ".")/\(name).png")
    }

    private static let conversation = [
      ("tao", "Morning! Is anybody at the lab already?"),
      ("mei", "I am. The new boards came, I'll unpack them."),
      ("mei", "早上好，要帮你留一块吗？"),
      ("tao", "好的，谢谢！我十分钟后到。"),
      ("chen", "Please leave the sensors on the left bench, we calibrate them at ten."),
      ("tao", "Will do."),
      ("mei", "Done. Coffee is ready as well."),
    ]

    @Test func `admin`() async throws {
      try await BrowserThread.run {
        var guests: [Page] = []
        for login in ["lin", "bllli"] {
          let guest = try InBrowser.newPage()
          try guest.open("/chat")
          try guest.logIn(login, login == "lin" ? "lin123456" : "123")
          try guest.wait("document.querySelector('#link .dot.live')")
          guests.append(guest)
        }
        let page = try InBrowser.newPage()
        try page.open("/admin")
        try page.logIn("admin", "123456")
        try page.wait("document.querySelectorAll('#connections tbody tr').length >= 3")
        try page.wait("document.querySelectorAll('#accounts tbody tr').length > 5")
        try ScreenshotTests.keep(page, "admin")
        for page in guests + [page] { try page.close() }
      }
    }

    @Test func `chat`() async throws {
      try await BrowserThread.run {
        let people = ["tao": "13800000003", "mei": "13900000001", "chen": "13900000002"]
        var pages: [String: Page] = [:]
        for (name, telephone) in people {
          let page = try InBrowser.newPage()
          try page.open("/chat")
          // Tests before may have registered somebody; then this is refused.
          try page.evaluate(
            """
            fetch('/auth/register', {method: 'POST', body: new URLSearchParams({user_name: '\(name)', \
            user_tel: '\(telephone)', user_password: '\(name)123456'})}).then((r) => r.json())
            """)
          try page.logIn(telephone, "\(name)123456")
          try page.wait("document.querySelector('#rooms button[data-room=TEST]')")
          try page.click("#rooms button[data-room=TEST]")
          try page.wait("document.querySelector('#members').textContent.includes('\(name)')")
          pages[name] = page
        }
        for (index, (name, text)) in ScreenshotTests.conversation.enumerated() {
          try pages[name]?.type(text, into: ".compose textarea")
          try pages[name]?.click(".compose button")
          try pages["tao"]?.wait(
            "document.querySelectorAll('.log .line:not(.pending) .body').length > \(index)")
        }
        let page = try #require(pages["tao"])
        try page.wait("document.querySelectorAll('#members li.online').length === 3")
        try ScreenshotTests.keep(page, "chat")
        for page in pages.values { try page.close() }
      }
    }

    @Test func `sign, for a teacher and on a student's phone`() async throws {
      try await BrowserThread.run {
        let teacher = try InBrowser.newPage()
        try teacher.open("/sign")
        try teacher.logIn("admin", "123456")
        try teacher.wait("document.querySelector('#tasks [data-task=\"6\"]')")
        try teacher.click("#tasks [data-task=\"6\"]")
        try teacher.wait("document.querySelector('#task .who').textContent.includes('陶然')")
        let student = try InBrowser.newPage()
        try student.resize(390, 844)
        try student.open("/sign")
        try student.logIn("lin", "lin123456")
        try student.wait("document.querySelector('#open [data-sign=\"6\"]')")
        try student.wait("document.querySelector('#history b')")
        try ScreenshotTests.keep(student, "sign-phone")
        try student.click("#open [data-sign=\"6\"]")
        try teacher.wait("document.querySelector('#task .badge.s1')")
        try ScreenshotTests.keep(teacher, "sign")
        for page in [teacher, student] { try page.close() }
      }
    }

    /// Two months of study of a student, and a record that runs.
    private static let study = """
      (async () => { const headers = {token: JSON.parse(sessionStorage.getItem('muster.login')).token}; \
      const call = async (path, method, json) => (await fetch(path, {method, headers, body: JSON.stringify(json)})).json(); \
      const text = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' '); const day = 86400000, hour = 3600000; \
      const today = Math.floor(Date.now() / day) * day; \
      for (let back = 56; back > 0; back--) { if (back % 7 === 3 || back % 5 === 1) continue; \
      const start = today - back * day + (back % 3 + 1) * hour; \
      const {url} = await call('/api/v1.0/studys/', 'POST', {start_time: text(start)}); \
      await call(url, 'PUT', {end_time: text(start + (0.6 + back * 7 % 11 / 2.2) * hour)}); } \
      await call('/api/v1.0/studys/', 'POST', {start_time: text(Date.now() - 2520000)}); })()
      """

    @Test func `study, and on a phone`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/study")
        try page.logIn("lin", "lin123456")
        try page.wait("document.querySelector('#records li')")
        try page.evaluate(ScreenshotTests.study)
        try page.reload()
        try page.wait("document.querySelector('#records .open')")
        try page.wait("document.querySelector('#calendar .l3, #calendar .l4')")
        try ScreenshotTests.keep(page, "study")
        try page.resize(390, 844)
        try ScreenshotTests.keep(page, "study-phone")
        try page.close()
      }
    }

    @Test func `a projector, its roll and the back office`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try InBrowser.newPage(of: server)
        try screen.resize(1920, 1080)
        try ProjectorScreen.enter(screen)
        try ScreenshotTests.keep(screen, "projector")
        let office = try InBrowser.newPage(of: server)
        try office.open("/admin/activities")
        try office.logIn("admin", "123456")
        try office.wait("document.querySelector('#screens [data-state]')")
        try office.wait("document.querySelector('[data-activity=\"4\"]')")
        try office.click("[data-activity=\"4\"]")
        try office.wait("document.querySelector('.question')")
        try ScreenshotTests.keep(office, "activities-office")
        let roll = try InBrowser.newPage(of: server)
        try roll.resize(390, 844)
        try roll.open("/admin/activities")
        try roll.logIn("wangfang", "wang123456")
        try roll.wait("document.querySelector('[data-item=\"12\"]')")
        try roll.click("[data-item=\"12\"]")
        try roll.wait("document.querySelector('#roll [data-user]')")
        try roll.evaluate("document.querySelector('#roll').scrollIntoView()")
        try ScreenshotTests.keep(roll, "roll-phone")
        for page in [screen, office, roll] { try page.close() }
      }
    }

    @Test func `meeting rooms and a door`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/rooms")
        try page.logIn("chenwei", "chen123456")
        try page.wait("document.querySelectorAll('.room-card').length === 3")
        try page.wait("document.querySelector('.booked.mine')")
        try ScreenshotTests.keep(page, "rooms")
        try page.resize(390, 844)
        try ScreenshotTests.keep(page, "rooms-phone")
        try page.resize(1280, 800)
        try page.open("/door/2")
        try page.wait("document.querySelector('#health').textContent === 'Up to date'")
        try ScreenshotTests.keep(page, "door")
        try page.close()
      }
    }

    @Test func `dashboard, and on the wall`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/dashboard")
        try page.wait("document.querySelector('#link .dot.live')")
        for number in ["2000301416", "2100301417", "2100301419"] {
          try page.evaluate("fetch('/login?studentid=\(number)').then((r) => r.json())")
        }
        try page.wait("document.querySelectorAll('#present li').length === 4")
        try ScreenshotTests.keep(page, "dashboard")
        try page.resize(1920, 1080)
        try page.click("#wall")
        try page.wait("document.documentElement.classList.contains('wall')")
        try page.wait("document.querySelector('#chart svg')")
        try ScreenshotTests.keep(page, "dashboard-wall")
        try page.close()
      }
    }
  }
}

/// Where the pictures go, if they are wanted.
private enum Pictures {
  static let folder = getenv("MUSTER_SCREENSHOTS").map { String(cString: $0) }
}
