import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The back office of clock-ins` {
  private static let root = "/admin/api/clockins/"
  private static let records = "/admin/api/clockin-records/"

  private func item(_ label: String, _ faculty: Faculty) async -> BenchAnswer {
    await faculty.post(
      Self.root,
      [
        "activity": 3, "label": .string(label), "from_time": "2020-02-22T09:00:00",
        "to_time": "2020-02-22T18:00:00",
      ], as: faculty.admin)
  }

  @Test(arguments: Engine.testable)
  func `makes, changes and deletes an item`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let made = await item("午餐", faculty)
      #expect(made.status == 201 && made.json["id"] == 15)
      #expect(made.json["generated_key"] == nil)
      #expect(await item("午餐", faculty).sentence("label") == "该活动已存在同名的打卡项。")
      #expect(await item("未到", faculty).sentence("label") == ClockinLabel.complaint)
      #expect(
        await item(String(repeating: "长", count: 33), faculty).sentence("label")
          == "请确保这个字段不能超过 32 个字符。")
      let changed = await faculty.put("\(Self.root)15/", ["label": "晚餐"], as: faculty.admin)
      #expect(changed.json["label"] == "晚餐" && changed.json["activity"] == 3)
      #expect(await faculty.delete("\(Self.root)15/", as: faculty.admin).status == 204)
      #expect(await faculty.delete("\(Self.root)15/", as: faculty.admin).status == 404)
    }
  }

  @Test func `does not prolong a code when its item is changed`() async throws {
    try await withFaculty { faculty in
      let before = try #require(QRText(await faculty.code()))
      faculty.bench.clock.advance(seconds: 20)
      _ = await faculty.put("\(Self.root)12/", ["label": "到场"], as: faculty.admin)
      faculty.bench.clock.advance(seconds: 5)
      #expect(QRText(await faculty.code())?.key != before.key)
    }
  }

  @Test(arguments: Engine.testable)
  func `shows items to their staff, and who that is`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      func ids(_ who: Identity) async -> [JSONValue?]? {
        await faculty.get(Self.root, as: who).json.array?.map { $0["id"] }
      }
      #expect(await ids(faculty.admin) == [14, 12, 13])
      #expect(await ids(faculty.wang) == [12])
      #expect(await ids(faculty.chen) == [])
      let staff = await faculty.post("\(Self.root)13/staff/", ["user": 8], as: faculty.admin)
      #expect(staff.json == [["user": 8, "username": "20120002", "fullname": "李娜"]])
      #expect(await ids(faculty.li) == [13])
      let screen = try await faculty.bench.subscribe("campus.qr.13", as: faculty.li)
      #expect(await faculty.delete("\(Self.root)13/staff/8/", as: faculty.admin).status == 204)
      #expect(await faculty.bench.hub.population(of: "campus.qr.13") == 0)
      _ = screen
      #expect(await faculty.delete("\(Self.root)13/staff/8/", as: faculty.admin).status == 404)
      let unknown = await faculty.post("\(Self.root)13/staff/", ["user": 99], as: faculty.admin)
      #expect(unknown.sentence("user") == "无效主键 “99” － 对象不存在。")
    }
  }

  @Test func `gives a screen the names beside the code`() async throws {
    try await withFaculty { faculty in
      let shown = await faculty.get("\(Self.root)12/", as: faculty.wang).json
      #expect(shown["activity_name"] == "教学研讨" && shown["records"] == 1)
      #expect(shown["latest"] == [["fullname": "陈伟", "created": "2020-02-22T11:30:00+08:00"]])
      #expect(await faculty.get("\(Self.root)13/", as: faculty.wang).status == 403)
      #expect(await faculty.get("\(Self.root)99/", as: faculty.wang).status == 404)
    }
  }

  @Test(arguments: Engine.testable)
  func `corrects the history, with a reason`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let body: JSONValue = ["clockin": 12, "user": 8, "reason": "手机没电"]
      #expect(await faculty.post(Self.records, body, as: faculty.admin).status == 201)
      #expect(await faculty.post(Self.records, body, as: faculty.admin).detail == "已存在该打卡记录。")
      let silent = await faculty.post(
        Self.records, ["clockin": 12, "user": 9], as: faculty.admin)
      #expect(silent.sentence("reason") == "该字段是必填项。")
      let list = await faculty.get("\(Self.records)?activity=3&user=8", as: faculty.admin).json
      #expect(list["count"] == 1)
      #expect(
        list["results"]?[0] == [
          "id": 2, "clockin": 12, "activity": 3, "label": "签到", "user": 8, "username": "20120002",
          "fullname": "李娜", "created": "2020-02-22T12:00:00+08:00",
        ])
      #expect(await faculty.delete("\(Self.records)2/", as: faculty.admin).status == 400)
      #expect(await faculty.delete("\(Self.records)2/?reason=x", as: faculty.admin).status == 204)
      #expect(await faculty.delete("\(Self.records)2/?reason=x", as: faculty.admin).status == 404)
      let clockins = try faculty.plugin.activities.clockins
      #expect(try await clockins.item(12)?.records == 1)
      #expect(
        faculty.officeActs.map(\.detail) == [
          "user 8 on clockin 12: 手机没电", "user 8 on clockin 12: x",
        ])
    }
  }
}
