import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

@Suite struct `A sign task` {
  private func create(_ room: Classroom, table: Int = 6) async -> Int64 {
    let made = await room.post(
      "/sign/create", ["course_table_id": "\(table)", "time": "1", "name": "a"], as: room.teacher)
    return Int64(made["data"]?["signID"]?.int ?? 0)
  }

  @Test func `appears to those who chose the course, and to nobody else`() async throws {
    try await withClassroom { room in
      let lin = try await room.bench.subscribe("sign.user.33", as: room.lin)
      let tao = try await room.bench.subscribe("sign.user.32", as: room.tao)
      let course = try await room.bench.subscribe("sign.course.6", as: room.lin)
      let sign = await create(room)
      let events = lin.takeEvents()
      #expect(events.map(\.name) == ["sign.created"])
      #expect(events.first?.fields["sign"]?["signID"] == .int(sign))
      #expect(course.takeEvents().map(\.name) == ["sign.created"])
      #expect(tao.takeEvents().isEmpty)
    }
  }

  @Test func `is hidden from others' topics`() async throws {
    try await withClassroom { room in
      for (topic, who) in [
        ("sign.course.6", room.tao), ("sign.course.6", room.other), ("sign.task.4", room.tao),
        ("sign.task.4", room.other), ("sign.user.33", room.tao),
      ] {
        await #expect(throws: TopicRefusal.denied) {
          try await room.bench.subscribe(Topic(topic), as: who)
        }
      }
      await #expect(throws: TopicRefusal.unknown) {
        try await room.bench.subscribe("sign.course.06", as: room.tao)
      }
    }
  }

  @Test func `is hidden from a teacher who has lost the role`() async throws {
    try await withClassroom { room in
      let account = try #require(room.teacher.account)
      let former = try await room.bench.accounts.change(account) { $0.roles = .student }
      for topic in ["sign.course.5", "sign.task.6"] {
        await #expect(throws: TopicRefusal.denied) {
          try await room.bench.subscribe(Topic(topic), as: former.identity)
        }
      }
    }
  }

  @Test func `fills live, and its key is told to nobody`() async throws {
    try await withClassroom { room in
      let teacher = try await room.bench.subscribe("sign.task.6", as: room.teacher)
      let begun = await room.begin(as: room.tao)
      _ = await room.finish(as: room.tao)
      let events = teacher.takeEvents()
      #expect(events.map(\.name) == ["sign.begun", "sign.finished", "sign.count"])
      let key = begun["data"]?["signKey"]?.string ?? "?"
      #expect(!events.contains { $0.data.description.contains(key) })
      #expect(events.last?.fields["count"] == 1)
      let report = try await room.bench.snapshot("sign.task.6", as: room.teacher)
      #expect(report?["list"]?[0]?["name"] == "陶然")
      #expect(report?["absent"]?.array?.map { $0["uid"] } == ["2100301418"])
    }
  }

  @Test func `tells its count at most twice a second, and the last one always`() async throws {
    try await withClassroom { room in
      _ = await room.begin(as: room.tao)
      _ = await room.begin(as: room.lin)
      let course = try await room.bench.subscribe("sign.course.5", as: room.tao)
      _ = await room.finish(as: room.tao)
      _ = await room.finish(as: room.lin)
      #expect(course.takeEvents().map { $0.fields["count"] } == [1])
      room.bench.clock.advance(seconds: 1)
      try await room.bench.runJob("counts")
      try await room.bench.runJob("counts")
      #expect(course.takeEvents().map { $0.fields["count"] } == [2])
    }
  }

  @Test(arguments: Engine.testable)
  func `expires by the clock and is told once`(engine: Engine) async throws {
    try await withClassroom(engine) { room in
      let sign = await create(room)
      let course = try await room.bench.subscribe("sign.course.6", as: room.lin)
      room.bench.clock.advance(seconds: 60)
      try await room.bench.runJob("expire")
      #expect(course.takeEvents().isEmpty)
      room.bench.clock.advance(seconds: 1)
      try await room.bench.runJob("expire")
      try await room.bench.runJob("expire")
      #expect(course.takeEvents().map { $0.fields["signID"] } == [.int(sign)])
      #expect(try await room.bench.snapshot("sign.course.6", as: room.lin) == [])
    }
  }

  @Test func `can be ended early`() async throws {
    try await withClassroom { room in
      let course = try await room.bench.subscribe("sign.course.5", as: room.tao)
      #expect(room.code(await room.post("/sign/teacher_end/6", [:], as: room.teacher)) == 0)
      #expect(course.takeEvents().map(\.name) == ["sign.expired"])
      #expect(room.code(await room.begin(as: room.tao)) == 17606)
    }
  }

  @Test func `that is ended early tells of itself alone`() async throws {
    try await withClassroom { room in
      let sign = await create(room)
      let lin = try await room.bench.subscribe("sign.course.6", as: room.lin)
      let tao = try await room.bench.subscribe("sign.course.5", as: room.tao)
      room.bench.clock.advance(seconds: 61)
      #expect(room.code(await room.post("/sign/teacher_end/6", [:], as: room.teacher)) == 0)
      #expect(tao.takeEvents().map { $0.fields["signID"] } == [6])
      #expect(lin.takeEvents().isEmpty)
      try await room.bench.runJob("expire")
      #expect(lin.takeEvents().map { $0.fields["signID"] } == [.int(sign)])
    }
  }

  @Test func `that is ended in its first second ends with it`() async throws {
    try await withClassroom { room in
      let sign = await create(room)
      #expect(room.code(await room.post("/sign/teacher_end/\(sign)", [:], as: room.teacher)) == 0)
      let task = await room.get("/sign/teacher_get/\(sign)", as: room.teacher)["data"]
      #expect(task?["expireTime"] == task?["time"])
      room.bench.clock.advance(seconds: 1)
      #expect(room.code(await room.begin(sign, as: room.lin)) == 17606)
    }
  }

  @Test func `tells of notes and of its detail`() async throws {
    try await withClassroom { room in
      let course = try await room.bench.subscribe("sign.course.5", as: room.tao)
      _ = await room.post(
        "/sign/teacher_append_info", ["sign_id": "6", "info": "OK"], as: room.teacher)
      _ = await room.post(
        "/task/task_set_detail", ["task_id": "9", "detail": "d"], as: room.teacher)
      #expect(course.takeEvents().map(\.name) == ["sign.appended", "sign.detail"])
    }
  }
}
