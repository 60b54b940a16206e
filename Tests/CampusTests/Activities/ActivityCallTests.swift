import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct `The calls of activities` {
  @Test(arguments: Engine.testable)
  func `list what is open, the newest first`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let page = await faculty.get("/activities/", as: faculty.chen).json
      #expect(page["count"] == 3)
      #expect(page["next"] == .null)
      let ids = page["results"]?.array?.map { $0["id"] ?? .null }
      #expect(ids == [4, 3, 2])
      #expect(
        page["results"]?[1] == [
          "id": 3, "time_start": "2020-02-22T11:00:00+08:00",
          "time_end": "2020-02-22T20:00:00+08:00", "location": "会议室A", "name": "教学研讨",
          "description": "教学研讨会", "form_metas": #"{"姓名":{"required":true,"type":"text"}}"#,
          "open_for_enrollment": true, "enrollment_count": 1, "my_enrollment_count": 1,
          "participants_total_limit": 30,
        ])
    }
  }

  @Test func `find by terms in the name`() async throws {
    try await withFaculty { faculty in
      let found = await faculty.get("/activities/?search=%E8%BF%90%E5%8A%A8,4", as: faculty.li)
      #expect(found.json["count"] == 0)
      let one = await faculty.get("/activities/?search=%E8%BF%90%E5%8A%A8", as: faculty.li)
      #expect(one.json["results"]?[0]?["id"] == 4)
      #expect(one.json["results"]?[0]?["my_enrollment_count"] == 0)
    }
  }

  @Test func `show a closed activity to those who are enrolled`() async throws {
    try await withFaculty { faculty in
      try await faculty.execute("UPDATE campus_activities SET open_for_enrollment = 0 WHERE id = 3")
      #expect(await faculty.get("/activities/", as: faculty.chen).json["count"] == 2)
      #expect(await faculty.get("/activities/?my=no", as: faculty.chen).json["count"] == 2)
      let mine = await faculty.get("/activities/?my=yes", as: faculty.chen)
      #expect(mine.json["count"] == 1)
      #expect(mine.json["results"]?[0]?["id"] == 3)
      #expect(await faculty.get("/activities/3", as: faculty.chen).status == 200)
      #expect(
        await faculty.get("/activities/3/", as: faculty.li).whole == #"404 {"detail":"未找到。"}"#)
      #expect(await faculty.get("/activities/1/", as: faculty.chen).status == 404)
      #expect(await faculty.get("/activities/?my=yes", as: faculty.li).json["count"] == 0)
    }
  }

  @Test func `are for campus users only`() async throws {
    try await withFaculty { faculty in
      #expect(await faculty.get("/activities/").status == 401)
      let student = try await faculty.student()
      #expect(await faculty.get("/activities/", as: student).status == 403)
      #expect(await faculty.get("/activities/?page=2", as: faculty.li).detail == "无效页面。")
    }
  }
}
