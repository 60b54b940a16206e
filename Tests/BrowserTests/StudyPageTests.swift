import JSON
import Testing

extension InBrowser {
  @Suite struct StudyPageTests {
    private static let label = "document.querySelector('#go').textContent"
    private static let records = "document.querySelectorAll('#records li b')"

    /// Registers a student of the example data's college with the page's own dialog.
    @BrowserThread private static func join(
      _ page: Page, _ name: String, number: String, proof: String
    ) throws {
      try page.open("/study")
      try page.wait("!document.querySelector('#gate').hidden")
      try page.click("#join")
      try page.type(name, into: "dialog input[name=username]")
      try page.type("\(name)123456", into: "dialog input[name=password]")
      try page.type(number, into: "dialog input[name=stu_id]")
      try page.type(proof, into: "dialog input[name=stu_pwd]")
      try page.click("dialog button.primary")
    }

    @BrowserThread private static func isInside(_ page: Page) throws {
      try page.wait("!document.querySelector('#desk').hidden")
      try page.wait("document.querySelector('#link .dot.live')")
      try page.wait("document.querySelector('#records li')")
    }

    @BrowserThread private static func enter(_ login: String, _ password: String) throws -> Page {
      let page = try InBrowser.newPage()
      try page.open("/study")
      try page.logIn(login, password)
      try isInside(page)
      return page
    }

    @Test func `a student registers, starts with one button and finishes on another device`()
      async throws
    {
      try await BrowserThread.run {
        let laptop = try InBrowser.newPage()
        try StudyPageTests.join(laptop, "xiaoming", number: "4130209103", proof: "jw-103")
        try StudyPageTests.isInside(laptop)
        try laptop.wait("\(StudyPageTests.label) === 'Start studying'")
        #expect(try laptop.text("#records") == "No records yet.")
        let phone = try StudyPageTests.enter("xiaoming", "xiaoming123456")

        try laptop.click("#go")
        for page in [laptop, phone] {
          try page.wait("\(StudyPageTests.label) === 'Finish'")
          try page.wait("/^0:00:\\d\\d$/.test(document.querySelector('#clock').textContent)")
          // bllli of the example data studies as well.
          try page.wait("/^\\d+ students/.test(document.querySelector('.timer .live').textContent)")
          try page.wait("document.querySelector('#records .open')")
        }
        try phone.click("#go")
        for page in [laptop, phone] {
          try page.wait("\(StudyPageTests.label) === 'Start studying'")
          try page.wait("document.querySelector('#clock').hidden")
          try page.wait("/^0:00:/.test(\(StudyPageTests.records)[0]?.textContent)")
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `a registration that is refused says why in the reader's language`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try StudyPageTests.join(page, "fresh", number: "4130209104", proof: "wrong")
        try page.wait("document.querySelector('dialog .bad').textContent.includes('does not know')")
        try page.speak(.chinese)
        try StudyPageTests.join(page, "fresh", number: "4130209104", proof: "wrong")
        try page.wait("document.querySelector('dialog .bad').textContent === '学号或教务系统密码错误。'")
        try page.close()
      }
    }

    @Test func `the clock is right after a sleep of the laptop`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try StudyPageTests.join(page, "sleeper", number: "4130209104", proof: "jw-104")
        try StudyPageTests.isInside(page)
        try page.click("#go")
        try page.wait("/^0:00:/.test(document.querySelector('#clock').textContent)")
        // While a laptop sleeps no timer fires; its clock goes on.
        try page.evaluate(
          """
          (() => { window.setTimeout = () => 0; const real = Date.now; \
          Date.now = () => real() + 2 * 3600_000; })()
          """)
        try page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
        try page.wait("/^2:00:/.test(document.querySelector('#clock').textContent)")
        try page.close()
      }
    }

    @Test func `a forgotten record gets the end that its student remembers`() async throws {
      try await BrowserThread.run {
        let page = try StudyPageTests.enter("bllli", "123")
        try page.wait("document.querySelectorAll('#forgotten li').length === 1")
        try page.click("#forgotten li button")
        #expect(
          try page.evaluate("document.querySelector('dialog input').value") == "2017-03-25T16:13")
        try page.evaluate("document.querySelector('dialog input').value = '2017-03-25T16:43'")
        try page.click("dialog button.primary")
        try page.wait("document.querySelector('#forgotten').hidden")
        // Record 7 is still open; record 1 took an hour and a half.
        #expect(try page.evaluate(StudyPageTests.label) == "Finish")
        try page.wait("[...\(StudyPageTests.records)].some((b) => b.textContent === '1:29:28')")
        try page.close()
      }
    }

    @Test func `the calendar shows each day's hours`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try StudyPageTests.join(page, "planner", number: "4130209105", proof: "jw-105")
        try StudyPageTests.isInside(page)
        try page.wait("document.querySelectorAll('#calendar td b').length >= 28")
        try page.evaluate(
          """
          (async () => { const headers = {token: JSON.parse(sessionStorage.getItem('muster.login')).token}; \
          const post = await fetch('/api/v1.0/studys/', {method: 'POST', headers, \
          body: JSON.stringify({start_time: '2026-03-10 00:00:00'})}); const {url} = await post.json(); \
          await fetch(url, {method: 'PUT', headers, body: JSON.stringify({end_time: '2026-03-10 02:30:00'})}); })()
          """)
        try page.wait("/2:30:00/.test(document.querySelector('#records').textContent)")
        for _ in 0..<36 where try page.text("#month") != "March 2026" {
          let month = try page.text("#month")
          try page.click("#earlier")
          try page.wait("document.querySelector('#month').textContent !== '\(month)'")
        }
        try page.wait("document.querySelector('#calendar .l3 small')?.textContent === '2:30'")
        #expect(try page.text("#calendar .l3 b") == "10")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `a teacher sees how many study, and no button`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/study")
        try page.logIn("chenwei", "chen123456")
        try page.wait("!document.querySelector('#visitor').hidden")
        try page.wait("/studying now/.test(document.querySelector('#visitor .live').textContent)")
        #expect(try page.evaluate("document.querySelector('#desk').hidden") == true)
        try page.close()
      }
    }

    @Test(arguments: Language.allCases)
    func `nothing runs off the side of a phone`(language: Language) async throws {
      try await BrowserThread.run {
        let page = try StudyPageTests.enter("bllli", "123")
        try page.speak(language)
        try page.resize(390, 844)
        try StudyPageTests.isInside(page)
        try page.wait("document.documentElement.scrollWidth <= 390")
        let buttons = try page.evaluate(
          "[...document.querySelectorAll('#desk button')].filter((b) => b.offsetParent && b.offsetHeight < 32).length"
        )
        #expect(buttons == 0)
        try page.close()
      }
    }
  }
}
