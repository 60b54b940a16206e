import JSON
import Rig
import Testing

extension InBrowser {
  /// The back office of activities.
  @Suite struct OfficePageTests {
    @BrowserThread private static func office(
      _ server: DemoServer, _ login: String, _ password: String, _ language: Language = .english
    ) throws -> Page {
      let page = try InBrowser.newPage(of: server)
      try page.open("/admin/activities")
      try page.speak(language)
      try page.logIn(login, password)
      try page.wait("!document.querySelector('#desk').hidden")
      return page
    }

    @BrowserThread private static func fill(_ page: Page, _ selector: String, _ value: String)
      throws
    {
      try page.evaluate(
        """
        (() => { const field = document.querySelector(\(JSONValue(selector))); field.value = \
        \(JSONValue(value)); field.dispatchEvent(new Event('input', {bubbles: true})); \
        field.dispatchEvent(new Event('change', {bubbles: true})); })()
        """)
    }

    @BrowserThread private static func tab(_ page: Page, _ number: Int) throws {
      try page.click(".tabs button:nth-child(\(number))")
    }

    @Test(arguments: Language.allCases)
    func `an administrator makes an activity with a form and an item`(
      language: Language
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try Self.office(server, "admin", "123456", language)
        try page.click("#new")
        try Self.fill(page, "[name=name]", "读书会")
        try Self.fill(page, "[name=location]", "图书馆")
        try Self.fill(page, "[name=time_start]", "2030-03-01T09:00")
        try Self.fill(page, "[name=time_end]", "2030-03-01T11:00")
        try page.click("[name=open_for_enrollment]")
        try page.click("fieldset > div:last-child button")
        try Self.fill(page, ".question input", "午餐")
        try Self.fill(page, ".question select", "radio")
        try Self.fill(page, ".question textarea", "素\n荤")
        try page.click("#save")
        try page.wait("document.querySelector('#list [data-activity=\"5\"][aria-current]')")
        try Self.tab(page, 2)
        try page.wait("document.querySelector('#item-new')")
        try page.click("#item-new")
        try Self.fill(page, "dialog [name=label]", "签到")
        try page.click("dialog button[value=yes]")
        try page.wait("/签到/.test(document.querySelector('#work tbody').innerText)")
        let made = """
          fetch('/admin/api/activities/5/', {headers: {token: \
          JSON.parse(sessionStorage.getItem('muster.login')).token}}).then((r) => r.json())
          """
        let activity = try page.evaluate(made)
        #expect(activity["time_start"] == "2030-03-01T09:00:00+08:00")
        #expect(activity["open_for_enrollment"] == true)
        #expect(
          activity["form_metas"] == #"{"午餐":{"required":false,"type":"radio","choices":["素","荤"]}}"#
        )
        try page.resize(375, 812)
        try page.wait("document.documentElement.scrollWidth <= 375")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `enrolments are filtered and readable`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try Self.office(server, "admin", "123456")
        try page.wait("document.querySelector('[data-activity=\"3\"]')")
        try page.click("[data-activity=\"3\"]")
        try Self.tab(page, 3)
        try page.wait("/陈伟/.test(document.querySelector('#enrollments').innerText)")
        #expect(try page.text("#enrollments thead").contains("签退"))
        try Self.fill(page, "#filter", "签到且签退")
        try page.wait("!/陈伟/.test(document.querySelector('#enrollments').innerText)")
        try Self.fill(page, "#filter", "签到但未签退")
        try page.wait("/陈伟/.test(document.querySelector('#enrollments').innerText)")
        try Self.fill(page, "#filter", "且")
        try page.wait("/cannot be read/.test(document.querySelector('#work').innerText)")
        #expect(try page.complaints().filter { !$0.contains("400") } == [])
        try page.close()
      }
    }

    @Test func `the staff of an item corrects its roll and undoes that`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try ProjectorScreen.open(server)
        let page = try Self.office(server, "wangfang", "wang123456")
        try page.wait("document.querySelector('[data-item=\"12\"]')")
        try page.click("[data-item=\"12\"]")
        try page.wait("document.querySelector('#roll-in').textContent === '1'")
        #expect(try page.evaluate("document.querySelector('#activities').hidden") == true)
        try page.click("[data-user=\"7\"]")
        try page.type("left early", into: "dialog [name=reason]")
        try page.click("dialog button[value=yes]")
        try page.wait("document.querySelector('[data-user=\"7\"]').ariaPressed === 'false'")
        try screen.wait("document.querySelector('#total').textContent === '0'")
        try screen.wait("!document.querySelector('#names').innerText.includes('陈伟')")
        try page.wait("/left early/.test(document.querySelector('#roll table').innerText)")
        try page.click("#roll tbody button")
        try page.wait("document.querySelector('[data-user=\"7\"]').ariaPressed === 'true'")
        try screen.wait("document.querySelector('#total').textContent === '1'")
        try page.resize(375, 812)
        try page.wait("document.documentElement.scrollWidth <= 375")
        for page in [page, screen] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `a screen that is opened is in the list of the staff`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try Self.office(server, "admin", "123456")
        let screen = try ProjectorScreen.open(server)
        try page.wait("document.querySelector('#screens [data-state=current]')", within: 40)
        #expect(try page.text("#screens").contains("教学研讨 · 签到"))
        try screen.open("/")
        try page.wait("!document.querySelector('#screens [data-state]')", within: 40)
        for page in [page, screen] { try page.close() }
      }
    }
  }
}
