import Glibc
import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Filling the tables would keep two processors from all other tests for a while.
@Suite(
  "A hundred thousand records",
  .enabled(if: getenv("MUSTER_TRIALS") != nil, "MUSTER_TRIALS=long runs it"))
struct ScaleTests {
  private static let users = 500
  private static let perUser = 200

  private func fill(_ store: any Store) async throws {
    try await store.write { tx in
      for user in 2...(Self.users + 1) {
        try tx.execute(
          """
          INSERT INTO study_users (id, username, member_since, last_seen, records, open_records)
          VALUES (?, ?, 0, 0, ?, 0)
          """, user, "user-\(user)", Self.perUser)
      }
    }
    // In the order in which such records come: all users take turns.
    try await store.write { tx in
      try tx.execute(
        """
        INSERT INTO study_studys (id, creator_id, number, start_time, end_time)
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        SELECT 8 + i, 2 + i % ?, 1 + i / ?, 1500000000 + i * 60, 1500003600 + i * 60 FROM n
        """, Self.users * Self.perUser - 1, Self.users, Self.users)
    }
  }

  /// The median over calls of one kind, in milliseconds.
  private func median(_ calls: Int = 25, _ call: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<calls {
      let start = clock.now
      try await call()
      times.append(clock.now - start)
    }
    return times.sorted()[calls / 2] / .milliseconds(1)
  }

  /// On an idle machine each list takes about a millisecond. The bound finds what has no index, also
  /// where many tests share the machine.
  @Test(arguments: Engine.testable)
  func `are listed page by page without passing them`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      try await fill(library.bench.store)
      for path in [
        "studys/", "studys/?page=2500", "studys/?page=5001", "users/300/studys/?page=10",
        "users/1/studys/", "users/myself/days?from=2017-03-01&to=2017-03-31",
      ] {
        let time = await median {
          #expect(await library.call(.get, path).status == 200)
        }
        #expect(time < 1000, "\(engine) \(path)")
      }
      let last = await library.call(.get, "studys/?page=5001").json
      #expect(last["count"] == 100_007)
      #expect(last["studys"]?.array?.count == 7)
      let middle = await library.call(.get, "studys/?page=2500").json["studys"]
      #expect(middle?[0]?["id"] == 49_981)
    }
  }
}
