import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct `The calls of enrolments` {
  @Test(arguments: Engine.testable)
  func `enrol, show and withdraw`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let answer = await faculty.enrol(as: faculty.li)
      #expect(answer.status == 201)
      let enrollment: JSONValue = [
        "id": 42, "enroll_time": "2020-02-22T12:00:00+08:00", "activity": 3, "user": 8,
        "participating_metas": #"{"姓名": "李娜"}"#,
      ]
      #expect(answer.json == enrollment)
      #expect(await faculty.get("/enrollments/42/", as: faculty.li).json == enrollment)
      #expect(await faculty.get("/enrollments/", as: faculty.li).json["results"] == [enrollment])
      #expect(await faculty.get("/activities/3/", as: faculty.li).json["enrollment_count"] == 2)
      #expect(await faculty.delete("/enrollments/42/", as: faculty.chen).status == 404)
      #expect(await faculty.delete("/enrollments/42/", as: faculty.li).whole == "204 ")
      #expect(await faculty.delete("/enrollments/42/", as: faculty.li).status == 404)
      #expect(await faculty.get("/activities/3/", as: faculty.li).json["enrollment_count"] == 1)
      let published = await faculty.bench.hub.published
      let counts = published.filter { $0.topic == "campus.activity.3" }
      #expect(counts.map { $0.event.data["enrollment_count"] } == [2, 1])
      #expect(
        await faculty.bench.hub.names(in: "campus.user.8") == [
          "enrollment.created", "enrollment.deleted",
        ])
    }
  }

  @Test func `show the document's own enrolment to its user alone`() async throws {
    try await withFaculty { faculty in
      #expect(
        await faculty.get("/enrollments/41", as: faculty.chen).json == [
          "id": 41, "enroll_time": "2020-02-21T20:15:03.120045+08:00", "activity": 3, "user": 7,
          "participating_metas": #"{"姓名": "陈伟"}"#,
        ])
      #expect(await faculty.get("/enrollments/41", as: faculty.admin).status == 404)
    }
  }

  @Test func `refuse in the document's order and words`() async throws {
    try await withFaculty { faculty in
      func refusal(_ activity: JSONValue, _ answers: JSONValue = "{}", _ field: String = "activity")
        async -> String?
      {
        let answer = await faculty.enrol(activity, answers, as: faculty.chen)
        #expect(answer.status == 400)
        return answer.sentence(field)
      }
      #expect(await refusal(99) == "无效主键 “99” － 对象不存在。")
      #expect(await refusal("x") == "类型错误。期望为主键，获得的类型为 str。")
      #expect(await refusal(1) == "报名通道暂未开启。")
      #expect(await refusal(2) == "该活动已结束，无法继续报名。")
      #expect(await refusal(3, "", "participating_metas") == "该字段不能为空。")
      #expect(await refusal(3, "x", "non_field_errors") == "你已经报名过该活动。")
      #expect(await refusal(4, "x", "non_field_errors") == "报名失败：报名表单不合法。")
      #expect(
        await refusal(4, #"{"年龄":"5"}"#, "non_field_errors") == "必填项爱好不得为空。（字段：爱好）")
      try await faculty.execute("UPDATE campus_activities SET enrollments = 2 WHERE id = 4")
      #expect(await refusal(4) == "报名人数已经达到上限，无法继续报名。")
      let missing = await faculty.post("/enrollments/", as: faculty.chen)
      #expect(missing.json == ["activity": ["该字段是必填项。"], "participating_metas": ["该字段是必填项。"]])
    }
  }

  @Test func `take the answers as an object, and from a form`() async throws {
    try await withFaculty { faculty in
      let answer = await faculty.enrol(3, ["姓名": "娜"], as: faculty.li)
      #expect(answer.json["participating_metas"] == #"{"姓名": "娜"}"#)
      let form = await faculty.bench.post(
        "/enrollments", form: ["activity": "3", "participating_metas": #"{"姓名":"芳"}"#],
        as: faculty.wang)
      #expect(form.status == 201)
    }
  }

  @Test(arguments: Engine.testable)
  func `let in as many as there is room for`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      var people: [Identity] = []
      for number in 0..<6 { people.append(try await faculty.teacher(number)) }
      let form: JSONValue = #"{"爱好":["数学"],"年龄":"3"}"#
      let answers = await withTaskGroup(of: BenchAnswer.self) { group in
        for who in people + people {
          group.addTask { await faculty.enrol(4, form, as: who) }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.map(\.status).sorted() == [201, 201] + Array(repeating: 400, count: 10))
      let row = try await faculty.bench.store.first(
        """
        SELECT enrollments, (SELECT count(*) FROM campus_enrollments WHERE activity_id = 4) AS rows
        FROM campus_activities WHERE id = 4
        """)
      #expect(try row?.int("enrollments") == 2)
      #expect(try row?.int("rows") == 2)
    }
  }
}
