import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The calls of clock-ins` {
  private static let badCode = "打卡二维码异常或已过期，请重试。"

  @Test(arguments: Engine.testable)
  func `record a scan once`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      await faculty.bench.hub.forget()
      let code = await faculty.code()
      let answer = await faculty.scan(code, as: faculty.li)
      #expect(answer.status == 200)
      #expect(answer.json == ["label": "签到", "activity_name": "教学研讨"])
      #expect(await faculty.scan(code, as: faculty.li).detail == "已存在该打卡记录。")
      #expect(
        await faculty.bench.hub.names(in: "campus.qr.12") == ["qr.rotated", "clockin.recorded"])
      let event = await faculty.bench.hub.published.last
      #expect(
        event?.event.data == [
          "event": "clockin.recorded", "clockin": 12, "activity": 3, "label": "签到", "user": 8,
          "fullname": "李娜", "created": "2020-02-22T12:00:00+08:00", "total": 2,
        ])
    }
  }

  @Test func `show which items are done`() async throws {
    try await withFaculty { faculty in
      #expect(
        await faculty.get("/activities/clockins/3/", as: faculty.chen).json == [
          ["label": "签到", "is_clockin": true], ["label": "签退", "is_clockin": false],
        ])
      for id in ["99", "x"] {
        let answer = await faculty.get("/activities/clockins/\(id)/", as: faculty.chen)
        #expect(answer.whole == #"400 {"detail":"该活动不存在。"}"#)
      }
    }
  }

  @Test func `refuse a code that is none, or of something else`() async throws {
    try await withFaculty { faculty in
      let good = try #require(QRText(await faculty.code()))
      let codes = [
        "x", QRText(activity: 99, label: good.label, key: good.key).encoded,
        QRText(activity: 3, label: "签退", key: good.key).encoded,
        QRText(activity: 3, label: good.label, key: ClockinKeys.makeKey()).encoded,
        QRText(activity: 3, label: good.label, key: good.key.uppercased()).encoded,
      ]
      for code in codes {
        #expect(await faculty.scan(code, as: faculty.chen).detail == Self.badCode)
      }
      #expect(await faculty.scan("", as: faculty.chen).sentence("key") == "该字段不能为空。")
      #expect(
        await faculty.post("/activities/clockins/", as: faculty.li).sentence("key") == "该字段是必填项。")
    }
  }

  @Test func `take the activity from the path too, and then it must be the code's`() async throws {
    try await withFaculty { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let body: JSONValue = ["key": .string(await faculty.code())]
      let other = await faculty.post("/activities/clockins/4/", body, as: faculty.li)
      #expect(other.detail == Self.badCode)
      #expect(await faculty.post("/activities/clockins/3/", body, as: faculty.li).status == 200)
    }
  }

  @Test func `refuse in the document's order`() async throws {
    try await withFaculty { faculty in
      let early = await faculty.code(14)
      #expect(await faculty.scan(early, as: faculty.li).detail == "打卡时间不在指定的时间范围内。")
      let code = await faculty.code()
      #expect(await faculty.scan(code, as: faculty.li).detail == "您尚未报名该活动，无法进行本次打卡。")
      faculty.bench.clock.set(faculty.bench.clock.now + 27_001)
      #expect(await faculty.scan(code, as: faculty.li).detail == "打卡二维码已过期，请重试。")
    }
  }

  @Test func `include both ends of an item's time`() async throws {
    try await withFaculty { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let last = faculty.bench.clock.now + 8 * 3_600_000
      faculty.bench.clock.set(last)
      let code = await faculty.code()
      faculty.bench.clock.set(last + 1)
      #expect(await faculty.scan(code, as: faculty.li).detail == "打卡时间不在指定的时间范围内。")
      faculty.bench.clock.set(last)
      #expect(await faculty.scan(code, as: faculty.li).status == 200)
    }
  }

  @Test(arguments: Engine.testable)
  func `record one of many scans at the same moment`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let code = await faculty.code()
      let statuses = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<8 { group.addTask { await faculty.scan(code, as: faculty.li).status } }
        return await group.reduce(into: []) { $0.append($1) }.sorted()
      }
      #expect(statuses == [200] + Array(repeating: 400, count: 7))
      let item = try await faculty.plugin.activities.clockins.item(12)
      #expect(item?.records == 2)
    }
  }
}
