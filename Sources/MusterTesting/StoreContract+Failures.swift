internal import Storage

extension StoreContract {
  private static func makePeople(_ store: any Store) async throws {
    try await store.execute(
      """
      CREATE TABLE people (id {id}, name TEXT NOT NULL, tel TEXT,
        age BIGINT CHECK (age >= 0), boss BIGINT REFERENCES people (id), UNIQUE (name, tel))
      """)
    try await store.execute("INSERT INTO people (name, tel) VALUES ('secret-lin', '138')")
  }

  static let failures = [
    StoreContract("a broken constraint has its own code and says where") { store in
      try await makePeople(store)
      let unique = try await expectFailure(.unique, "the same again") {
        try await store.execute("INSERT INTO people (name, tel) VALUES (?, ?)", "secret-lin", "138")
      }
      try expectEqual(unique.table, "people", "the table")
      try expectEqual(unique.columns, ["name", "tel"], "the columns")
      try expect(unique.isUniqueViolation(of: "tel"), "tel is one of them")
      let missing = try await expectFailure(.notNull, "a row without a name") {
        try await store.execute("INSERT INTO people (tel) VALUES ('1')")
      }
      try expectEqual(missing.columns, ["name"], "the column")
      try await expectFailure(.check, "a negative age") {
        try await store.execute("INSERT INTO people (name, age) VALUES ('x', ?)", -1)
      }
      try await expectFailure(.foreignKey, "an unknown boss") {
        try await store.execute("INSERT INTO people (name, boss) VALUES ('x', ?)", 99)
      }
      try await store.execute("INSERT INTO people (name, boss) VALUES ('y', 1)")
      try await expectFailure(.foreignKey, "taking a boss away") {
        try await store.execute("DELETE FROM people WHERE id = 1")
      }
    },
    StoreContract("an error's description holds nothing that was stored") { store in
      try await makePeople(store)
      let error = try await expectFailure(.unique, "the same again") {
        try await store.execute("INSERT INTO people (name, tel) VALUES (?, ?)", "secret-lin", "138")
      }
      try expect(!error.description.contains("secret"), "it says \(error.description)")
      let type = await Result { () async throws in
        try await store.query("SELECT id FROM people WHERE id = CAST(? AS BIGINT)", "secret-lin")
      }
      if case .failure(let error) = type {
        try expect(!"\(error)".contains("secret"), "it says \(error)")
      }
    },
    StoreContract("a wrong statement is an error of its own and harms nothing") { store in
      try await makePeople(store)
      try await expectFailure(.syntax, "no statement") { try await store.query("SELEC 1") }
      try await expectFailure(.syntax, "no table") {
        try await store.query("SELECT * FROM nowhere")
      }
      try await expectFailure(.syntax, "no column") {
        try await store.query("SELECT nothing FROM people")
      }
      try await expectFailure(.syntax, "too few arguments") {
        try await store.query("SELECT name FROM people WHERE id = ? AND tel = ?", 1)
      }
      try await expectFailure(.syntax, "two statements") {
        try await store.execute("DELETE FROM people; DELETE FROM people")
      }
      try await expectFailure(.syntax, "an unknown token") {
        try await store.execute("CREATE TABLE odd (id {serial})")
      }
      try await expectFailure(.syntax, "a text in double quotes") {
        try await store.query("SELECT name FROM people WHERE name = \"secret-lin\"")
      }
      let rows = try await store.query("SELECT name FROM people WHERE id = ?", 1)
      try expectEqual(rows.count, 1, "rows afterwards")
    },
    StoreContract("a unit cannot commit by hand") { store in
      try await makePeople(store)
      for word in ["COMMIT", "begin", "/* sly */ END", "PRAGMA foreign_keys = OFF", "VACUUM"] {
        try await expectFailure(.syntax, word) {
          try await store.write { tx in
            try tx.execute("INSERT INTO people (name) VALUES ('never')")
            try tx.execute(word)
          }
        }
      }
      let rows = try await store.query("SELECT id FROM people WHERE name = 'never'")
      try expectEqual(rows.count, 0, "rows")
    },
    StoreContract("a closed store is unavailable") { store in
      await store.close()
      try await expectFailure(.unavailable, "a query") { try await store.query("SELECT 1 AS one") }
      try await expectFailure(.unavailable, "a unit") { try await store.write { _ in } }
      try await expectFailure(.unavailable, "a read") { try await store.read { _ in } }
      await store.close()
    },
  ]
}

extension Result where Failure == any Error {
  init(_ work: () async throws -> Success) async {
    do { self = .success(try await work()) } catch { self = .failure(error) }
  }
}
