import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The roll of an item` {
  private static let roll = "/admin/api/clockins/12/roll/"
  private static let records = "/admin/api/clockin-records/"
  private static let corrections = "/admin/api/clockin-corrections/"

  private func add(
    _ user: JSONValue, _ faculty: Faculty, as who: Identity? = nil
  ) async -> BenchAnswer {
    await faculty.post(
      Self.records, ["clockin": 12, "user": user, "reason": "手机没电"], as: who ?? faculty.wang)
  }

  @Test(arguments: Engine.testable)
  func `shows everybody who is enrolled or in`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      #expect(await add(9, faculty).status == 201)
      let roll = await faculty.get(Self.roll, as: faculty.wang).json
      #expect(roll["activity_name"] == "教学研讨" && roll["enrolled"] == 2 && roll["records"] == 2)
      let people = roll["people"]?.array ?? []
      #expect(
        people.first == [
          "user": 7, "username": "20120001", "fullname": "陈伟", "is_enrolled": true, "record": 1,
          "created": "2020-02-22T11:30:00+08:00", "is_by_hand": false, "shares_phone_with": [],
          "is_confirmed": nil,
        ])
      #expect(people.map { $0["record"] ?? nil } == [1, nil, 2])
      #expect(people.map { $0["is_by_hand"] } == [false, false, true])
      #expect(people.map { $0["is_enrolled"] } == [true, true, false])
      #expect(await faculty.get(Self.roll, as: faculty.chen).status == 403)
      #expect(await faculty.get("/admin/api/clockins/99/roll/", as: faculty.admin).status == 404)
    }
  }

  @Test(arguments: Engine.testable)
  func `flags one phone for two people, and refuses nobody`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      for who in [faculty.li, faculty.wang] {
        _ = await faculty.enrol(as: who)
        let scan: JSONValue = ["key": .string(await faculty.code()), "device": "phone"]
        #expect(await faculty.post("/activities/clockins/", scan, as: who).status == 200)
      }
      let people = await faculty.get(Self.roll, as: faculty.wang).json["people"]?.array ?? []
      #expect(people.map { $0["shares_phone_with"] } == [[], ["王芳"], ["李娜"]])
      let kept = try await faculty.bench.store.query(
        "SELECT device FROM campus_clockin_records WHERE device = 'phone'")
      #expect(kept.isEmpty)
    }
  }

  @Test func `flags no phone where that is switched off`() async throws {
    try await withFaculty(settings: ["flag_shared_phones": .flag(false)]) { faculty in
      for who in [faculty.li, faculty.wang] {
        _ = await faculty.enrol(as: who)
        _ = await faculty.post(
          "/activities/clockins/", ["key": .string(await faculty.code()), "device": "phone"],
          as: who)
      }
      let people = await faculty.get(Self.roll, as: faculty.wang).json["people"]?.array ?? []
      #expect(people.map { $0["shares_phone_with"] } == [[], [], []])
    }
  }

  @Test(arguments: Engine.testable)
  func `is corrected by the staff of the item, who can undo it`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      #expect(await add(8, faculty).status == 201)
      let list = await faculty.get("\(Self.corrections)?clockin=12", as: faculty.wang).json
      #expect(
        list["results"]?[0] == [
          "id": 1, "clockin": 12, "activity": 3, "label": "签到", "user": 8, "username": "20120002",
          "fullname": "李娜", "kind": "added", "record_at": "2020-02-22T12:00:00+08:00",
          "reason": "手机没电", "actor": "wangfang", "at": "2020-02-22T12:00:00+08:00",
          "undone_at": nil,
        ])
      let undone = await faculty.post("\(Self.corrections)1/undo/", as: faculty.wang)
      #expect(undone.json["undone_at"] == "2020-02-22T12:00:00+08:00")
      #expect(
        await faculty.post("\(Self.corrections)1/undo/", as: faculty.wang).detail == "该更正已撤销。")
      let item = try await faculty.plugin.activities.clockins.item(12)
      #expect(item?.records == 1)
      #expect(
        await faculty.bench.hub.names(in: "campus.qr.12") == [
          "clockin.recorded", "clockin.removed",
        ])
      #expect(
        faculty.officeActs.map(\.action) == ["campus.record.added", "campus.correction.undone"])
    }
  }

  @Test(arguments: Engine.testable)
  func `gets a record back with its own moment`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      faculty.bench.clock.advance(seconds: 60)
      let removed = await faculty.delete("\(Self.records)1/?reason=x", as: faculty.wang)
      #expect(removed.status == 204)
      let event = await faculty.bench.hub.published.last?.event.data
      #expect(
        event == [
          "event": "clockin.removed", "clockin": 12, "activity": 3, "label": "签到", "user": 7,
          "fullname": "陈伟", "total": 0,
        ])
      #expect(await faculty.post("\(Self.corrections)1/undo/", as: faculty.wang).status == 200)
      let people = await faculty.get(Self.roll, as: faculty.wang).json["people"]
      #expect(people?[0]?["created"] == "2020-02-22T11:30:00+08:00")
      // Undoing fails once the record is another one.
      _ = await faculty.delete("\(Self.records)2/?reason=x", as: faculty.wang)
      _ = await add(7, faculty)
      let late = await faculty.post("\(Self.corrections)2/undo/", as: faculty.wang)
      #expect(late.detail == "该打卡记录已再次变更，无法撤销。")
      let item = try await faculty.plugin.activities.clockins.item(12)
      #expect(item?.records == 1)
    }
  }

  @Test func `is for the staff of its item alone`() async throws {
    try await withFaculty { faculty in
      #expect(await add(8, faculty, as: faculty.chen).status == 403)
      #expect(await faculty.delete("\(Self.records)1/?reason=x", as: faculty.chen).status == 403)
      #expect(await faculty.get(Self.corrections, as: faculty.wang).status == 403)
      #expect(await faculty.get("\(Self.records)?clockin=13", as: faculty.wang).status == 403)
      #expect(await faculty.get("\(Self.records)?clockin=12", as: faculty.wang).status == 200)
      _ = await add(8, faculty)
      let undo = await faculty.post("\(Self.corrections)1/undo/", as: faculty.chen)
      #expect(undo.status == 403)
      let long = String(repeating: "x", count: 201)
      let refused = await faculty.delete("\(Self.records)1/?reason=\(long)", as: faculty.wang)
      #expect(refused.sentence("reason") == "请确保这个字段不能超过 200 个字符。")
    }
  }
}

@Suite struct `The spreadsheet of enrolments` {
  @Test func `has a column for each question and each item`() async throws {
    try await withFaculty { faculty in
      let answers: JSONValue = #"{"性别":"女","爱好":["编程","数学"],"年龄":"35","备注":""}"#
      #expect(await faculty.enrol(4, answers, as: faculty.li).status == 201)
      let path = "/admin/api/activities/4/enrollments.xlsx"
      let file = await faculty.get(path, as: faculty.admin)
      #expect(file.status == 200 && file.text == "xlsx:报名")
      let sheet = try #require(await faculty.bench.outbox.sheets.last)
      #expect(
        sheet.rows == [
          ["工号", "姓名", "报名时间", "性别", "爱好", "年龄", "备注", "签到"].map { .text($0) },
          [
            .text("20120002"), .text("李娜"), .text("2020-02-22T12:00:00+08:00"), .text("女"),
            .text("编程, 数学"), .number(35), .text(""), .text("未打卡"),
          ],
        ])
      #expect(await faculty.get("\(path)?clockin=%E4%B8%94", as: faculty.admin).status == 400)
      #expect(await faculty.get(path, as: faculty.chen).status == 403)
      let other = await faculty.get("/admin/api/activities/9/enrollments.xlsx", as: faculty.admin)
      #expect(other.status == 404)
      _ = await faculty.get("\(path)?clockin=%E7%AD%BE%E5%88%B0", as: faculty.admin)
      #expect(await faculty.bench.outbox.sheets.last?.rows.count == 1)
    }
  }
}
