internal import PluginKit
internal import Storage

/// Looks the pair up in a table of this database: for tests and the example data.
struct TableCheck: StudentCheck {
  let store: any Store
  let log: Log

  func verify(_ number: String, _ password: String) async -> StudentVerdict {
    do {
      let row = try await store.first(
        "SELECT stu_pwd FROM study_students WHERE stu_id = ?", number)
      guard let row else { return try await isEmpty() ? .unavailable : .badPair }
      guard let known = try row.optionalText("stu_pwd") else { return .unavailable }
      return known == password ? .good : .badPair
    } catch {
      log.warning("the student check failed", ["reason": "\(error)"])
      return .unavailable
    }
  }

  /// An empty table means that no check was set up; calling every password wrong would mislead.
  private func isEmpty() async throws -> Bool {
    let row = try await store.first("SELECT 1 AS one FROM study_students LIMIT 1")
    guard row == nil else { return false }
    log.warning("a registration was refused: set study.student_check to service or always")
    return true
  }
}
