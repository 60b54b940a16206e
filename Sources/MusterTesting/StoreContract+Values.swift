internal import Storage

extension StoreContract {
  static let values = [
    StoreContract("values come back as they were stored") { store in
      try await store.execute(
        "CREATE TABLE things (n BIGINT, r DOUBLE PRECISION, t TEXT, b {blob}, note TEXT)")
      let rows: [[Value]] = [
        [.int(.max), 1.5, "plain", .blob([1, 2, 3]), nil],
        [.int(.min), -0.1, "", .blob([]), nil],
        [0, 1e300, "空的 '“\"? \\ {id} 🙂\n", .blob([0, 255, 0]), "x"],
        [nil, nil, nil, nil, nil],
        [-1, 0.30000000000000004, "NULL", .blob(Array("\\x00".utf8)), "?"],
      ]
      for row in rows {
        try await store.execute("INSERT INTO things VALUES (?, ?, ?, ?, ?)", arguments: row)
        try await store.execute("DELETE FROM things WHERE n IS NULL AND note = ?", "nothing")
      }
      for row in rows {
        let found = try await store.query(
          "SELECT n, r, t, b, note FROM things WHERE t IS NOT DISTINCT FROM ?", arguments: [row[2]])
        try expectEqual(found.map(\.values), [row], "the row")
      }
    },
    StoreContract("computed values have the same type everywhere") { store in
      try await store.execute("CREATE TABLE sums (n BIGINT NOT NULL, r DOUBLE PRECISION NOT NULL)")
      try await store.execute("INSERT INTO sums VALUES (1, 0.5), (2, 0.25), (3, 0.25)")
      let row = try await store.first(
        """
        SELECT count(*) AS many, sum(n) AS total, sum(r) AS portion, avg(n) AS average,
          max(n) = 3 AS yes, max(n) > 5 AS no, 'x' || 'y' AS words
        FROM sums
        """)
      guard let row else { throw ContractViolation(description: "no row") }
      try expectEqual(
        row.values, [3, 6, 1.0, 2.0, 1, 0, "xy"], "count, sum, sum, average, truth, text")
      try expect(try row.bool("yes") && !row.bool("no"), "truth is 1 and 0")
    },
    StoreContract("arguments have their own type when nothing else says it") { store in
      let row = try await store.first("SELECT ? AS a, ? AS b, ? AS c", 5, 2.5, "five")
      try expectEqual(row?.values ?? [], [5, 2.5, "five"], "the arguments")
      let none: String? = nil
      let check = "SELECT count(*) AS n FROM (SELECT 1 AS one) AS t WHERE ? IS NULL OR one = 7"
      try expectEqual(try await store.first(check, none)?.int("n"), 1, "a null argument")
      try expectEqual(try await store.first(check, "x")?.int("n"), 0, "a text argument")
      try expectEqual(try await store.first(check, 4)?.int("n"), 0, "a number argument")
    },
    StoreContract("text with a zero character is refused, not cut") { store in
      try await store.execute("CREATE TABLE words (t TEXT)")
      try await expectFailure(.unstorable, "storing it") {
        try await store.execute("INSERT INTO words VALUES (?)", "a\0b")
      }
      try expectEqual(try await store.query("SELECT t FROM words").count, 0, "rows")
    },
    StoreContract("accessors say what is wrong with a column") { store in
      let row = try await store.first("SELECT 1 AS one, 'x' AS word, CAST(NULL AS TEXT) AS empty")
      guard let row else { throw ContractViolation(description: "no row") }
      let missing = try await expectFailure(.mismatch, "a missing column") { try row.int("two") }
      try expect(missing.description.contains("two"), "the error names the column")
      try await expectFailure(.mismatch, "text as a number") { try row.int("word") }
      try await expectFailure(.mismatch, "null as text") { try row.text("empty") }
      try expect(try row.optionalText("empty") == nil, "an optional takes null")
    },
    StoreContract("LIKE tells the case of letters and {text} sorts by bytes") { store in
      try await store.execute("CREATE TABLE words (t {text} NOT NULL)")
      try await store.execute("INSERT INTO words VALUES ('b'), ('B'), ('a'), ('_'), ('é')")
      let sorted = try await store.query("SELECT t FROM words ORDER BY t").map { try $0.text("t") }
      try expectEqual(sorted, ["B", "_", "a", "b", "é"], "the order")
      let like = try await store.query("SELECT t FROM words WHERE t LIKE 'b%'")
      try expectEqual(try like.map { try $0.text("t") }, ["b"], "what is like b")
    },
  ]
}
