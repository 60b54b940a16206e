import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `A second look` {
  private static let looks = "/admin/api/clockins/12/looks/"
  private static let isOn: [String: Setting.Kind] = ["second_look": .flag(true)]

  private func plan(
    _ faculty: Faculty, _ within: JSONValue = 1, _ minutes: JSONValue = 3, as who: Identity? = nil
  ) async -> BenchAnswer {
    await faculty.post(
      Self.looks, ["within_minutes": within, "minutes": minutes], as: who ?? faculty.wang)
  }

  @Test(arguments: Engine.testable)
  func `asks everybody who is in to scan once more`(engine: Engine) async throws {
    try await withFaculty(engine, settings: Self.isOn) { faculty in
      let planned = await plan(faculty)
      #expect(planned.whole == #"201 {"over_by":"2020-02-22T12:04:00+08:00"}"#)
      #expect(await plan(faculty).detail == "该打卡项已安排二次确认。")
      // Whatever the moment is, it has come after a minute.
      faculty.bench.clock.set(faculty.bench.clock.now + 60_000)
      for _ in 0..<2 { try await faculty.bench.runJob("looks") }
      let names = await faculty.bench.hub.names(in: "campus.qr.12")
      #expect(names.filter { $0 == "look.opened" }.count == 1)

      #expect(await faculty.scan(await faculty.code(), as: faculty.chen).status == 200)
      #expect(
        await faculty.scan(await faculty.code(), as: faculty.chen).detail == "已存在该打卡记录。")
      #expect(await faculty.bench.hub.names(in: "campus.qr.12").last == "clockin.confirmed")
      _ = await faculty.post(
        "/admin/api/clockin-records/", ["clockin": 12, "user": 8, "reason": "x"], as: faculty.wang)
      let roll = await faculty.get("/admin/api/clockins/12/roll/", as: faculty.wang).json
      #expect(roll["people"]?.array?.map { $0["is_confirmed"] } == [true, false])
      #expect(roll["records"] == 2)
    }
  }

  @Test(arguments: Engine.testable)
  func `counts somebody who comes in meanwhile, and ends`(engine: Engine) async throws {
    try await withFaculty(engine, settings: Self.isOn) { faculty in
      _ = await plan(faculty, 1, 1)
      _ = await faculty.enrol(as: faculty.li)
      faculty.bench.clock.set(faculty.bench.clock.now + 60_000)
      #expect(await faculty.scan(await faculty.code(), as: faculty.li).status == 200)
      let roll = await faculty.get("/admin/api/clockins/12/roll/", as: faculty.wang).json
      #expect(roll["people"]?.array?.map { $0["is_confirmed"] } == [false, true])
      faculty.bench.clock.set(faculty.bench.clock.now + 63_000)
      #expect(
        await faculty.scan(await faculty.code(), as: faculty.chen).detail == "已存在该打卡记录。")
    }
  }

  @Test func `is off unless it is switched on, and for the staff of the item`() async throws {
    try await withFaculty { faculty in
      #expect(await plan(faculty).status == 404)
    }
    try await withFaculty(settings: Self.isOn) { faculty in
      #expect(await plan(faculty, as: faculty.chen).status == 403)
      for (within, minutes) in [(0, 3), (241, 3), (1, 0), (1, 31)] {
        let refused = await plan(faculty, .int(Int64(within)), .int(Int64(minutes)))
        #expect(refused.status == 400)
      }
    }
  }
}
