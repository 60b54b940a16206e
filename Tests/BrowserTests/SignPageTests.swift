import JSON
import Testing

extension InBrowser {
  @Suite struct SignPageTests {
    private static let openName = "document.querySelector('#open h3')?.textContent"

    @BrowserThread private static func enter(
      _ login: String, _ password: String, part: String
    ) throws -> Page {
      let page = try InBrowser.newPage()
      try page.open("/sign")
      try page.logIn(login, password)
      try page.wait("!document.querySelector('#\(part)').hidden")
      try page.wait("document.querySelector('#link .dot.live')")
      return page
    }

    @BrowserThread private static func teacher() throws -> Page {
      let page = try enter("admin", "123456", part: "teacher")
      try page.wait("document.querySelectorAll('#new-course option').length === 3")
      try page.wait("document.querySelector('#new-name').value")
      return page
    }

    @BrowserThread private static func lin() throws -> Page {
      let page = try enter("lin", "lin123456", part: "student")
      try page.wait("document.querySelector('#history li b')")
      return page
    }

    /// Makes a task for the course that only lin has chosen.
    @BrowserThread private static func create(_ name: String?, _ page: Page) throws {
      try page.evaluate(
        """
        (() => { const s = document.querySelector('#new-course'); s.value = '6'; \
        s.dispatchEvent(new Event('change')); })()
        """)
      try page.wait("document.querySelector('#new-name').value.startsWith('科学教育')")
      if let name {
        try page.evaluate("document.querySelector('#new-name').value = \(JSONValue(name))")
      }
      try page.click("#new-create")
      try page.wait("document.querySelector('#task h2')")
    }

    /// Keeps the fields of every form that the page sends; `fails` names a path that is cut off once.
    @BrowserThread private static func overhear(_ page: Page, fails: String = "") throws {
      try page.evaluate(
        """
        (() => { window.sent = []; let cut = \(JSONValue(fails)); const real = fetch; \
        window.fetch = (path, options) => { \
        if (options?.body) sent.push({path, ...Object.fromEntries(new URLSearchParams(options.body))}); \
        if (cut && path === cut) { cut = ''; return Promise.reject(new TypeError('cut off')); } \
        return real(path, options); }; })()
        """)
    }

    @BrowserThread private static func button(_ name: String) -> String {
      "[...document.querySelectorAll('[data-sign]')].find((b) => b.ariaLabel.endsWith(\(JSONValue(name))))"
    }

    @BrowserThread private static func sign(_ name: String, _ page: Page) throws {
      try page.wait(button(name))
      try page.evaluate("(\(button(name))).click()")
    }

    @Test func `a task reaches its student at once, and one tap fills the teacher's list`()
      async throws
    {
      try await BrowserThread.run {
        let teacher = try SignPageTests.teacher()
        let lin = try SignPageTests.lin()
        try SignPageTests.create(nil, teacher)
        let name = try teacher.evaluate("document.querySelector('#task h2').textContent")
        #expect(name.string?.hasPrefix("科学教育(管理员)，第12周上课签到，星期") == true)
        try lin.wait("\(SignPageTests.openName) === \(name)")
        try lin.wait("document.title.startsWith('(')")
        try teacher.wait("document.querySelector('#task .tally b').textContent === '0'")
        try teacher.wait("document.querySelector('#task .who').textContent.includes('林一')")

        try teacher.type("Room 204", into: "#task .add input")
        try teacher.click("#task .add button")
        try lin.wait("document.querySelector('#open .notes')?.textContent.includes('Room 204')")
        try teacher.wait("document.querySelector('#task .notes')?.textContent.includes('Room 204')")

        try SignPageTests.overhear(lin)
        try SignPageTests.sign(name.string ?? "", lin)
        try lin.wait(
          "document.querySelector('#done').textContent.includes(\(name)) && !document.querySelector('#done').hidden"
        )
        try lin.wait("!(\(SignPageTests.button(name.string ?? "")))")
        try lin.wait(
          "document.querySelector('#history li').textContent.includes(\(name)) && document.querySelector('#history li .badge.s1')"
        )
        #expect(try lin.evaluate("sent.map((s) => s.algorithm)") == ["GeV2", "GeV2"])
        try teacher.wait("document.querySelector('#task .tally b').textContent === '1'")
        try teacher.wait("document.querySelector('#task .badge.s1')")
        for page in [teacher, lin] {
          #expect(try page.complaints() == [])
          try page.close()
        }
      }
    }

    @Test func `a browser without Web Crypto signs the plain way`() async throws {
      try await BrowserThread.run {
        let teacher = try SignPageTests.teacher()
        let lin = try SignPageTests.lin()
        try SignPageTests.create("plain", teacher)
        try lin.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        try SignPageTests.overhear(lin)
        try SignPageTests.sign("plain", lin)
        try teacher.wait("document.querySelector('#task .tally b').textContent === '1'")
        #expect(try lin.evaluate("sent.map((s) => s.algorithm)") == ["table", "table"])
        try teacher.close()
        try lin.close()
      }
    }

    @Test func `a signature that was cut off in the middle is finished later, and begun once`()
      async throws
    {
      try await BrowserThread.run {
        let teacher = try SignPageTests.teacher()
        let lin = try SignPageTests.lin()
        try SignPageTests.create("cut off", teacher)
        try lin.wait("\(SignPageTests.openName) === 'cut off'")
        try SignPageTests.overhear(lin, fails: "/sign/student_sign_finish")
        try SignPageTests.sign("cut off", lin)
        try lin.wait("document.querySelector('#student .bad')?.textContent")
        try lin.reload()
        // The list of new tasks does not have it any more; the history offers to finish it.
        try SignPageTests.overhear(lin)
        try SignPageTests.sign("cut off", lin)
        try teacher.wait("document.querySelector('#task .tally b').textContent === '1'")
        #expect(try lin.evaluate("sent.map((s) => s.path)") == ["/sign/student_sign_finish"])
        try teacher.close()
        try lin.close()
      }
    }

    @Test func `a task that is ended early leaves the student's page, and its list is exported`()
      async throws
    {
      try await BrowserThread.run {
        let teacher = try SignPageTests.teacher()
        let lin = try SignPageTests.lin()
        try SignPageTests.create("short", teacher)
        try lin.wait("\(SignPageTests.openName) === 'short'")
        try teacher.evaluate(
          "[...document.querySelectorAll('#task .row button')][0].click()")
        try teacher.click("dialog button[value=yes]")
        try lin.wait("!(\(SignPageTests.button("short")))")
        try teacher.wait("[...document.querySelectorAll('#task .row button')][0].hidden")
        try teacher.evaluate(
          """
          (() => { const real = URL.createObjectURL; URL.createObjectURL = (blob) => { \
          blob.slice(0, 2).text().then((text) => { window.saved = text; }); return real(blob); }; })()
          """)
        try teacher.evaluate("[...document.querySelectorAll('#task .row button')][1].click()")
        try teacher.wait("window.saved === 'PK'")
        #expect(try teacher.complaints() == [])
        try teacher.close()
        try lin.close()
      }
    }

    @Test func `an account that the staff has not confirmed is told so`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/sign")
        try page.logIn("13911110000", "password-1", registering: "newcomer")
        try page.wait("document.querySelector('#problem').textContent.includes('confirm')")
        #expect(try page.evaluate("document.querySelector('#me').textContent") == "newcomer")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `the history is filtered by status and by course`() async throws {
      try await BrowserThread.run {
        let page = try SignPageTests.enter("tao", "tao123456", part: "student")
        let rows =
          "[...document.querySelectorAll('#history b')].map((b) => b.textContent[0]).join('')"
        try page.wait("\(rows) === '国人'")
        try page.type("rgzn", into: "#history-course")
        try page.wait("\(rows) === '人'")
        try page.evaluate(
          """
          (() => { document.querySelector('#history-course').value = ''; \
          const s = document.querySelector('#history-status'); s.value = '2'; \
          s.dispatchEvent(new Event('change')); })()
          """)
        try page.wait("\(rows) === '国'")
        #expect(try page.complaints() == [])
        try page.close()
      }
    }

    @Test func `staff checks a list before it takes it in, and takes a student out`() async throws {
      try await BrowserThread.run {
        let page = try SignPageTests.enter("admin", "123456", part: "staff")
        let answer = "document.querySelector('#import-answer').textContent"
        let columns =
          "course_table_id,teacher,course,department,enrol_year,year,term,from_week,end_week,status,classes"
        @BrowserThread func fill(_ kind: String, _ lines: String) throws {
          try page.evaluate(
            """
            (() => { const s = document.querySelector('#import-kind'); s.value = '\(kind)'; \
            s.dispatchEvent(new Event('change')); const t = document.querySelector('#import-text'); \
            t.value = \(JSONValue(lines)); t.dispatchEvent(new Event('input')); })()
            """)
          #expect(try page.evaluate("document.querySelector('#import-take').disabled") == true)
          try page.click("#import-check")
        }
        try fill("courses", "\(columns)\n40,nobody,算法,计算机,2012,2015,0,1,22,0,")
        try page.wait("\(answer) === 'line 2: there is no account nobody'")
        try fill("courses", "\(columns)\n40,admin,算法,计算机,2012,2015,0,1,22,2,")
        try page.wait("!document.querySelector('#import-take').disabled")
        #expect(
          try page.evaluate("document.querySelector('#courses').textContent.includes('算法')")
            == false)
        try page.click("#import-take")
        try page.wait("document.querySelector('#courses').textContent.includes('算法')")
        try fill("selections", "course_table_id,student\n40,lin")
        try page.wait("!document.querySelector('#import-take').disabled")
        try page.click("#import-take")
        try page.wait("\(answer) === 'Lines imported: 1.'")

        try page.evaluate(
          "[...document.querySelectorAll('#courses tr')].find((r) => r.textContent.includes('算法')).querySelector('button').click()"
        )
        try page.wait("document.querySelector('dialog li')?.textContent.includes('林一')")
        try page.click("dialog li button")
        try page.click("dialog button[value=yes]")
        try page.wait("document.querySelectorAll('dialog li').length === 0")
        #expect(try page.complaints().allSatisfy { $0.contains("400") })
        try page.close()
      }
    }

    @Test func `a phone shows everything in its width, in Chinese as well`() async throws {
      try await BrowserThread.run {
        for page in [try SignPageTests.teacher(), try SignPageTests.lin()] {
          try page.resize(390, 844)
          try page.wait("document.documentElement.scrollWidth <= 390")
          try page.click("#language")
          try page.wait("document.documentElement.lang === 'zh-CN'")
          try page.wait("document.querySelector('#history b, #tasks b')")
          try page.wait("document.documentElement.scrollWidth <= 390")
          try page.close()
        }
      }
    }

    @Test func `a browser makes the contract's GeV2 vectors`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/sign")
        let made = try page.evaluate(
          """
          (async () => { \
          const name = performance.getEntriesByType('resource').find((r) => r.name.includes('/sign-keys.')).name; \
          const keys = await import(name), uuid = '862631030123456'; \
          const begin = await keys.beginFields('GeV2', 11, \
          'f7e805ea9eb58c022d3a58262ad457a13992baca9b1c821a6bc9e0d6fe4b6325', \
          {time: 1763697600, uuid, type: 'android'}); \
          const finish = await keys.finishFields('GeV2', 11, 'Kq7Zt0bYx9', \
          {status: 1, uuid, longitude: 112.2456, latitude: 30.3215}); \
          return [begin.key, begin.hash, finish.key]; })()
          """)
        #expect(
          made == [
            "eyJ0aW1lIjoxNzYzNjk3NjAwLCJ1dWlkIjoiODYyNjMxMDMwMTIzNDU2IiwidHlwZSI6ImFuZHJvaWQifQ",
            "2dc7f254511cf1766a1035ff46df57eaa62219c76b34fd15f280184412ab4107",
            .string(
              "eyJzdGF0dXMiOjEsInV1aWQiOiI4NjI2MzEwMzAxMjM0NTYiLCJsb25naXR1ZGUiOjExMi4yNDU2LCJsYXRpdHVkZSI6MzAuMzIxNX0"
                + ".070c661121f916f540bbe78d67f71708922b48275b07963156e648a2d2c06b45"),
          ])
        try page.close()
      }
    }
  }
}
