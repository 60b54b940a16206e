import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct Calls {
  @Test(arguments: Engine.testable)
  func `give pages of twenty with links to their neighbours`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      for _ in 0..<34 { _ = await library.start(as: library.bllli) }
      for list in ["studys/", "users/1/studys/"] {
        let base = "https://127.0.0.1:5000/api/v1.0/\(list)"
        let pages = [
          await library.call(.get, list).json, await library.call(.get, "\(list)?page=2").json,
          await library.call(.get, "\(list)?page=3").json,
        ]
        #expect(pages.map { $0["count"]?.int } == [41, 41, 41])
        #expect(pages.map { $0["studys"]?.array?.count } == [20, 20, 1])
        #expect(pages.map { $0["prev"]?.string } == [nil, base + "?page=1", base + "?page=2"])
        #expect(pages.map { $0["next"]?.string } == [base + "?page=2", base + "?page=3", nil])
        let ids = pages.flatMap { $0["studys"]?.array ?? [] }.compactMap { $0["id"]?.int }
        #expect(ids == Array(1...41))
      }
    }
  }

  @Test(arguments: ["", "x", "1.0", "%201", "１"])
  func `give the first page where the number cannot be read`(page: String) async throws {
    try await withLibrary { library in
      #expect(await library.call(.get, "studys/?page=\(page)").json["count"] == 7)
    }
  }

  @Test(arguments: ["0", "-1", "2", "9223372036854775807", "99999999999999999999"])
  func `have no page of this number`(page: String) async throws {
    try await withLibrary { library in
      for list in ["studys/", "users/1/studys/"] {
        let answer = await library.call(.get, "\(list)?page=\(page)")
        #expect(answer.refusal == "404 not found: not found")
      }
    }
  }

  @Test(arguments: [
    "users/2", "users/0", "users/-1", "users/x", "users/01", "users/99999999999999999999",
    "users/2/studys/", "studys/8", "studys/+1", "studys/x", "", "nothing", "studys/1/2",
  ])
  func `know no such thing`(path: String) async throws {
    try await withLibrary { library in
      #expect(await library.call(.get, path).refusal == "404 not found: not found")
    }
  }

  @Test(arguments: [
    "", "{}", " { } ", "\r\n", #"{"start_time":null}"#, #"{"start_time":""}"#, #"{"more":[1]}"#,
  ])
  func `start now where no time is given`(body: String) async throws {
    try await withLibrary { library in
      let answer = await library.call(.post, "studys/", body)
      #expect(answer.status == 201)
      #expect(answer.json["start_time"] == "2017-03-25 12:00:02")
    }
  }

  @Test(arguments: [
    #"{"start_time":"2017-03-25 11:00:00"}"#, "start_time=2017-03-25+11%3A00%3A00",
    "x=1&start_time=2017-03-25%2011:00:00",
  ])
  func `take an object and a form, whatever their type says`(body: String) async throws {
    try await withLibrary { library in
      let answer = await library.call(.post, "studys/", body)
      #expect(answer.json["start_time"] == "2017-03-25 11:00:00")
    }
  }

  @Test(arguments: ["[]", "{", "null", "x", "\u{0}=1", "5"])
  func `refuse a body that is neither`(body: String) async throws {
    try await withLibrary { library in
      #expect(
        await library.call(.post, "studys/", body).refusal == "400 bad request: 请求体格式错误。")
    }
  }

  @Test(arguments: [
    "2017-03-25T11:00:00", "2017-03-25 11:00", "2017-03-25 11:00:00Z", "2017-02-29 11:00:00",
    "2017-03-25 24:00:00", "0000-00-00 00:00:00", "x",
  ])
  func `refuse a time in another format`(time: String) async throws {
    try await withLibrary { library in
      let text = "400 bad request: 时间格式错误, 应为yyyy-MM-dd HH:mm:ss"
      let start = await library.start(["start_time": .string(time)], as: library.bllli)
      let finish = await library.finish(7, ["end_time": .string(time)], as: library.bllli)
      let number = await library.start(["start_time": 1], as: library.bllli)
      #expect([start, finish, number].map(\.refusal) == [text, text, text])
    }
  }

  @Test func `start at most a minute ahead of the clock`() async throws {
    try await withLibrary { library in
      let near = await library.start(["start_time": "2017-03-25 12:01:02"], as: library.bllli)
      #expect(near.status == 201)
      let far = await library.start(["start_time": "2017-03-25 12:01:03"], as: library.bllli)
      #expect(far.refusal == "400 bad request: 开始时间不能晚于当前时间。")
      // Without an end it ends at its start, because the clock has not come there yet.
      let finished = await library.finish(8, as: library.bllli)
      #expect(finished.json["end_time"] == "2017-03-25 12:01:02")
    }
  }

  @Test func `finish a record by the rules in their order`() async throws {
    try await withLibrary { library in
      let other = try await library.student("other")
      let teacher = try await library.student("teacher", roles: .teacher)
      let bad: JSONValue = ["end_time": "x"]
      #expect(
        await library.finish(99, bad, as: other).refusal == "404 not found: not found")
      for who in [other, teacher] {
        #expect(
          await library.finish(7, bad, as: who).refusal
            == "403 forbidden: Insufficient permissions")
      }
      #expect(
        await library.finish(2, bad, as: library.bllli).refusal
          == "400 bad request: 该学习记录已结束。")
      #expect(
        await library.finish(7, ["end_time": "2017-03-25 10:57:42"], as: library.bllli).refusal
          == "400 bad request: 结束时间不能早于开始时间。")
      #expect(
        await library.finish(7, ["end_time": "2017-03-25 10:57:43"], as: library.bllli).status
          == 200)
      #expect(await library.finish(1, ["end_time": ""], as: library.bllli).status == 200)
    }
  }

  @Test func `let students start, and others only read`() async throws {
    try await withLibrary { library in
      let teacher = try await library.student("teacher", roles: .teacher)
      #expect(
        await library.start(as: teacher).refusal == "403 forbidden: Insufficient permissions")
      #expect(await library.get("studys/", as: teacher).json["count"] == 7)
      #expect(await library.get("users/1", as: teacher).status == 200)
      #expect(await library.get("users/myself", as: teacher).status == 404)
    }
  }

  @Test func `show others' records to every user unless they are private`() async throws {
    for isPrivate in [false, true] {
      try await withLibrary(settings: ["private": .flag(isPrivate)]) { library in
        let other = try await library.student("other")
        _ = await library.start(as: other)
        let paths = ["users/1", "users/1/studys/", "studys/1"]
        for path in paths {
          #expect(await library.get(path, as: other).status == (isPrivate ? 404 : 200))
          #expect(await library.get(path, as: library.bllli).status == 200)
        }
        #expect(await library.get("studys/", as: other).json["count"] == (isPrivate ? 1 : 8))
        #expect(await library.finish(7, as: other).status == (isPrivate ? 404 : 403))
        let teacher = try await library.student("teacher", roles: .teacher)
        let list = await library.get("studys/", as: teacher).json
        #expect(list["count"] == (isPrivate ? 0 : 8))
      }
    }
  }

  @Test func `start a second record only where the settings let them`() async throws {
    try await withLibrary(settings: ["single_open": .flag(true)]) { library in
      let other = try await library.student("other")
      #expect(await library.start(as: other).status == 201)
      #expect(
        await library.start(as: other).refusal == "400 bad request: 已有未结束的学习记录。")
      #expect(await library.finish(8, as: other).status == 200)
      #expect(await library.start(as: other).status == 201)
    }
  }

  @Test(arguments: Engine.testable)
  func `store the last call of a user in batches`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let sql = "SELECT last_seen FROM study_users WHERE id = 1"
      _ = await library.call(.get, "studys/")
      #expect(try await library.bench.store.first(sql)?.int("last_seen") == 1_490_424_275)
      #expect(
        await library.call(.get, "users/1").json["last_seen"] == "2017-03-25 12:00:02")
      try await library.bench.runJob("last_seen")
      #expect(try await library.bench.store.first(sql)?.int("last_seen") == 1_490_443_202)
    }
  }
}
