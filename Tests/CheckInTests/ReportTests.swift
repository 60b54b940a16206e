import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct ReportTests {
  private func report(_ bench: PluginBench, _ reported: String, by reporter: String) async
    -> BenchAnswer
  {
    await bench.post(
      "/report", json: ["reportid": .string(reported), "reporterid": .string(reporter)])
  }

  @Test(arguments: Engine.testable)
  func `whoever is reported is checked out without a counted hour`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let answer = await report(bench, "2100301418", by: "2100301419")
      #expect(
        answer.text == """
          {"flag":true,"msg":"2100301419举报2100301418成功","recordtime":null,"data":null,\
          "code":20041}
          """)
      #expect(await bench.present.isEmpty)
      let lin = await bench.get("/selectone?studentid=2100301418").json["data"]
      #expect(lin?["weekTime"] == 56.97)
      #expect(lin?["totalTime"] == 56.97)
      #expect(lin?["endTime"] == "2022-09-01 10:16:40")
      let record = await bench.get("/mytimerecored?userid=2").json["data"]?[0]
      #expect(
        record == [
          "id": 144, "userid": 2, "duration": 12.22, "status": 2, "reporterid": "2100301419",
          "endTime": "2022-09-01 10:16:40", "startTime": "2022-08-31 22:03:40",
        ])
    }
  }

  @Test func `a letter goes to the mailbox of whoever was reported`() async throws {
    try await withLab { bench in
      _ = await report(bench, "2100301418", by: "2100301419")
      #expect(
        await bench.outbox.mails
          == [Mail(to: "10002@qq.com", subject: "举报通知", text: "你被他人举报了,下次记得签退")])
      _ = await bench.get("/login?studentid=2100301417")
      _ = await report(bench, "2100301417", by: "2100301419")
      #expect(await bench.outbox.mails.count == 1)
    }
  }

  @Test func `only the person and the staff learn who reported`() async throws {
    try await withLab { bench in
      _ = await report(bench, "2100301418", by: "2100301419")
      for topic: Topic in ["checkin.presence", "checkin.grade.21"] {
        let event = try #require(await bench.events(in: topic).first)
        #expect(event["event"] == "checkin.reported")
        #expect(event["user"]?["status"] == 0)
        #expect(!event.description.contains("2100301419"))
      }
      let own = await bench.events(in: "checkin.user.2100301418").first
      #expect(own?["reporterid"] == "2100301419")
      #expect(own?["record"]?["status"] == 2)
    }
  }

  @Test(arguments: [
    ("221", "2100301419", "221不存在"), ("2100301417", "2100301419", "2100301417未签到"),
    ("2100301418", "221", "221不存在"), ("2100301418", "2100301418", "不能举报自己"),
    ("221", "221", "221不存在"),
  ])
  func `a report that cannot be is refused`(
    reported: String, reporter: String, message: String
  ) async throws {
    try await withLab { bench in
      let answer = await report(bench, reported, by: reporter)
      #expect(
        answer.text == """
          {"flag":false,"msg":"\(message)","recordtime":null,"data":null,"code":20040}
          """)
      #expect(await bench.present == ["2100301418"])
      #expect(await bench.outbox.mails.isEmpty)
      #expect(await bench.hub.published.isEmpty)
    }
  }

  @Test func `elsewhere nobody reports in another's name`() async throws {
    try await withLab { bench in
      let chen = try await bench.account("chen", number: "2100301417")
      let answer = await bench.post(
        "/report", json: ["reportid": "2100301418", "reporterid": "2100301419"], as: chen,
        from: .outside)
      #expect(answer.json["msg"] == "未授权")
      #expect(await bench.present == ["2100301418"])
    }
  }
}
