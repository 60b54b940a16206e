import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// A clock-in from the screen on the wall to the name on it.
  @Suite struct ProjectorPageTests {
    @Test func `a code on the wall is scanned, and the name appears beside it`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try ProjectorScreen.open(server)
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
        try scanner.wait("/not the code/.test(document.querySelector('#answer').innerText)")
        try scanner.evaluate("document.querySelector('#text').value = ''")
        try scanner.type(try ProjectorScreen.read(screen), into: "#text")
        try scanner.click("#paste button")
        try scanner.wait("document.querySelector('dialog')")
        try scanner.type("lina", into: "dialog input[name=login]")
        try scanner.type("lina123456", into: "dialog input[name=user_password]")
        try scanner.click("dialog button.primary")
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

    @Test func `a code is for those alone who may show it`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/projector/13")
        try page.wait("/Log in/.test(document.querySelector('#say').innerText)")
        try page.logIn("wangfang", "wang123456")
        try page.wait("/Only administrators/.test(document.querySelector('#say').innerText)")
        #expect(try page.evaluate(ProjectorScreen.isShown) == false)
        #expect(try page.complaints().filter { !$0.contains("403") } == [])
        try page.close()
      }
    }
  }
}
