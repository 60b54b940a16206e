internal import JSON
internal import PluginKit
internal import Storage

/// Undoes a unit of work whose result is wanted all the same.
private struct DryRun: Error {}

// Lists of courses and selections, as a whole or not at all.
extension SignTasksPlugin {
  /// `{"kind":"courses","csv":"…","dry_run":true}`.
  func importRows(_ request: Request) async throws -> JSONValue {
    let body = try request.json()
    guard let csv = body["csv"]?.string else { throw PluginError.invalid("csv is missing") }
    let isDry = body["dry_run"]?.bool ?? false
    let lines = try CourseImport.lines(of: csv)
    switch body["kind"]?.string {
    case "courses": try await importCourses(lines, isDry)
    case "classes": try await importClasses(lines, isDry)
    case "selections": try await importSelections(lines, isDry)
    default: throw PluginError.invalid("kind is courses, classes or selections")
    }
    return ["lines": JSONValue(lines.count), "dry_run": .bool(isDry)]
  }

  private func importCourses(_ lines: [CourseImport.Line], _ isDry: Bool) async throws {
    var courses: [(CourseImport.Line, Int64)] = []
    for line in lines { courses.append((line, try await person(line, "teacher"))) }
    let found = courses
    try await unit(isDry) { tx in
      for (line, teacher) in found { try CourseImport.addCourse(line, teacher: teacher, tx) }
    }
  }

  private func importClasses(_ lines: [CourseImport.Line], _ isDry: Bool) async throws {
    var rows: [(line: CourseImport.Line, student: Int64)] = []
    for line in lines { rows.append((line, try await person(line, "student"))) }
    let found = rows
    try await unit(isDry) { tx in
      for row in found { try CourseImport.setClass(row.line, of: row.student, tx) }
    }
  }

  private func importSelections(_ lines: [CourseImport.Line], _ isDry: Bool) async throws {
    var rows: [(line: CourseImport.Line, table: Int64, student: Int64)] = []
    for line in lines {
      let table = try line.number("course_table_id", 1...0xFFFF_FFFF)
      rows.append((line, table, try await person(line, "student")))
    }
    let (found, now) = (rows, self.now)
    let added = Shared<[(table: Int64, student: Int64)]>([])
    try await unit(isDry) { tx in
      added.withLock { $0 = [] }
      for row in found {
        guard try tx.first("SELECT id FROM sign_tables WHERE id = ?", row.table) != nil else {
          throw row.line.wrong("there is no course table \(row.table)")
        }
        if try CourseStore.add(row.student, to: row.table, at: now, tx) {
          added.withLock { $0.append((row.table, row.student)) }
        }
      }
    }
    guard !isDry else { return }
    for row in added.withLock({ $0 }) { await announcer.selected(row.table, by: row.student) }
  }

  private func person(_ line: CourseImport.Line, _ field: String) async throws -> Int64 {
    let name = try line.text(field)
    guard let id = try await users.id(named: name) else {
      throw line.wrong("there is no account \(name)")
    }
    return id
  }

  private func unit(
    _ isDry: Bool, _ body: @escaping @Sendable (Transaction) throws -> Void
  ) async throws {
    do {
      try await services.store.write { tx in
        try body(tx)
        if isDry { throw DryRun() }
      }
    } catch is DryRun {}
  }
}
