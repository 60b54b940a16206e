import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct ListTests {
  private static let empty =
    #"{"flag":true,"msg":null,"recordtime":null,"data":[],"code":null}"#

  @Test(arguments: [
    "/topthree?grade=99", "/topthree", "/topthree?grade=", "/topthree?grade=2%25",
    "/topthree?grade=21'--", "/topthree?grade=12345678901", "/mytimerecored?userid=99",
    "/mytimerecored", "/mytimerecored?userid=2100301417x", "/showbygrade?grade=x",
  ])
  func `a question about nobody has an empty answer`(target: String) async throws {
    try await withLab { bench in #expect(await bench.get(target).text == ListTests.empty) }
  }

  @Test(arguments: ["/login", "/login?studentid=null"])
  func `a missing number is the text null`(target: String) async throws {
    try await withLab { bench in
      #expect(await bench.get(target).json["msg"] == "学号null不存在")
      #expect(await bench.get("/logout").json["code"] == 20080)
      #expect(await bench.get("/selectone").json["code"] == 20090)
    }
  }

  @Test(arguments: ["%00", "%22%7D", "21%27%20OR%201=1", "二一"])
  func `an odd number is unknown and nothing else`(number: String) async throws {
    try await withLab { bench in
      let answer = await bench.get("/login?studentid=\(number)")
      #expect(answer.json["code"] == 20070)
      #expect(await bench.get("/logout?studentid=\(number)").json["code"] == 20080)
      #expect(await bench.get("/selectone?studentid=\(number)").json["code"] == 20090)
    }
  }

  @Test(arguments: [
    ("2", ["chen", "lin", "tao", "zhou"]), ("20", ["zhou"]), ("2100301418", ["lin"]),
    ("21&isonline=1", ["lin"]), ("21&isonline=0", ["chen", "tao"]),
    ("21&isonline=", ["chen", "lin", "tao"]),
  ])
  func `a grade is listed by id, the present or the absent if wished`(
    query: String, names: [String]
  ) async throws {
    try await withLab { bench in
      let people = await bench.get("/showbygrade?grade=\(query)").json["data"]?.array
      #expect(people?.compactMap { $0["name"]?.string } == names)
    }
  }

  @Test(arguments: Engine.testable)
  func `the first three are in order of their week and then of their id`(
    engine: Engine
  ) async throws {
    try await withLab(engine, demo: false) { bench in
      let weeks = [("a", 1.5), ("b", 2), ("c", 2), ("d", 0.5), ("e", 2)]
      for (index, (name, week)) in weeks.enumerated() {
        _ = await bench.post(
          "/adduser",
          json: [
            "name": .string(name), "studentid": .string("290000000\(index)"),
            "weekTime": .double(week),
          ])
      }
      let top = await bench.get("/topthree?grade=29").json["data"]?.array
      #expect(top?.compactMap { $0["name"]?.string } == ["b", "c", "e"])
    }
  }

  @Test func `stays come two thousand at a time`() async throws {
    try await withLab { bench in
      try await bench.store.write { tx in
        for second in 0..<2_100 {
          try tx.execute(
            """
            INSERT INTO checkin_records (userid, starttime, endtime, duration) VALUES (2, ?, ?, 0)
            """, second, second + 1)
        }
      }
      func ids(_ query: String) async -> [Int] {
        await bench.get("/mytimerecored?userid=2\(query)").json["data"]?.array?
          .compactMap { $0["id"]?.int } ?? []
      }
      let first = await ids("")
      #expect(first.count == 2_000)
      let rest = await ids("&before=\(first.last ?? 0)")
      #expect(rest.count >= 100 && rest.count < 2_000)
      let all = first + rest
      #expect(all == all.sorted(by: >) && Set(all).count == all.count)
      #expect(await ids("&before=\(rest.last ?? 0)").isEmpty)
    }
  }

  @Test func `where the store fails the lists say so in the document's words`() async throws {
    try await withLab { bench in
      try await bench.store.execute("ALTER TABLE checkin_records RENAME TO gone")
      try await bench.store.execute("ALTER TABLE checkin_users RENAME TO gone_too")
      for target in ["/topthree?grade=21", "/showonline", "/mytimerecored?userid=1"] {
        let answer = await bench.get(target)
        #expect(answer.status == 200)
        #expect(
          answer.text
            == #"{"flag":false,"msg":null,"recordtime":null,"data":"查询失败","code":null}"#)
      }
      #expect(await bench.get("/login?studentid=2100301419").status == 500)
    }
  }
}
