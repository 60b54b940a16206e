internal import Storage

extension StoreContract {
  private static let steps = [
    Migration(1, "CREATE TABLE tools (id {id}, name TEXT NOT NULL); -- one; two\nSELECT 1 AS one"),
    Migration(
      2, "ALTER TABLE tools ADD COLUMN weight BIGINT", "INSERT INTO tools (name) VALUES ('saw;')"),
    Migration(4, "CREATE INDEX tools_by_name ON tools (name)"),
  ]

  static let migrations = [
    StoreContract("migrations run once, in order, each owner by itself") { store in
      let first = Array(steps[..<1])
      try expectEqual(try await store.migrate("tools", first), [1], "the first start")
      try expectEqual(try await store.migrate("tools", steps), [2, 4], "the next program")
      try expectEqual(try await store.migrate("tools", steps), [], "the same again")
      let other = [Migration(1, "CREATE TABLE other (n BIGINT)")]
      try expectEqual(try await store.migrate("other", other), [1], "another owner")
      let row = try await store.first("SELECT name, weight FROM tools")
      try expectEqual(try row?.text("name"), "saw;", "the name")
      let times = try await store.query("SELECT applied_at FROM schema_versions")
      try expectEqual(times.count, 4, "versions on record")
    },
    StoreContract("a database from a newer program is refused") { store in
      try await store.migrate("tools", steps)
      let error = try await expectFailure(.tooNew, "the older program") {
        try await store.migrate("tools", Array(steps[..<2]))
      }
      try expect(error.description.contains("version 4"), "it says \(error)")
    },
    StoreContract("a migration that fails leaves the version before it") { store in
      let broken = [
        steps[0],
        Migration(2, "CREATE TABLE half (n BIGINT)", "INSERT INTO nowhere VALUES (1)"),
      ]
      try await expectFailure(.syntax, "the broken step") {
        try await store.migrate("tools", broken)
      }
      try await expectFailure(.syntax, "looking at half") {
        try await store.query("SELECT n FROM half")
      }
      try expectEqual(
        try await store.migrate("tools", steps), [2, 4], "after the mistake is mended")
    },
    StoreContract("many programs that start at once migrate once") { store in
      let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<8 { group.addTask { try await store.migrate("tools", steps) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try expectEqual(applied.sorted(), [1, 2, 4], "applied by anybody")
    },
  ]
}
