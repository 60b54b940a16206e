internal import JSON
internal import PluginKit

// The teachers' calls.
extension SignTasksPlugin {
  private static let spreadsheet =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  func registerTeacherCalls(with registrar: inout Registrar) {
    call(&registrar, [.get, .post], "/sign/prepare", Documents.prepare, prepare)
    call(&registrar, [.post], "/sign/create", Documents.create, create)
    call(&registrar, [.get, .post], "/sign/teacher_list", Documents.teacherList) { request in
      let user = try await self.user(request)
      try user.require(.teacher, or: 17200)
      let notes = request.showsNotes
      let list = try await self.tasks.signs(by: user.id).map { $0.json(withNotes: notes) }
      return ["list": .array(list)]
    }
    call(&registrar, [.post], "/sign/teacher_append_info", Documents.append, append)
    call(&registrar, [.get, .post], "/sign/teacher_get/:signID", Documents.teacherGet) { request in
      try await self.ownTask(request).json()
    }
    call(&registrar, [.get, .post], "/sign/teacher_report/:signID", Documents.report) { request in
      let task = try await self.ownTask(request)
      return try await self.logs.report(on: task.id)?.json ?? .null
    }
    call(&registrar, [.post], "/sign/teacher_end/:signID", Documents.end, end)
    call(&registrar, [.post], "/task/task_set_detail", Documents.setDetail, setDetail)
    registrar.get("/sign/teacher_export/:signID", Documents.export) { request in
      do { return try await self.export(request) } catch let verdict as Verdict {
        return Envelope.bad(verdict)
      }
    }
  }

  private func prepare(_ request: Request) async throws -> JSONValue {
    let table = try request.id("course_table_id", or: 17000)
    let user = try await user(request)
    try user.require(.teacher, or: 17001)
    guard let course = try await courses.course(table) else { throw Verdict(17002) }
    guard course.teacher.id == user.id, course.status == 0 else { throw Verdict(17003) }
    return [
      "course": course.json, "week": try await courses.week(at: now) ?? .null,
      "classInfo": .array(try await courses.classes(of: table)),
    ]
  }

  private func create(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.teacher, or: 17100)
    let table = try request.id("course_table_id", or: 17101)
    guard let minutes = request.input("time").flatMap({ Int64($0) }), (1...1000).contains(minutes)
    else { throw Verdict(17102) }
    let name = request.trimmed("name")
    guard (1...255).contains(name.unicodeScalars.count) else { throw Verdict(17103) }
    let begin = now
    let draft = TaskStore.Draft(
      table: table, name: name, detail: request.input("detail") ?? "", begin: begin,
      end: begin + 60 * minutes)
    let (task, students) = try await refusing(17106) {
      try await self.tasks.create(draft, by: user.id)
    }
    await announcer.created(task, for: students)
    return [
      "taskID": .int(task.task), "signID": .int(task.id), "beginTime": .int(task.time),
      "endTime": .int(task.expire),
    ]
  }

  private func append(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.teacher, or: 17400)
    let sign = try request.id("sign_id", or: 17401)
    let info = request.trimmed("info")
    guard !info.isEmpty else { throw Verdict(17402) }
    let (note, task) = try await tasks.append(info, to: sign, by: user.id, at: now)
    await announcer.appended(note, to: task)
    return .null
  }

  private func ownTask(_ request: Request) async throws -> SignTask {
    let user = try await user(request)
    try user.require(.teacher, or: 17500)
    let sign = try request.id("signID", or: 17501)
    guard let task = try await tasks.sign(sign), task.flag == 0, task.publisher == user.id else {
      throw Verdict(17502)
    }
    return task
  }

  private func end(_ request: Request) async throws -> JSONValue {
    let task = try await ownTask(request)
    let ended = try await tasks.end(task.id, by: task.publisher, at: now)
    if let ended { await announcer.expired(ended) }
    return .null
  }

  private func setDetail(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.teacher, or: 19000)
    let task = try request.id("task_id", or: 19001)
    let detail = request.trimmed("detail")
    guard !detail.isEmpty else { throw Verdict(19002) }
    let found = try await tasks.setDetail(detail, of: task, by: user.id)
    await announcer.detailed(detail, of: found)
    return .null
  }

  private func export(_ request: Request) async throws -> Response {
    let task = try await ownTask(request)
    guard let report = try await logs.report(on: task.id) else { throw Verdict(17502) }
    let bytes = try await services.spreadsheets.workbook(report.sheet(services.zone))
    return Response(
      status: 200, contentType: SignTasksPlugin.spreadsheet,
      headers: [
        ("Content-Disposition", "attachment; filename=\"sign-\(task.id).xlsx\""),
        ("Cache-Control", "no-store"),
      ], body: .bytes(bytes))
  }
}

extension Report {
  private static let states = ["准备中", "成功", "失败", "异常"]

  /// The rows of the `.xlsx` file: those who signed, then those who did not.
  func sheet(_ zone: LocalZone) -> Sheet {
    let heading = ["学号", "姓名", "状态", "开始", "结束", "经度", "纬度"].map { Sheet.Cell.text($0) }
    func moment(_ seconds: Int64) -> Sheet.Cell {
      seconds == 0 ? .empty : .text(zone.time(at: seconds * 1000).dateTime)
    }
    let signed: [[Sheet.Cell]] = entries.map { entry in
      let state = (0...3).contains(entry.status) ? Report.states[Int(entry.status)] : ""
      return [
        .text(entry.student.number), .text(entry.student.name), .text(state),
        moment(entry.begin), moment(entry.end), .number(entry.longitude), .number(entry.latitude),
      ]
    }
    let missing: [[Sheet.Cell]] = absent.map { student in
      [
        .text(student.number), .text(student.name), .text("未签到"), .empty, .empty, .empty, .empty,
      ]
    }
    return Sheet(name: "签到\(task.id)", rows: [heading] + signed + missing)
  }
}
