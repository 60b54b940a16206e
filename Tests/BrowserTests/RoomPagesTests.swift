import JSON
import Rig
import Testing

extension InBrowser {
  /// Meeting rooms: the page for everybody, and the tablet beside a door.
  @Suite struct RoomPagesTests {
    @BrowserThread private static func open(
      _ path: String, _ server: DemoServer, _ login: String, _ password: String,
      _ language: Language = .english
    ) throws -> Page {
      let page = try InBrowser.newPage(of: server)
      try page.open(path)
      try page.speak(language)
      try page.logIn(login, password)
      return page
    }

    @BrowserThread private static func rooms(
      _ server: DemoServer, _ login: String = "chenwei", _ password: String = "chen123456",
      _ language: Language = .english
    ) throws -> Page {
      let page = try open("/rooms", server, login, password, language)
      try page.wait("document.querySelectorAll('.room-card').length === 3")
      try page.wait("document.querySelectorAll('.day-row').length === 3")
      return page
    }

    @BrowserThread private static func colleague(_ server: DemoServer) throws -> Page {
      try rooms(server, "wangfang", "wang123456")
    }

    private static let isFree = "document.querySelector('[data-room=\"1\"].free')"
    private static let isBusy = "document.querySelector('[data-room=\"1\"].busy')"
    private static let takes30 = "dialog [data-key=minutes-30]"

    @Test(arguments: Language.allCases)
    func `a room is booked in two taps, seen by others at once, and given back`(
      language: Language
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let other = try Self.colleague(server)
        let page = try Self.rooms(server, "chenwei", "chen123456", language)
        try page.wait(Self.isFree)
        try page.wait("document.querySelector('[data-room=\"2\"].busy')")
        try page.click("[data-room=\"1\"] button")
        try page.click(Self.takes30)
        try page.wait("!document.querySelector('#done').hidden")
        try page.wait(Self.isBusy)
        try other.wait(Self.isBusy)
        #expect(try page.text("#done").contains("励学楼2203"))
        // A tap too many is taken back by the next.
        try page.click("#done button")
        try page.wait(Self.isFree)
        try other.wait(Self.isFree)
        try page.resize(390, 844)
        try page.wait("document.documentElement.scrollWidth <= 390")
        for page in [page, other] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `the slower of two people is told so and may choose anew`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let fast = try Self.rooms(server)
        let slow = try Self.colleague(server)
        try slow.click("[data-room=\"1\"] button")
        try slow.wait("document.querySelector('\(Self.takes30)')")
        try fast.click("[data-room=\"1\"] button")
        try fast.click(Self.takes30)
        try fast.wait(Self.isBusy)
        try slow.click(Self.takes30)
        try slow.wait(
          "/taken for that time/.test(document.querySelector('dialog [role=alert]').textContent)")
        try slow.click("dialog button.quiet")
        try slow.wait(Self.isBusy)
        #expect(try slow.evaluate("document.querySelector('#done').hidden") == true)
        for page in [fast, slow] { try page.close() }
      }
    }

    @Test func `a gap of another day is booked on the line of the room, and cancelled`()
      async throws
    {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try Self.rooms(server)
        try page.evaluate(
          """
          (() => { const field = document.querySelector('#date'); field.value = new \
          Date(Date.parse(field.value) + 86400000).toISOString().slice(0, 10); \
          field.dispatchEvent(new Event('change')); })()
          """)
        try page.wait(
          "document.querySelectorAll('.gap').length === 3 && !document.querySelector('#day .mark')")
        try page.click("[data-day=\"3\"] .gap")
        try page.type("读书会", into: "dialog [name=description]")
        try page.click("dialog [data-key=book]")
        try page.wait("/读书会/.test(document.querySelector('#bookings').innerText)")
        try page.wait("document.querySelector('[data-day=\"3\"] .booked.mine')")
        try page.click("[data-day=\"3\"] .booked.mine")
        try page.click("dialog [data-key=yes]")
        try page.wait("!/读书会/.test(document.querySelector('#bookings').textContent)")
        try page.wait("!document.querySelector('[data-day=\"3\"] .booked')")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `without a server the page says that it may be old, and heals`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try Self.rooms(server)
        try page.wait("document.querySelector('#link .dot.live')")
        server.stop()
        try page.wait("document.querySelector('#desk.stale')", within: 40)
        #expect(try page.text("#old").hasPrefix("No connection"))
        try server.restart()
        try page.wait("!document.querySelector('#desk.stale')", within: 60)
        #expect(try page.evaluate("document.querySelector('#old').hidden") == true)
        try page.close()
      }
    }

    @Test func `a door says free and busy, books, extends and ends`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let door = try Self.open("/door/1", server, "chenwei", "chen123456")
        try door.wait("document.querySelector('#main').dataset.state === 'free'")
        #expect(try door.text("#state") == "Free")
        try door.click("#acts [data-key=minutes-15]")
        try door.wait("document.querySelector('#main').dataset.state === 'busy'")
        #expect(try door.text("#state") == "Busy")
        let ends = try door.text("#current")
        try door.click("#acts [data-key=extend]")
        try door.wait("document.querySelector('#current').textContent !== \(JSONValue(ends))")
        try door.click("#acts [data-key=end]")
        try door.click("dialog [data-key=yes]")
        try door.wait("!document.querySelector('dialog')")
        try door.open("/door/2")
        try door.wait("/组会/.test(document.querySelector('#current').textContent)")
        #expect(try door.complaints() == [])
        try door.open("/door/999")
        try door.wait("/no such room/.test(document.querySelector('#say').textContent)")
        try door.close()
      }
    }

    @Test func `a door never shows old data as current`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let door = try Self.open("/door/2", server, "chenwei", "chen123456")
        try door.wait("document.querySelector('#health').textContent === 'Up to date'")
        server.stop()
        try door.wait("document.querySelector('#main.stale')", within: 40)
        #expect(try door.text("#health").hasPrefix("No connection"))
        #expect(try door.evaluate("document.querySelectorAll('#acts button').length") == 0)
        try server.restart()
        try door.wait("document.querySelector('#health').textContent === 'Up to date'", within: 60)
        try door.close()
      }
    }

    @Test func `the dashboard shows the rooms that are free to the faculty alone`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let guest = try InBrowser.newPage(of: server)
        try guest.open("/dashboard")
        try guest.wait("document.querySelector('#link .dot.live')")
        let page = try Self.rooms(server)
        try page.open("/dashboard")
        try page.wait("!document.querySelector('#free-rooms').hidden")
        #expect(try page.text("#free-rooms").contains("励学楼2203"))
        #expect(try page.text("#free-rooms").contains("勤学楼1101") == false)
        #expect(try guest.evaluate("document.querySelector('#free-rooms').hidden") == true)
        for page in [guest, page] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }
  }
}
