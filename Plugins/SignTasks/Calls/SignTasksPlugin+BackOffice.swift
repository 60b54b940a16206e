internal import JSON
internal import PluginKit
internal import Storage

// Courses, classes and selections for the staff.
extension SignTasksPlugin {
  func registerBackOffice(with registrar: inout Registrar) {
    registrar.mount(at: "/admin/api/sign")
    registrar.get("/courses", Documents.adminCourses) { _ in
      .json(["courses": .array(try await self.courses.all().map(\.json))])
    }
    registrar.post("/import", Documents.adminImport) { request in
      .json(try await self.importRows(request))
    }
    registrar.post("/weeks", Documents.adminWeek) { request in
      .json(try await self.setWeek(request))
    }
    registrar.get("/courses/:table/students", Documents.adminStudents) { request in
      .json(["students": .array(try await self.students(request))])
    }
    registrar.delete("/courses/:table/students/:student", Documents.adminRemove) { request in
      .json(try await self.removeStudent(request))
    }
  }

  private func number(_ request: Request, _ name: String) throws -> Int64 {
    guard let number = request.parameters[name].flatMap({ Int64($0) }), number > 0 else {
      throw PluginError.invalid("\(name) is not a number")
    }
    return number
  }

  private func students(_ request: Request) async throws -> [JSONValue] {
    let table = try number(request, "table")
    guard try await courses.course(table) != nil else {
      throw PluginError.notFound("no such course table")
    }
    return try await courses.students(of: table).map { .object($0.json) }
  }

  private func removeStudent(_ request: Request) async throws -> JSONValue {
    let table = try number(request, "table")
    let student = try number(request, "student")
    guard let followers = try await courses.remove(student, from: table) else {
      throw PluginError.notFound("this student has not chosen this course table")
    }
    await review(followers)
    return ["removed": true]
  }

  private func setWeek(_ request: Request) async throws -> JSONValue {
    let body = try request.json()
    guard let year = body["year"]?.int, (1900...9999).contains(year),
      let term = body["term"]?.int, (0...1).contains(term),
      let date = body["begin_date"]?.string,
      LocalZone.shanghai.time("\(date) 00:00:00")?.weekday == .monday
    else { throw PluginError.invalid("year, term (0 or 1) and begin_date (a Monday) are needed") }
    try await courses.setWeek(year: Int64(year), term: Int64(term), begin: date)
    return ["week": try await courses.week(at: now) ?? .null]
  }
}
