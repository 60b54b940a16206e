import JSON
import Rig
import Testing

extension InBrowser {
  /// Pages say what is so, and what they count.
  @Suite struct TruthTests {
    @BrowserThread private static func wait(_ page: Page, _ selector: String, _ text: String) throws
    {
      try page.wait(
        "document.querySelector(\(JSONValue(selector))).innerText.trim() === \(JSONValue(text))")
    }

    @Test(
      arguments: [
        (Language.english, ["people online", "person online", "chat rooms"]),
        (.chinese, ["人在线", "人在线", "个聊天室"]),
      ])
    func `accounts, guests and WebSockets are counted apart, in the right number`(
      language: Language, words: [String]
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let home = try InBrowser.newPage(of: server)
        try home.open("/")
        try home.speak(language)
        for (id, count) in [("users", "0"), ("guests", "1"), ("connections", "1")] {
          try Self.wait(home, "#\(id)", count)
        }
        let board = try InBrowser.newPage(of: server)
        try board.open("/dashboard")
        try board.speak(language)
        try Self.wait(board, "#online", "0")
        try Self.wait(board, "#online-what", words[0])
        try Self.wait(home, "#guests", "2")

        let chat = try InBrowser.newPage(of: server)
        try chat.open("/chat")
        try chat.logIn("tao", "tao123456")
        try Self.wait(board, "#online", "1")
        try Self.wait(board, "#online-what", words[1])
        try Self.wait(board, "#rooms-what", words[2])
        for (id, count) in [("users", "1"), ("guests", "2"), ("connections", "3")] {
          try Self.wait(home, "#\(id)", count)
        }
        try chat.close()
        try Self.wait(home, "#connections", "2")
        for page in [home, board] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `the round trip is that of the socket, however slow a call is`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.prepare(
          """
          const quick = window.fetch;
          window.fetch = async (...call) => {
            await new Promise((done) => setTimeout(done, 3000));
            return quick(...call);
          };
          """)
        try page.open("/")
        try page.wait(
          """
          (/^under 1 ms$/.test(document.querySelector('#trip').textContent) \
          || parseInt(document.querySelector('#trip').textContent) < 2500)
          """)
        try page.wait("document.querySelector('#health').textContent === 'Running'")
        #expect(
          try page.evaluate("parseInt(document.querySelector('#trip').textContent) >= 2500")
            == false)
        try page.close()
      }
    }

    @Test(
      arguments: [
        (Language.english, "The staff has disconnected you."), (.chinese, "管理人员断开了您的连接。"),
      ])
    func `a connection that the server ends is explained, and nothing more is written`(
      language: Language, sentence: String
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/chat")
        try page.speak(language)
        try page.logIn("tao", "tao123456")
        try page.click("#rooms button[data-room=TEST]")
        try page.wait("document.querySelector('#members li.online')")

        let staff = try InBrowser.newPage(of: server)
        try staff.open("/admin")
        // Those who are not logged in find the way in where they are told that they need one.
        try staff.click("#gate-login")
        try staff.wait("document.querySelector('dialog[open]')")
        #expect(try staff.text("dialog").contains("Create an account") == false)
        try staff.evaluate("document.querySelector('dialog').close()")
        // It is taken away a moment after it is closed.
        try staff.wait("!document.querySelector('dialog')")
        try staff.logIn("admin", "123456", with: "#gate-login")
        try staff.wait("!document.querySelector('#desk').hidden")
        try staff.wait(
          "/^2 people, 0 guests, 2 WebSockets, /.test(document.querySelector('#counts').textContent)"
        )
        try staff.evaluate(
          """
          fetch('/api/v1/accounts', {method: 'POST', headers: {'Content-Type': 'application/json', \
          token: JSON.parse(sessionStorage.getItem('muster.login')).token}, \
          body: JSON.stringify({matching: 'tao'})}).then((r) => r.json()).then(({accounts}) => \
          fetch('/api/v1/disconnect', {method: 'POST', headers: {'Content-Type': 'application/json', \
          token: JSON.parse(sessionStorage.getItem('muster.login')).token}, \
          body: JSON.stringify({user: `u${accounts[0].id}`})}))
          """)
        try page.wait("document.querySelector('#stopped')")
        #expect(try page.text("#stopped").hasPrefix(sentence))
        try page.wait("document.querySelector('.compose textarea').disabled")
        #expect(try page.evaluate("document.querySelectorAll('#members li').length") == 0)
        try page.click("#stopped button:last-child")
        try page.wait("!document.querySelector('.compose textarea').disabled")
        try page.wait("document.querySelector('#members li.online')")

        try page.evaluate(
          """
          fetch('/api/v1/logout', {method: 'POST', \
          headers: {token: JSON.parse(sessionStorage.getItem('muster.login')).token}})
          """)
        try page.wait("document.querySelector('#stopped')")
        let ended = language == .english ? "Your login has ended." : "您的登录已失效。"
        #expect(try page.text("#stopped").hasPrefix(ended))
        for page in [page, staff] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `the way to the staff's page comes and goes with the login`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        let link = "document.querySelector(\"nav [href='/admin']\")"
        try page.open("/chat")
        #expect(try page.evaluate("\(link) === null") == true)
        try page.logIn("admin", "123456")
        try page.wait(link)
        try page.click("#login")
        try page.wait("\(link) === null")
        try page.close()
      }
    }

    @Test(
      arguments: [
        (Language.english, ["1 of 1 seat taken", "This room is full.", "A seat is free now"]),
        (.chinese, ["已占 1/1 个座位", "房间已满。", "现在有空位"]),
      ])
    func `a full room lets nobody write, and offers the seat that gets free`(
      language: Language, words: [String]
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer(["chat.capacity=1"])
        defer { server.stop() }
        var pages: [Page] = []
        for (login, password) in [("tao", "tao123456"), ("lin", "lin123456")] {
          let page = try InBrowser.newPage(of: server)
          try page.open("/chat")
          try page.speak(language)
          try page.logIn(login, password)
          try page.wait("document.querySelector('#rooms button[data-room=TEST]')")
          try page.click("#rooms button[data-room=TEST]")
          pages.append(page)
          guard login == "tao" else { continue }
          try page.wait("document.querySelector('#members li.online')")
        }
        let (tao, lin) = (pages[0], pages[1])
        #expect(try tao.evaluate("document.querySelectorAll('.room .seats i').length") == 1)
        try Self.wait(lin, ".log .notice p.bad", words[1])
        try lin.wait("document.querySelector('.compose textarea').disabled")
        try lin.wait("document.querySelector('.compose button').disabled")
        try lin.wait(
          "document.querySelector('#rooms [data-room=TEST] .count').title === \(JSONValue(words[0]))"
        )

        try tao.click(".room > header button:last-child")
        try lin.wait("document.querySelector('.log .notice:not([hidden]) p.number')")
        try Self.wait(lin, ".log .notice p.number", words[2])
        try lin.click(".log .notice button.primary")
        try lin.wait("!document.querySelector('.compose textarea').disabled")
        try lin.wait("document.querySelector('#members li.online')")
        for page in pages {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test(arguments: [(Language.english, "Peak 3"), (.chinese, "峰值 3 人")])
    func `the peak of the day is the same after the page is loaded anew`(
      language: Language, peak: String
    ) async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let page = try InBrowser.newPage(of: server)
        try page.open("/dashboard")
        try page.speak(language)
        try page.wait("document.querySelector('#chart svg')")
        for (call, count) in [
          ("login?studentid=2000301416", "2"), ("login?studentid=2100301417", "3"),
          ("logout?studentid=2000301416", "2"), ("logout?studentid=2100301417", "1"),
        ] {
          // Each in a second of its own.
          let second = try page.evaluate("Math.floor(Date.now() / 1000)")
          try page.wait("Math.floor(Date.now() / 1000) > \(second)")
          try page.evaluate("fetch('/\(call)').then((r) => r.json())")
          try Self.wait(page, "#here", count)
        }
        try Self.wait(page, "#peak", peak)
        try page.reload()
        try page.wait("document.querySelector('#chart svg')")
        try Self.wait(page, "#peak", peak)
        #expect(try page.complaints() == [])
        try page.close()
      }
    }
  }
}
