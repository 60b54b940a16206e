import JSON
import Rig
import Testing

extension InBrowser {
  @Suite struct ChatPageTests {
    /// The bodies of all lines that the server has, in their order.
    private static let lines =
      "[...document.querySelectorAll('.log .line:not(.pending) .body')].map((b) => b.textContent)"

    /// Goes into a room; who is not in the example data registers first.
    @BrowserThread private static func enter(
      _ page: Page, _ name: String, _ telephone: String, _ password: String, isNew: Bool = false,
      room: String = "YOU"
    ) throws {
      try page.open("/chat")
      try page.logIn(telephone, password, registering: isNew ? name : nil)
      try page.wait("document.querySelector('#rooms button[data-room=\(room)]')")
      try page.click("#rooms button[data-room=\(room)]")
      try page.wait("document.querySelector('#link .dot.live')")
      try page.wait("document.querySelector('#members').textContent.includes('\(name)')")
    }

    @BrowserThread private static func say(_ text: String, _ page: Page) throws {
      try page.type(text, into: ".compose textarea")
      try page.click(".compose button")
    }

    @BrowserThread private static func wait(_ page: Page, for texts: [String]) throws {
      let wanted = JSONValue(texts.map { .string($0) })
      try page.wait("JSON.stringify(\(lines)) === JSON.stringify(\(wanted))")
    }

    @Test(arguments: [("lin", "lin", "lin123456"), ("bllli", "4130209101", "123")])
    func `whoever has no telephone logs in by a name or number`(
      name: String, login: String, password: String
    ) async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try ChatPageTests.enter(page, name, login, password, room: "TEST")
        try ChatPageTests.say("here is \(name)", page)
        try page.wait("document.querySelector('.log').textContent.includes('here is \(name)')")
        try page.click("#login")
        try page.wait("document.querySelector('#me').textContent !== '\(name)'")
        #expect(try page.evaluate("sessionStorage.getItem('muster.login')") == .null)
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `a link asks before it brings somebody into a room`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try ChatPageTests.enter(page, "lin", "lin", "lin123456", room: "TEST")
        try page.evaluate("location.hash = '#YOU'")
        try page.wait("document.querySelector('#room .welcome').textContent.includes('YOU')")
        #expect(try page.evaluate("document.querySelector('#room .log')") == .null)
        try page.click("#room .welcome button.primary")
        try page.wait("document.querySelector('#members').textContent.includes('lin')")
        // The room of this tab is come back to without a question.
        try page.reload()
        try page.wait("document.querySelector('#members').textContent.includes('lin')")
        try page.evaluate("location.hash = '#%'")
        try page.wait("document.querySelector('#room .welcome')")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `two talk, one is cut off and comes back with nothing missing`() async throws {
      try await BrowserThread.run {
        let cable = try InBrowser.newCable()
        defer { cable.remove() }
        let tao = try InBrowser.newPage()
        let mei = try InBrowser.newPage(through: cable)
        try ChatPageTests.enter(tao, "tao", "13800000003", "tao123456")
        try ChatPageTests.enter(mei, "mei", "13900000001", "mei123456", isNew: true)
        try tao.wait("document.querySelectorAll('#members li.online').length === 2")

        try ChatPageTests.say("hello mei", tao)
        try ChatPageTests.wait(mei, for: ["hello mei"])
        try ChatPageTests.say("hello tao, 你好", mei)
        try ChatPageTests.wait(tao, for: ["hello mei", "hello tao, 你好"])

        cable.pull()
        try mei.wait("!document.querySelector('#link .dot.live')")
        try tao.wait("document.querySelector('#members li.unstable')")
        for text in ["one", "two", "three"] { try ChatPageTests.say(text, tao) }
        try ChatPageTests.say("from the dark", mei)
        try mei.wait("document.querySelector('.line.pending')")
        try mei.wait("!document.querySelector('#bar').hidden")
        let before = ["hello mei", "hello tao, 你好"]
        try ChatPageTests.wait(tao, for: before + ["one", "two", "three"])
        try ChatPageTests.wait(mei, for: before)

        cable.plug()
        // What the browser itself tells the page when its network is back.
        try mei.evaluate("dispatchEvent(new Event('online'))")
        let all = before + ["one", "two", "three", "from the dark"]
        try ChatPageTests.wait(mei, for: all)
        try ChatPageTests.wait(tao, for: all)
        try mei.wait("document.querySelector('#bar').hidden")
        try tao.wait("document.querySelectorAll('#members li.online').length === 2")
        #expect(try mei.evaluate("document.querySelectorAll('.line.pending').length") == 0)
        // A page that is loaded anew reads the same from the server.
        try mei.reload()
        try ChatPageTests.wait(mei, for: all)
        #expect(try tao.complaints() == [])
        try tao.close()
        try mei.close()
      }
    }
  }
}
