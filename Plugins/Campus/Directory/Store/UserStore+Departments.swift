internal import JSON
internal import Storage

extension UserStore {
  /// The documented objects, by id.
  func departments() async throws -> [JSONValue] {
    try await store.query("SELECT id, name FROM campus_departments ORDER BY id").map { row in
      ["id": .int(try row.int64("id")), "name": .string(try row.text("name"))]
    }
  }
}
