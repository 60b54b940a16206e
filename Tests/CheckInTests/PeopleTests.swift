import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct PeopleTests {
  @Test(arguments: Engine.testable)
  func `the document's import adds somebody once`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let wu: JSONValue = [
        "name": "wu", "studentid": "2000301421", "qq": "10001", "avatar": "two.jpg",
      ]
      #expect(
        await bench.post("/adduser", json: wu).text
          == #"{"flag":true,"msg":"添加成功","recordtime":null,"data":null,"code":20031}"#)
      #expect(
        await bench.post("/checkin/adduser", json: wu).text
          == #"{"flag":false,"msg":"2000301421已存在","recordtime":null,"data":null,"code":20030}"#)
      let found = await bench.get("/selectone?studentid=2000301421")
      #expect(
        found.text == """
          {"flag":true,"msg":"学号2000301421查询成功","recordtime":null,"data":{"name":"wu","id":5,\
          "endTime":null,"startTime":null,"status":0,"weekTime":0.0,"totalTime":0.0,\
          "studentid":"2000301421"},"code":20051}
          """)
    }
  }

  @Test(arguments: Engine.testable)
  func `a batch says how many were added and who was there`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let answer = await bench.post(
        "/adduser",
        json: [
          ["name": "a", "studentid": "2200000001", "weekTime": 1.5, "totalTime": 2],
          ["name": "b", "studentid": "2100301417"], ["name": "c", "studentid": "2200000002"],
          ["name": "d", "studentid": "2200000001"],
        ])
      #expect(
        answer.text == """
          {"flag":true,"msg":"添加成功","recordtime":null,\
          "data":{"added":2,"skipped":["2100301417","2200000001"]},"code":20031}
          """)
      let first = await bench.get("/selectone?studentid=2200000001").json["data"]
      #expect(first?["name"] == "a")
      #expect(first?["weekTime"] == 1.5)
      #expect(first?["totalTime"] == 2.0)
    }
  }

  @Test func `a batch of thousands comes in whole`() async throws {
    try await withLab(demo: false) { bench in
      let people = (0..<3001).map { number -> JSONValue in
        ["name": .string("s\(number)"), "studentid": .string("\(2_000_000_000 + number)")]
      }
      // In an open network a stranger imports less at once.
      let refused = await bench.post("/adduser", json: .array(people))
      #expect(refused.json["flag"] == false && refused.json["code"] == 20030)
      let staff = try await bench.account("boss", roles: .staff)
      let answer = await bench.post("/adduser", json: .array(people), as: staff)
      #expect(answer.json["data"]?["added"] == 3001)
      #expect(await bench.get("/showbygrade?grade=20").json["data"]?.array?.count == 3001)
    }
  }

  @Test(arguments: [
    #"{"name":"wu"}"#, #"{"studentid":"22"}"#, #"{"name":"","studentid":"22"}"#,
    #"{"name":"wu","studentid":""}"#, #"{"name":"wu","studentid":"22 1"}"#,
    #"{"name":"wu","studentid":"0123456789012345678901234567890"}"#,
    #"{"name":"wu","studentid":"22","weekTime":-1}"#, #"{"name":"wu","studentid":"22","status":2}"#,
    #"{"name":"wu","studentid":"22","weekTime":"1"}"#,
    #"{"name":"wu","studentid":"22","qq":"a@b\r\nBcc: c"}"#,
    #"{"name":"wu","studentid":"22","avatar":"0123456789012345678901.jpg"}"#, "[1]", "7",
    #"[{"name":"wu","studentid":"22"},{"name":"wu"}]"#,
  ])
  func `what is not somebody is not saved, and nothing of its batch`(body: String) async throws {
    try await withLab { bench in
      let answer = await bench.call(.post, "/adduser", body: .bytes(Array(body.utf8)))
      #expect(answer.status == 200)
      #expect(answer.json["flag"] == false)
      #expect(answer.json["code"] == 20030)
      #expect(await bench.get("/selectone?studentid=22").json["code"] == 20090)
    }
  }

  @Test(arguments: ["/adduser", "/report", "/addavatar"])
  func `unreadable JSON is a 400 in the envelope`(path: String) async throws {
    try await withLab { bench in
      let answer = await bench.call(.post, path, body: .bytes(Array("{".utf8)))
      #expect(answer.status == 400)
      #expect(
        answer.json.object?.members.map(\.key) == ["flag", "msg", "recordtime", "data", "code"])
      #expect(answer.json["flag"] == false)
    }
  }

  @Test func `a new person is announced to staff alone`() async throws {
    try await withLab { bench in
      let staff = try await bench.account("boss", roles: .staff)
      let watching = try await bench.subscribe("checkin.presence", as: staff)
      let tao = try await bench.account("tao", number: "2100301419")
      let other = try await bench.subscribe("checkin.presence", as: tao)
      _ = await bench.post("/adduser", json: ["name": "wu", "studentid": "2000301421"])
      let events = watching.takeEvents().map(readable)
      #expect(events.map { $0["event"] } == ["checkin.user_added"])
      #expect(events.first?["user"]?["studentid"] == "2000301421")
      #expect(other.takeEvents().isEmpty)
    }
  }

  @Test func `an account that is no longer staff is not told of new people`() async throws {
    try await withLab { bench in
      let boss = try await bench.account("boss", roles: .staff)
      let watching = try await bench.subscribe("checkin.presence", as: boss)
      var account = try #require(await bench.accounts.find(.login("boss")))
      account.roles = .student
      try await bench.accounts.update(account)
      _ = await bench.post("/adduser", json: ["name": "wu", "studentid": "2000301421"])
      #expect(watching.takeEvents().isEmpty)
    }
  }

  @Test func `somebody imported as present is in the lab from then on`() async throws {
    try await withLab { bench in
      _ = await bench.post(
        "/adduser", json: ["name": "wu", "studentid": "2000301421", "status": 1])
      #expect(await bench.present == ["2100301418", "2000301421"])
      #expect(await bench.hub.names(in: "checkin.presence") == ["checkin.in"])
      bench.clock.advance(seconds: 3600)
      let answer = await bench.get("/logout?studentid=2000301421")
      #expect(answer.json["recordtime"] == "1.00")
    }
  }

  @Test func `a picture is kept for the chat and shown nowhere else`() async throws {
    try await withLab { bench in
      let answer = await bench.post(
        "/addavatar", json: ["studentid": "2100301418", "avatar": "five.jpg"])
      #expect(
        answer.text == #"{"flag":true,"msg":null,"recordtime":null,"data":null,"code":null}"#)
      let unknown = await bench.post("/addavatar", json: ["studentid": "221", "avatar": "a.jpg"])
      #expect(
        unknown.text == #"{"flag":false,"msg":null,"recordtime":null,"data":null,"code":null}"#)
      let shown = await bench.get("/showonline").text
      #expect(!shown.contains("five.jpg") && !shown.contains("10002"))
    }
  }

  @Test(arguments: Engine.testable)
  func `the staff takes somebody out of the tables, with all stays`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let boss = try await bench.account("boss", roles: .staff)
      let tao = try await bench.account("tao", number: "2100301419")
      let path = "/checkin/users/2100301418"
      #expect(await bench.call(.delete, path, as: tao).json["flag"] == false)
      #expect(await bench.call(.delete, path).json["msg"] == "未授权")
      #expect(await bench.present == ["2100301418"])
      let answer = await bench.call(.delete, path, as: boss)
      #expect(answer.json["flag"] == true && answer.json["msg"] == "2100301418已删除")
      #expect(await bench.present.isEmpty)
      #expect(await bench.hub.names(in: "checkin.presence") == ["checkin.auto_out"])
      #expect(await bench.get("/selectone?studentid=2100301418").json["code"] == 20090)
      #expect(await bench.get("/mytimerecored?userid=2").json["data"]?.array?.isEmpty == true)
      let top = await bench.get("/topthree?grade=21").json["data"]?.array
      #expect(top?.compactMap { $0["name"]?.string } == ["chen", "tao"])
      #expect(await bench.call(.delete, path, as: boss).json["code"] == 20090)
    }
  }

  @Test func `imports and tables are in the audit trail, whoever made them`() async throws {
    try await withLab { bench in
      let boss = try await bench.account("boss", roles: .staff)
      let wu: JSONValue = ["name": "wu", "studentid": "2000301421"]
      _ = await bench.post("/adduser", json: wu, from: .labDevice)
      _ = await bench.post("/adduser", json: wu, as: boss)
      _ = await bench.post("/adduser", json: [["name": "a", "studentid": "21"]], as: boss)
      _ = await bench.get("/excel", as: boss)
      let by = boss.auditName
      #expect(
        bench.audited == [
          AuditEvent(
            "checkin.people_added", on: "2000301421", from: "192.168.4.7", "1 added"),
          AuditEvent("checkin.people_added", by: by, on: "21", from: "127.0.0.1", "1 added"),
          AuditEvent("checkin.table_made", by: by, on: "2022-09-01.xlsx", from: "127.0.0.1"),
        ])
    }
  }

  @Test func `what the staff does for others is in the audit trail`() async throws {
    try await withLab { bench in
      let boss = try await bench.account("boss", number: "2000301416", roles: .staff)
      let tao = try await bench.account("tao", number: "2100301419")
      for target in ["/login?studentid=2100301419", "/logout?studentid=2100301419"] {
        _ = await bench.get(target, as: boss, from: .outside)
        _ = await bench.get(target, as: tao, from: .outside)
      }
      _ = await bench.get("/login?studentid=2000301416", as: boss)
      _ = await bench.post(
        "/report", json: ["reportid": "2100301418", "reporterid": "2100301417"], as: boss)
      _ = await bench.post(
        "/addavatar", json: ["studentid": "2100301418", "avatar": "five.jpg"], as: boss)
      #expect(
        bench.audited.map { "\($0.action) \($0.target) \($0.actor)" } == [
          "checkin.checked_in 2100301419 \(boss.auditName)",
          "checkin.checked_out 2100301419 \(boss.auditName)",
          "checkin.reported 2100301417 \(boss.auditName)",
          "checkin.picture_set 2100301418 \(boss.auditName)",
        ])
    }
  }
}
