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
    let found = try await people(lines, "teacher")
    let former = try await unit(isDry) { tx in
      try found.compactMap { line, person in
        try CourseImport.addCourse(line, teacher: try UserStore.id(of: person, tx), tx)
      }
    }
    await review(former ?? [])
  }

  private func importClasses(_ lines: [CourseImport.Line], _ isDry: Bool) async throws {
    let found = try await people(lines, "student")
    try await unit(isDry) { tx in
      for (line, person) in found {
        try CourseImport.setClass(line, of: try UserStore.id(of: person, tx), tx)
      }
    }
  }

  private func importSelections(_ lines: [CourseImport.Line], _ isDry: Bool) async throws {
    let (found, now) = (try await people(lines, "student"), self.now)
    let added = try await unit(isDry) { tx in
      try found.compactMap { line, person in
        let table = try line.number("course_table_id", 1...0xFFFF_FFFF)
        guard try tx.first("SELECT id FROM sign_tables WHERE id = ?", table) != nil else {
          throw line.wrong("there is no course table \(table)")
        }
        let student = try UserStore.id(of: person, tx)
        let isNew = try CourseStore.add(student, to: table, at: now, tx)
        return isNew ? (table: table, student: student) : nil
      }
    }
    for row in added ?? [] { await announcer.selected(row.table, by: row.student) }
  }

  /// The people of a list. Nothing is stored: that is for the unit of work that takes the list.
  private func people(
    _ lines: [CourseImport.Line], _ field: String
  ) async throws -> [(line: CourseImport.Line, person: UserStore.Person)] {
    var people: [(line: CourseImport.Line, person: UserStore.Person)] = []
    var known: [String: UserStore.Person] = [:]
    for line in lines {
      let name = try line.text(field)
      if known[name] == nil { known[name] = try await users.person(named: name) }
      guard let person = known[name] else { throw line.wrong("there is no account \(name)") }
      people.append((line, person))
    }
    return people
  }

  /// The result of one unit of work; nil for a dry run, which is undone.
  private func unit<Result: Sendable>(
    _ isDry: Bool, _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result? {
    do {
      return try await services.store.write { tx in
        let result = try body(tx)
        if isDry { throw DryRun() }
        return result
      }
    } catch is DryRun {
      return nil
    }
  }
}
