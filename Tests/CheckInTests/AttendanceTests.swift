import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// Who may come in where, and how everybody else is turned away.
@Suite struct AttendanceTests {
  @Test(arguments: [
    ("/login?studentid=2100301419", #"20010"#), ("/logout?studentid=2100301418", "20020"),
    ("/showonline", "null"), ("/topthree?grade=21", "null"), ("/mytimerecored?userid=1", "null"),
    ("/selectone?studentid=2100301418", "null"), ("/showbygrade?grade=21", "null"),
    ("/excel", "null"), ("/checkin/day", "null"),
  ])
  func `outside of the open networks nobody is let in without a login`(
    target: String, code: String
  ) async throws {
    try await withLab { bench in
      let answer = await bench.get(target, from: .outside)
      #expect(answer.status == 200)
      #expect(
        answer.text
          == #"{"flag":false,"msg":"未授权","recordtime":null,"data":null,"code":\#(code)}"#)
      #expect(await bench.present == ["2100301418"])
    }
  }

  @Test(arguments: [
    (Method.get, "/login?studentid=2100301419"), (.get, "/logout?studentid=2100301418"),
    (.get, "/checkin/login?studentid=2100301419"), (.post, "/report"), (.get, "/excel"),
    (.post, "/adduser"), (.post, "/addavatar"),
  ])
  func `a page of another site cannot act with the lab's network`(
    method: Method, target: String
  ) async throws {
    try await withLab { bench in
      let body = #"{"reportid":"2100301418","reporterid":"2100301419","studentid":"1"}"#
      let answer = await bench.call(
        method, target, body: method == .post ? .bytes(Array(body.utf8)) : .bytes([]),
        headers: ["Sec-Fetch-Site": "cross-site"], from: .labDevice)
      #expect(answer.json["msg"] == "未授权")
      #expect(await bench.present == ["2100301418"])
    }
  }

  @Test func `the lab's own machines need no login`() async throws {
    try await withLab { bench in
      let answer = await bench.get("/login?studentid=2100301419", from: .labDevice)
      #expect(answer.json["code"] == 20011)
    }
  }

  @Test func `an empty list closes the open form for everybody`() async throws {
    try await withLab(settings: ["open_networks": .list([])]) { bench in
      #expect(await bench.get("/login?studentid=2100301419").json["msg"] == "未授权")
    }
  }

  @Test func `elsewhere students act for themselves and staff for all`() async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      let boss = try await bench.account("boss", roles: .staff)
      func code(_ target: String, _ who: Identity) async -> JSONValue? {
        await bench.get(target, as: who, from: .outside).json["code"]
      }
      #expect(await code("/login?studentid=2100301419", tao) == 20011)
      #expect(await code("/logout?studentid=2100301418", tao) == 20020)
      #expect(await bench.present.contains("2100301418"))
      #expect(await code("/logout?studentid=2100301418", boss) == 20021)
      // Numbers that do not exist are not told apart from others.
      #expect(await code("/login?studentid=221", tao) == 20010)
    }
  }

  @Test func `elsewhere stays are seen by their owner and by staff`() async throws {
    try await withLab { bench in
      let chen = try await bench.account("chen", number: "2100301417")
      let tao = try await bench.account("tao", number: "2100301419")
      let boss = try await bench.account("boss", roles: .admin)
      func records(_ who: Identity) async -> JSONValue {
        await bench.get("/mytimerecored?userid=1", as: who, from: .outside).json
      }
      #expect(await records(chen)["data"]?.array?.count == 19)
      #expect(await records(boss)["data"]?.array?.count == 19)
      #expect(await records(tao)["data"] == .null)
      #expect(await records(tao)["msg"] == "未授权")
    }
  }

  @Test func `elsewhere imports and tables are for staff`() async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      let boss = try await bench.account("boss", roles: .staff)
      let wu: JSONValue = ["name": "wu", "studentid": "2000301421"]
      #expect(await bench.post("/adduser", json: wu, as: tao, from: .outside).json["code"] == 20030)
      #expect(
        await bench.post("/adduser", json: wu, as: boss, from: .outside).json["code"] == 20031)
      #expect(await bench.get("/excel", as: tao, from: .outside).json["flag"] == false)
      #expect(await bench.get("/excel", as: boss, from: .outside).json["flag"] == true)
    }
  }

  @Test(arguments: ["Sec-Purpose", "Purpose"])
  func `a browser that fetches ahead checks nobody in`(header: String) async throws {
    try await withLab { bench in
      for (path, code) in [("/login", 20010), ("/logout", 20020)] {
        let answer = await bench.call(
          .get, "\(path)?studentid=2100301419",
          headers: header == "Purpose"
            ? ["Purpose": "prefetch"] : ["Sec-Purpose": "prefetch;prerender"])
        #expect(answer.status == 403)
        #expect(answer.json["code"]?.int == code)
      }
      #expect(await bench.present == ["2100301418"])
    }
  }

  @Test func `every call may be made by the pages of the listed origins`() async throws {
    try await withLab { bench in
      #expect(!bench.unit.routes.isEmpty)
      for route in bench.unit.routes {
        #expect(route.crossOrigin?.setting == "allowed_origins", "\(route.paths)")
      }
    }
  }

  @Test(arguments: [
    ("07:00:59", false), ("07:01:00", true), ("23:29:59", true), ("23:30:00", false),
    ("03:00:00", false),
  ])
  func `with opening hours the door is open from 07 01 to 23 29`(
    time: String, isOpen: Bool
  ) async throws {
    try await withLab(settings: ["opening_hours": .flag(true)]) { bench in
      try bench.turn(to: "2022-09-01 \(time)")
      let coming = await bench.get("/login?studentid=2100301419")
      let going = await bench.get("/logout?studentid=2100301419")
      #expect(coming.json["code"] == (isOpen ? 20011 : 20010))
      #expect(going.json["code"] == (isOpen ? 20021 : 20020))
      if !isOpen {
        #expect(
          going.text == """
            {"flag":false,"msg":"不在打卡时间范围内","recordtime":null,"data":null,"code":20020}
            """)
      }
    }
  }

  @Test func `without opening hours the door is never closed`() async throws {
    try await withLab { bench in
      try bench.turn(to: "2022-09-02 03:00:00")
      #expect(await bench.get("/login?studentid=2100301419").json["code"] == 20011)
    }
  }

  @Test func `too many reports are a 429 in the envelope`() async throws {
    try await withLab { bench in
      var last: BenchAnswer?
      for _ in 0..<61 {
        last = await bench.post(
          "/report", json: ["reportid": "221", "reporterid": "2100301419"])
      }
      #expect(last?.status == 429)
      #expect(last?.json["flag"] == false)
      #expect(last?.json["code"] == 20040)
      #expect(last?.header("Retry-After") != nil)
    }
  }

  @Test func `one client makes only so many stays of a number`() async throws {
    try await withLab { bench in
      for _ in 0..<30 {
        for path in ["/login", "/logout"] {
          let move = await bench.get("\(path)?studentid=2100301419", from: .labDevice)
          #expect(move.status == 200)
        }
      }
      let refused = await bench.get("/login?studentid=2100301419", from: .labDevice)
      #expect(refused.status == 429 && refused.json["flag"] == false)
      #expect(refused.header("Retry-After") == "60")
      // The next number, and the same at the server itself, are not held up.
      let next = await bench.get("/login?studentid=2100301417", from: .labDevice)
      #expect(next.json["code"] == 20011)
      #expect(await bench.get("/login?studentid=2100301419").json["code"] == 20011)
      bench.clock.advance(seconds: 60)
      let later = await bench.get("/logout?studentid=2100301419", from: .labDevice)
      #expect(later.json["code"] == 20021)
    }
  }

  @Test func `imports are counted`() async throws {
    try await withLab { bench in
      for _ in 0..<30 { _ = await bench.post("/adduser", json: []) }
      #expect(await bench.post("/adduser", json: []).status == 429)
    }
  }

  @Test(arguments: ["nightly_at", "opens_at", "weekly_on", "reset_at"])
  func `a setting that is no time stops the start with a sentence`(key: String) async throws {
    await #expect(throws: PluginError.self) {
      try await withLab(settings: [key: .text("noon")]) { _ in }
    }
  }

  @Test(arguments: ["/showonline", "/showbygrade?grade=21", "/selectone?studentid=2100301418"])
  func `an account that somebody made for themselves is a stranger here`(target: String)
    async throws
  {
    try await withLab { bench in
      let zz = try await bench.accounts.register(
        NewAccount(login: "zz", name: "zz", password: "longenough", roles: .student),
        from: .loopback
      ).identity
      #expect(await bench.get(target, as: zz, from: .outside).json["flag"] == false)
      #expect(await bench.get(target, as: zz, from: .labDevice).json["flag"] == true)
      for topic in ["checkin.presence", "checkin.grade.21"] as [Topic] {
        await #expect(throws: TopicRefusal.unauthorized) {
          try await bench.subscribe(topic, as: zz, from: .outside)
        }
        _ = try await bench.subscribe(topic, as: zz, from: .labDevice)
      }
    }
  }
}
