internal import JSON
internal import PluginKit

// Course tables and choosing them.
extension SignTasksPlugin {
  /// Ids in one question; more than anybody's courses.
  private static let mostIDs = 200

  func registerCourseCalls(with registrar: inout Registrar) {
    call(
      &registrar, [.get, .post], "/course_table/get/:courseTableId", Documents.courseGet, courseGet)
    call(&registrar, [.get, .post], "/course_table/search", Documents.courseSearch, courseSearch)
    call(
      &registrar, [.get, .post], "/course_table/student_selected", Documents.selected, selected)
    call(&registrar, [.post], "/course_table/student_select_add", Documents.selectAdd, selectAdd)
  }

  private func courseGet(_ request: Request) async throws -> JSONValue {
    let table = try request.id("courseTableId", or: 12400)
    let status = try status(request, or: 12401)
    guard let course = try await courses.course(table), status ?? course.status == course.status
    else { throw Verdict(12402) }
    return try await entry(course, request)
  }

  private func courseSearch(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    var found: [Course]
    switch request.input("search_type") {
    case "teacher":
      try user.require(.teacher, or: 12602)
      found = try await courses.courses(taughtBy: user.id)
    case "student":
      try user.require(.student, or: 12603)
      found = try await courses.courses(chosenBy: user.id)
    default: throw Verdict(12601)
    }
    if let status = try status(request, or: 12604) { found.removeAll { $0.status != status } }
    var list: [JSONValue] = []
    for course in found { list.append(try await entry(course, request)) }
    return ["list": .array(list), "week": try await courses.week(at: now) ?? .null]
  }

  /// Nil for all.
  private func status(_ request: Request, or code: Int) throws(Verdict) -> Int64? {
    guard let text = request.input("status"), !text.isEmpty, text != "-1" else { return nil }
    guard let status = Int64(text), (0...2).contains(status) else { throw Verdict(code) }
    return status
  }

  private func entry(_ course: Course, _ request: Request) async throws -> JSONValue {
    let showsIDs = request.input("set_class_id") == "1"
    let showsInfo = request.input("set_class_info") == "1"
    let classes = showsIDs || showsInfo ? try await courses.classes(of: course.table) : []
    return [
      "course": course.json,
      "classes_id": showsIDs ? .array(classes.compactMap { $0["classID"] }) : .null,
      "classes_info": showsInfo ? .array(classes) : .null,
      // Rooms are not kept here.
      "locations": request.input("set_location") == "1" ? [] : .null,
    ]
  }

  private func selected(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.student, or: 12700)
    let ids = (request.input("ids") ?? "").split(separator: ",").compactMap { Int64($0) }
    guard !ids.isEmpty, ids.count <= SignTasksPlugin.mostIDs else { throw Verdict(12701) }
    let chosen = Set(try await courses.courses(chosenBy: user.id).map(\.table))
    var map = JSONObject()
    for id in ids { map["\(id)"] = chosen.contains(id) ? 1 : 0 }
    return .object(map)
  }

  private func selectAdd(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.student, or: 12800)
    let table = try request.id("id", or: 12801)
    try await refusing(12803) {
      try await self.courses.choose(table, by: user.id, at: self.now)
    }
    await announcer.selected(table, by: user.id)
    return .null
  }
}
