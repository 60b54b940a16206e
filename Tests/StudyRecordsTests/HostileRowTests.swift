import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Tables in which another program, or a broken import, has left any numbers.
@Suite struct HostileRowTests {
  @Test(arguments: Engine.testable, [Int64.min, -1, .max])
  func `moments and counts of any size are shown`(engine: Engine, number: Int64) async throws {
    try await withLibrary(engine) { library in
      let store = library.bench.store
      try await store.execute("UPDATE study_studys SET start_time = ?", number)
      try await store.execute(
        "UPDATE study_studys SET end_time = ? WHERE end_time IS NOT NULL", number)
      try await store.execute(
        "UPDATE study_users SET member_since = ?, last_seen = ?", number, number)
      let user = try #require(
        try await store.first("SELECT max(creator_id) AS id FROM study_studys")
      ).int("id")
      for path in [
        "studys/1", "users/\(user)", "users/\(user)/studys/",
        "users/myself/days?from=1970-01-01&to=1970-01-31",
      ] {
        #expect(await library.call(.get, path).status == 200, "\(path)")
      }
      try await store.execute("UPDATE study_users SET records = ?", number)
      for path in ["studys/", "users/\(user)/studys/", "studys/?page=9000000000000000000"] {
        #expect(await library.call(.get, path).status < 500, "\(path)")
      }
    }
  }
}
