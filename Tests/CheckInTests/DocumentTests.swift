import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// The document's requests on the documents' data give the document's answers, byte for byte.
@Suite struct DocumentTests {
  struct Step: Sendable {
    let time: String
    let request: String
    let answer: String
  }

  static let steps = [
    Step(time: "2022-09-01 10:16:40", request: "/mytimerecored?userid=1", answer: Example.records),
    Step(time: "2022-09-01 10:16:40", request: "/showonline", answer: Example.showOnline),
    Step(
      time: "2022-09-01 10:16:40", request: "/login?studentid=2100301419", answer: Example.login),
    Step(
      time: "2022-09-01 10:17:00", request: "/login?studentid=2100301419",
      answer: Example.loginAgain),
    Step(
      time: "2022-09-01 10:18:15", request: "/logout?studentid=2100301419",
      answer: Example.logout),
    Step(
      time: "2022-09-01 10:19:00", request: "/logout?studentid=2100301419",
      answer: Example.logoutAgain),
    Step(time: "2022-09-01 10:19:00", request: "/topthree?grade=21", answer: Example.topThree),
    Step(time: "2022-09-01 10:19:00", request: "/showonline", answer: Example.showOnline),
    Step(time: "2022-09-01 10:19:00", request: "/login?studentid=221", answer: Example.unknown),
  ]

  static let ways: [(Engine, PluginKit.Method, String)] = Engine.testable.flatMap { engine in
    [(engine, .get, ""), (engine, .post, ""), (engine, .get, "/checkin")]
  }

  @Test(arguments: ways)
  func `the document's calls are answered as printed`(
    engine: Engine, method: PluginKit.Method, mount: String
  ) async throws {
    try await withLab(engine) { bench in
      for step in DocumentTests.steps {
        try bench.turn(to: step.time)
        let answer = await bench.call(method, mount + step.request)
        #expect(answer.status == 200)
        #expect(answer.text == (try compact(step.answer)), "\(step.request)")
        #expect(answer.response.contentType == "application/json; charset=utf-8")
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `new people and new stays go on with the ids of the documents`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      _ = await bench.post("/adduser", json: ["studentid": "2000301421", "name": "wu"])
      let added = await bench.get("/selectone?studentid=2000301421")
      #expect(added.json["data"]?["id"] == 5)
      _ = await bench.get("/login?studentid=2100301419")
      bench.clock.advance(seconds: 95)
      _ = await bench.get("/logout?studentid=2100301419")
      #expect(
        await bench.get("/mytimerecored?userid=3").text
          == """
          {"flag":true,"msg":null,"recordtime":null,"data":[{"id":144,"userid":3,"duration":0.03,\
          "status":1,"reporterid":"0","endTime":"2022-09-01 10:18:15",\
          "startTime":"2022-09-01 10:16:40"}],"code":null}
          """)
    }
  }

  @Test func `elsewhere times are told by the clock there`() async throws {
    // Seven hours behind the lab of the documents.
    try await withLab(zone: LocalZone(offsetSeconds: 3600)) { bench in
      let person = await bench.get("/login?studentid=2100301419").json["data"]
      #expect(person?["startTime"] == "2022-09-01 03:16:40")
      #expect(person?["endTime"] == "2022-08-31 10:58:55")
      let records = await bench.get("/mytimerecored?userid=1").json["data"]
      #expect(records?[0]?["endTime"] == "2022-08-31 10:58:34")
      let table = await bench.get("/excel").json["msg"]
      #expect(table == "2022-09-01.xlsx")
    }
    try await withLab(settings: ["opening_hours": .flag(true)], zone: LocalZone(offsetSeconds: 0)) {
      // Sixteen past two in the night.
      #expect(await $0.get("/login?studentid=2100301419").json["code"] == 20010)
    }
  }

  @Test func `the data of the documents are not put into tables that have people`() async throws {
    try await withLab { bench in
      for seed in bench.unit.demos { try await seed(bench.unit.services, bench.clock.now) }
      #expect(await bench.get("/showbygrade?grade=2").json["data"]?.array?.count == 4)
    }
  }

  @Test func `every example of the generated documents is JSON`() async throws {
    try await withLab { bench in
      for route in bench.unit.routes {
        let examples =
          route.operation.answers.compactMap(\.example)
          + [route.operation.body?.example].compactMap { $0 }
        for example in examples {
          #expect(throws: Never.self) { try JSONValue(parsing: example.encoded()) }
        }
      }
    }
  }
}
