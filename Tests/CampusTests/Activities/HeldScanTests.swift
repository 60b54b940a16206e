import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `A scan before the login` {
  private static let held = "/activities/scans/held/"
  private static let tooLong = "扫码后超过两分钟未登录，请重新扫码。"

  private func hold(_ code: String, _ faculty: Faculty) async -> BenchAnswer {
    await faculty.post(Self.held, ["key": .string(code)])
  }

  /// The cookie that an answer sets.
  private func ticket(_ answer: BenchAnswer) -> String {
    let cookie = answer.header("Set-Cookie") ?? ""
    return String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
  }

  private func claim(
    _ ticket: String, _ faculty: Faculty, as who: Identity, _ body: JSONValue = [:]
  ) async -> BenchAnswer {
    await faculty.bench.call(
      .post, "/activities/scans/claimed/", body: .bytes(body.encoded()),
      headers: ["Content-Type": "application/json"], cookies: ["campus_scan": ticket], as: who)
  }

  @Test(arguments: Engine.testable)
  func `counts from its arrival if the login follows within two minutes`(
    engine: Engine
  ) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let answer = await hold(await faculty.code(), faculty)
      #expect(answer.status == 201)
      #expect(answer.json == ["label": "签到", "activity_name": "教学研讨", "seconds": 120])
      let cookie = answer.header("Set-Cookie") ?? ""
      #expect(cookie.contains("HttpOnly") && cookie.contains("Max-Age=120"))
      faculty.bench.clock.set(faculty.bench.clock.now + 120_000)
      let claimed = await claim(ticket(answer), faculty, as: faculty.li)
      #expect(claimed.whole == #"200 {"label":"签到","activity_name":"教学研讨"}"#)
      let event = await faculty.bench.hub.published.last?.event
      #expect(event?.fields["created"] == "2020-02-22T12:00:00+08:00")
      // A ticket counts once.
      #expect(await claim(ticket(answer), faculty, as: faculty.chen).detail == Self.tooLong)
    }
  }

  @Test(arguments: Engine.testable)
  func `does not count later, or for another phone`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let answer = await hold(await faculty.code(), faculty)
      #expect(await claim("", faculty, as: faculty.li).detail == Self.tooLong)
      let none = await faculty.post("/activities/scans/claimed/", as: faculty.li)
      #expect(none.detail == Self.tooLong)
      faculty.bench.clock.set(faculty.bench.clock.now + 120_001)
      #expect(await claim(ticket(answer), faculty, as: faculty.li).detail == Self.tooLong)
      try await faculty.bench.runJob("held-scans")
      let rows = try await faculty.bench.store.query("SELECT digest FROM campus_held_scans")
      #expect(rows.isEmpty)
      #expect(try await faculty.plugin.activities.clockins.item(12)?.records == 1)
    }
  }

  @Test func `is kept only for a code that is good`() async throws {
    try await withFaculty { faculty in
      #expect(await hold("x", faculty).detail == "打卡二维码异常或已过期，请重试。")
      let early = await hold(await faculty.code(14), faculty)
      #expect(early.whole == #"400 {"detail":"打卡时间不在指定的时间范围内。"}"#)
      let code = await faculty.code()
      faculty.bench.clock.set(faculty.bench.clock.now + 27_001)
      #expect(await hold(code, faculty).detail == "打卡二维码已过期，请重试。")
      #expect(await faculty.post(Self.held).sentence("key") == "该字段是必填项。")
    }
  }

  @Test func `stays for somebody who has to enrol first`() async throws {
    try await withFaculty { faculty in
      let scan = ticket(await hold(await faculty.code(), faculty))
      let refused = await claim(scan, faculty, as: faculty.li)
      #expect(refused.whole == #"400 {"detail":"您尚未报名该活动，无法进行本次打卡。"}"#)
      _ = await faculty.enrol(as: faculty.li)
      #expect(await claim(scan, faculty, as: faculty.li).status == 200)
    }
  }
}

@Suite struct `A refused scan` {
  private func scan(_ faculty: Faculty, _ item: Int, explain: Bool) async -> BenchAnswer {
    await faculty.post(
      "/activities/clockins/",
      ["key": .string(await faculty.code(item)), "explain": .bool(explain)], as: faculty.li)
  }

  @Test func `says when to come back to clients that ask`() async throws {
    try await withFaculty { faculty in
      #expect(
        await scan(faculty, 14, explain: true).json == [
          "detail": "打卡时间不在指定的时间范围内。", "activity": 4, "activity_name": "春季运动会",
          "label": "签到", "from_time": "2020-02-23T12:00:00+08:00",
          "to_time": "2020-02-23T14:00:00+08:00",
        ])
      #expect(await scan(faculty, 12, explain: true).json["activity_name"] == "教学研讨")
      let plain = await scan(faculty, 14, explain: false)
      #expect(plain.whole == #"400 {"detail":"打卡时间不在指定的时间范围内。"}"#)
    }
  }

  @Test func `says no more where that is switched off`() async throws {
    try await withFaculty(settings: ["explain_refusals": .flag(false)]) { faculty in
      let refused = await scan(faculty, 14, explain: true)
      #expect(refused.whole == #"400 {"detail":"打卡时间不在指定的时间范围内。"}"#)
    }
  }
}

@Suite struct `A code behind a link` {
  @Test func `is drawn as a link, and read with and without it`() async throws {
    let link = "https://muster.example.edu/scan"
    let plain = QRText(activity: 3, label: "签到", key: "k")
    #expect(QRText("\(link)#\(plain.encoded)") == plain)
    try await withFaculty(settings: ["qr_link": .text(link)]) { faculty in
      let json = await faculty.get("/activities/clockins/items/12/qr/", as: faculty.wang).json
      #expect(json["is_link"] == true)
      let text = try #require(json["payload"]?.string)
      #expect(QRText(text) != nil)
      let item = try #require(try await faculty.plugin.activities.clockins.item(12))
      #expect(json["size"] == item.qr(behind: link)?["size"])
      #expect(json["size"]?.int ?? 0 > item.qr(behind: "")?["size"]?.int ?? 99)
    }
  }

  @Test(arguments: ["http://a/scan", "https://a/scan#", "ftp://a", "https://a/ b"])
  func `must be an https address`(link: String) {
    let settings = Settings(CampusPlugin.settings, replacing: ["qr_link": .text(link)])
    #expect(CampusPlugin.check(settings).map(\.key) == ["qr_link"])
  }
}
