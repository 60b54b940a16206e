internal import Storage

extension UserStore {
  func exists(_ id: Int64) async throws -> Bool {
    try await store.first("SELECT 1 AS one FROM campus_users WHERE id = ?", id) != nil
  }

  /// The name that the hub gives to the user's account; nil before its first call.
  func hubUser(_ id: Int64) async throws -> String? {
    let row = try await store.first("SELECT account FROM campus_users WHERE id = ?", id)
    return try row?.optionalInt("account").map { "u\($0)" }
  }
}
