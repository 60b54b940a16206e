import CheckIn
import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// What happens by the clock, told as days in the lab.
@Suite struct JobTests {
  @Test func `the jobs run when the contract says`() async throws {
    try await withLab { bench in
      let plan = Dictionary(
        uniqueKeysWithValues: bench.unit.jobs.map { ($0.name, $0.schedule) })
      #expect(plan["nightly"] == .daily(at: TimeOfDay(23, 30)))
      #expect(plan["export"] == .weekly(on: .sunday, at: TimeOfDay(23, 40)))
      #expect(plan["reset"] == .weekly(on: .sunday, at: TimeOfDay(23, 50)))
    }
    try await withLab(settings: ["weekly_on": .text("Monday"), "reset_at": .text("00:05")]) {
      #expect(
        $0.unit.jobs.first { $0.name == "reset" }?.schedule
          == .weekly(on: .monday, at: TimeOfDay(0, 5)))
    }
  }

  @Test(arguments: Engine.testable)
  func `at night everybody is checked out and nothing is counted`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      try bench.turn(to: "2022-09-01 23:25:30")
      _ = await bench.get("/login?studentid=2100301419")
      await bench.hub.forget()
      try bench.turn(to: "2022-09-01 23:30:00")
      try await bench.runJob("nightly")
      #expect(await bench.present.isEmpty)
      let tao = await bench.get("/selectone?studentid=2100301419").json["data"]
      #expect(tao?["weekTime"] == 1.0)
      #expect(tao?["totalTime"] == 0.0)
      let record = await bench.get("/mytimerecored?userid=3").json["data"]?[0]
      #expect(record?["duration"] == 0.07)
      #expect(record?["status"] == 0)
      #expect(record?["reporterid"] == "0")
      #expect(record?["endTime"] == "2022-09-01 23:30:00")
      #expect(
        await bench.hub.names(in: "checkin.presence") == ["checkin.auto_out", "checkin.auto_out"])
      let told = await bench.events(in: "checkin.user.2100301419").first
      #expect(told?["record"] == record)
      #expect(
        await bench.outbox.mails
          == [Mail(to: "10002@qq.com", subject: "晚间签退通知", text: "本次签退不计入总时长，下次记得签退")])
    }
  }

  @Test func `a second run of the night finds nobody`() async throws {
    try await withLab { bench in
      try await bench.runJob("nightly")
      await bench.hub.forget()
      try await bench.runJob("nightly")
      #expect(await bench.hub.published.isEmpty)
      #expect(await bench.get("/mytimerecored?userid=2").json["data"]?.array?.count == 1)
    }
  }

  @Test func `a late run ends stays when they were due and leaves newcomers alone`() async throws {
    try await withLab { bench in
      let due = try #require(LocalZone.shanghai.time("2022-09-01 23:30:00")).unixMilliseconds
      try bench.turn(to: "2022-09-02 08:00:00")
      _ = await bench.get("/login?studentid=2100301419")
      let night = try #require(bench.unit.jobs.first { $0.name == "nightly" })
      try await night.run(due)
      #expect(await bench.present == ["2100301419"])
      let lin = await bench.get("/selectone?studentid=2100301418").json["data"]
      #expect(lin?["endTime"] == "2022-09-01 23:30:00")
    }
  }

  @Test func `hundreds are checked out in one night, each once`() async throws {
    try await withLab(demo: false) { bench in
      let people = (0..<300).map { number -> JSONValue in
        ["name": "s", "studentid": .string("\(2_000_000_000 + number)"), "status": 1]
      }
      _ = await bench.post("/adduser", json: .array(people))
      await bench.hub.forget()
      try await bench.runJob("nightly")
      #expect(await bench.present.isEmpty)
      #expect(await bench.hub.names(in: "checkin.presence").count == 300)
    }
  }

  @Test(arguments: Engine.testable)
  func `on Sunday the week is written down and begins anew`(engine: Engine) async throws {
    try await withLab(engine, settings: ["export_mail": .text("office@example.edu")]) { bench in
      try bench.turn(to: "2022-09-18 23:40:00")
      try await bench.runJob("export")
      let sheet = try #require(await bench.outbox.sheets.first)
      #expect(sheet.name == "2022-09-18")
      #expect(sheet.rows.count == 5)
      #expect(sheet.rows[0] == [.text("名字"), .text("学号"), .text("本周打卡时间")])
      #expect(sheet.rows[2] == [.text("lin"), .text("2100301418"), .number(56.97)])
      let letter = try #require(await bench.outbox.mails.first)
      #expect(letter.to == "office@example.edu")
      #expect(letter.attachments.map(\.name) == ["2022-09-18.xlsx"])
      try bench.turn(to: "2022-09-18 23:50:00")
      try await bench.runJob("reset")
      let lin = await bench.get("/selectone?studentid=2100301418").json["data"]
      #expect(lin?["weekTime"] == 0.0)
      #expect(lin?["totalTime"] == 56.97)
      #expect(
        await bench.events(in: "checkin.presence")
          == [["event": "checkin.week_reset", "at": "2022-09-18 23:50:00"]])
      let rank = await bench.events(in: "checkin.grade.21").last
      #expect(rank?["top"]?.array?.map { $0["name"]?.string } == ["chen", "lin", "tao"])
    }
  }

  @Test func `after the reset the first to come is in the first three again`() async throws {
    try await withLab { bench in
      _ = await bench.get("/login?studentid=2100301419")
      try await bench.runJob("reset")
      await bench.hub.forget()
      bench.clock.advance(seconds: 95)
      _ = await bench.get("/logout?studentid=2100301419")
      let rank = await bench.events(in: "checkin.grade.21").last
      #expect(rank?["event"] == "checkin.rank")
      #expect(rank?["top"]?[0]?["name"] == "tao")
    }
  }

  @Test func `a week that another server has begun is noticed within seconds`() async throws {
    try await withLab { bench in
      let other = try await PluginBench(CheckInPlugin.self, store: bench.store, clock: bench.clock)
      _ = await bench.get("/login?studentid=2100301417")
      bench.clock.advance(seconds: 95)
      // Here the third has 1.00 hours, as far as this server knows.
      _ = await bench.get("/logout?studentid=2100301417")
      _ = await bench.get("/login?studentid=2100301419")
      try await other.runJob("reset")
      await bench.hub.forget()
      bench.clock.advance(seconds: 95)
      _ = await bench.get("/logout?studentid=2100301419")
      let rank = await bench.events(in: "checkin.grade.21").last
      #expect(rank?["top"]?[0]?["name"] == "tao")
    }
  }

  @Test func `the tables of the weeks are kept for staff`() async throws {
    try await withLab { bench in
      let made = await bench.get("/excel")
      #expect(made.json["msg"] == "2022-09-01.xlsx")
      #expect(await bench.outbox.mails.isEmpty)
      let boss = try await bench.account("boss", roles: .staff)
      let file = await bench.get("/checkin/export/2022-09-01.xlsx", as: boss)
      #expect(file.text == "xlsx:2022-09-01")
      #expect(file.header("Content-Disposition") == #"attachment; filename="2022-09-01.xlsx""#)
      for name in ["2022-09-02.xlsx", "2022-09-01", ".xlsx"] {
        #expect(await bench.get("/checkin/export/\(name)", as: boss).status == 404)
      }
      let tao = try await bench.account("tao", number: "2100301419")
      #expect(await bench.get("/checkin/export/2022-09-01.xlsx", as: tao).json["flag"] == false)
      #expect(await bench.get("/checkin/export/2022-09-01.xlsx").json["flag"] == false)
    }
  }

  @Test(arguments: Engine.testable)
  func `the curve of the day is drawn from what is stored`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      func moment(_ text: String) -> Int64 {
        (LocalZone.shanghai.time(text)?.unixMilliseconds ?? 0) / 1000
      }
      try bench.turn(to: "2022-09-01 10:16:40")
      _ = await bench.get("/login?studentid=2100301419")
      try bench.turn(to: "2022-09-01 11:00:00")
      _ = await bench.get("/login?studentid=2100301417")
      try bench.turn(to: "2022-09-01 11:30:10")
      _ = await bench.get("/logout?studentid=2100301419")
      try bench.turn(to: "2022-09-01 12:00:00")
      // Another program on the same tables: nothing of it comes from memory.
      let fresh = try await PluginBench(CheckInPlugin.self, store: bench.store, clock: bench.clock)
      let day = await fresh.get("/checkin/day")
      let expected: JSONValue = [
        "points": [
          [.int(moment("2022-09-01 00:00:00")), 1], [.int(moment("2022-09-01 10:16:00")), 2],
          [.int(moment("2022-09-01 11:00:00")), 3], [.int(moment("2022-09-01 11:30:00")), 2],
          [.int(moment("2022-09-01 12:00:00")), 2],
        ], "peak": 3, "grades": ["20", "21"],
      ]
      #expect(day.json == expected)
    }
  }

  @Test(arguments: Engine.testable)
  func `the peak of the day is that of its fullest second`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      // Within one minute three more come and go, so that the curve by minutes does not show them.
      for (second, call) in [
        ("01", "login?studentid=2100301417"), ("02", "login?studentid=2100301419"),
        ("03", "login?studentid=2000301416"), ("03", "logout?studentid=2100301417"),
        ("10", "logout?studentid=2100301419"), ("11", "logout?studentid=2000301416"),
      ] {
        try bench.turn(to: "2022-09-01 10:16:\(second)")
        _ = await bench.get("/\(call)")
      }
      try bench.turn(to: "2022-09-01 12:00:00")
      let day = await bench.get("/checkin/day").json
      #expect(day["peak"] == 3)
      #expect(day["points"]?.array?.allSatisfy { $0[1] == 1 } == true)
    }
  }
}
