import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct `The back office of activities` {
  private static let fields: JSONValue = [
    "name": "读书会", "time_start": "2020-03-01T09:00:00+08:00", "time_end": "2020-03-01T11:00:00",
    "location": "图书馆", "form_metas": ["年级": ["type": "number"]],
    "open_for_enrollment": true, "participants_total_limit": 5,
  ]

  @Test(arguments: Engine.testable)
  func `makes, changes and deletes an activity`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let root = "/admin/api/activities/"
      let made = await faculty.post(root, Self.fields, as: faculty.admin)
      #expect(made.status == 201)
      #expect(made.json["id"] == 5 && made.json["description"] == "")
      #expect(made.json["form_metas"] == #"{"年级":{"type":"number"}}"#)
      #expect(await faculty.get("/activities/5/", as: faculty.li).status == 200)
      let changed = await faculty.put(
        "\(root)5/", ["location": "操场", "open_for_enrollment": false], as: faculty.admin)
      #expect(changed.json["location"] == "操场" && changed.json["name"] == "读书会")
      #expect(await faculty.bench.hub.names(in: "campus.activity.5") == ["activity.updated"])
      #expect(await faculty.get("/activities/5/", as: faculty.li).status == 404)
      #expect(await faculty.get("\(root)5/", as: faculty.admin).json == changed.json)
      #expect(await faculty.get(root, as: faculty.admin).json["count"] == 5)
      #expect(await faculty.delete("\(root)3/", as: faculty.admin).status == 204)
      #expect(await faculty.get("/enrollments/", as: faculty.chen).json["count"] == 0)
      #expect(
        faculty.officeActs.map(\.action) == [
          "campus.activity.created", "campus.activity.changed", "campus.activity.deleted",
        ])
    }
  }

  @Test(arguments: Engine.testable)
  func `says which fields are wrong`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      func refusal(_ change: KeyValuePairs<String, JSONValue>) async -> JSONValue {
        var object = Self.fields.object ?? [:]
        for (key, value) in change { object[key] = value }
        return await faculty.post("/admin/api/activities/", .object(object), as: faculty.admin)
          .json
      }
      #expect(await refusal(["name": "教学研讨"]) == ["name": ["具有该名称的活动已存在。"]])
      #expect(
        await refusal(["time_end": "2020-03-01T08:00:00"]) == ["time_end": ["结束时间不得早于开始时间。"]])
      #expect(await refusal(["form_metas": "[]"]) == ["form_metas": ["报名表单不合法。"]])
      #expect(
        await refusal(["participants_total_limit": -1])["participants_total_limit"] != nil)
      let empty = await faculty.post("/admin/api/activities/", as: faculty.admin).json
      #expect(
        empty.object.map { Array($0.keys) } == ["name", "location", "time_start", "time_end"])
    }
  }

  @Test(arguments: Engine.testable)
  func `filters enrolments by what is done`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      func found(_ query: String) async -> [JSONValue?]? {
        await faculty.get("/admin/api/enrollments/?\(query)", as: faculty.admin)
          .json["results"]?.array?.map { $0["user"] }
      }
      let done = "%E7%AD%BE%E5%88%B0"
      let not = "%E6%9C%AA"
      #expect(await found("activity=3") == [8, 7])
      #expect(await found("activity=3&clockin=\(done)") == [7])
      #expect(await found("activity=3&clockin=\(not)\(done)") == [8])
      #expect(await found("clockin=\(not)\(done)") == [8, 7])
      #expect(await found("user=8") == [8])
      let bad = await faculty.get(
        "/admin/api/enrollments/?activity=3&clockin=\(not)", as: faculty.admin)
      #expect(bad.whole == #"400 {"detail":"打卡筛选表达式不合法。"}"#)
      let first = await faculty.get("/admin/api/enrollments/?user=7", as: faculty.admin).json
      #expect(first["results"]?[0]?["clockins"] == ["签到"])
      #expect(first["results"]?[0]?["fullname"] == "陈伟")
    }
  }

  @Test func `enrols and withdraws on behalf of a user`() async throws {
    try await withFaculty { faculty in
      func enrol(_ user: JSONValue, _ activity: JSONValue) async -> BenchAnswer {
        await faculty.post(
          "/admin/api/enrollments/",
          ["activity": activity, "user": user, "participating_metas": "{}"], as: faculty.admin)
      }
      #expect(await enrol(8, 2).status == 201)
      #expect(await enrol(8, 2).sentence() == "你已经报名过该活动。")
      #expect(await enrol(99, 2).sentence("user") == "无效主键 “99” － 对象不存在。")
      #expect(await enrol(8, 99).sentence("activity") == "无效主键 “99” － 对象不存在。")
      #expect(await faculty.delete("/admin/api/enrollments/42/", as: faculty.admin).status == 204)
      #expect(await faculty.delete("/admin/api/enrollments/42/", as: faculty.admin).status == 404)
    }
  }

  @Test func `is for the staff`() async throws {
    try await withFaculty { faculty in
      for path in [
        "activities", "activities/3", "enrollments", "clockin-records", "clockins/12/staff",
      ] {
        #expect(await faculty.get("/admin/api/\(path)/", as: faculty.chen).status == 403)
        #expect(await faculty.get("/admin/api/\(path)/", as: faculty.admin).status == 200)
      }
    }
  }
}
