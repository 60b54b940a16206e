internal import Storage

extension StoreContract {
  private static func makeRooms(_ store: any Store) async throws {
    try await store.execute("CREATE TABLE rooms (id {id}, name TEXT NOT NULL UNIQUE, seats BIGINT)")
  }

  static let statements = [
    StoreContract("marks count in order or by number, and not inside of quotes") { store in
      try await makeRooms(store)
      try await store.execute(
        "INSERT INTO rooms (name, seats) VALUES ('why?', ?) /* ? */ -- ?", 4)
      let row = try await store.first(
        "SELECT name, ?2 AS second, ?1 AS first, ?2 AS again FROM rooms", "one", "two")
      try expectEqual(row?.values ?? [], ["why?", "two", "one", "two"], "numbered arguments")
      try await expectFailure(.syntax, "a mixture") {
        try await store.query("SELECT ?1 AS a, ? AS b", 1, 2)
      }
    },
    StoreContract("ids count up and are returned") { store in
      try await makeRooms(store)
      let sql = "INSERT INTO rooms (name) VALUES (?) RETURNING id"
      try expectEqual(try await store.insert(sql, "a"), 1, "the first id")
      try expectEqual(try await store.insert(sql, "b"), 2, "the second id")
      try await store.execute("DELETE FROM rooms WHERE id = ?", 2)
      let third = try await store.write { try $0.insert(sql, "c") }
      try expectEqual(third, 3, "an id after a deletion")
    },
    StoreContract("ids go on behind rows that brought their own") { store in
      try await makeRooms(store)
      let sql = "INSERT INTO rooms (name) VALUES (?) RETURNING id"
      try await store.write { tx in
        try tx.execute("INSERT INTO rooms (id, name) VALUES (?, 'a'), (?, 'b')", 27, 143)
        try tx.continueIDs(of: "rooms")
      }
      try expectEqual(try await store.insert(sql, "c"), 144, "the next id")
      try await store.write { try $0.continueIDs(of: "rooms", from: 1000) }
      try expectEqual(try await store.insert(sql, "d"), 1000, "the id after a jump")
      try await store.execute("DELETE FROM rooms")
      try await store.write { try $0.continueIDs(of: "rooms", from: 5) }
      try expectEqual(try await store.insert(sql, "e"), 5, "the first id of an empty table")
    },
    StoreContract("the number of changed rows is that of this statement") { store in
      try await makeRooms(store)
      let inserted = try await store.execute("INSERT INTO rooms (name) VALUES ('a'), ('b'), ('c')")
      try expectEqual(inserted, 3, "inserted")
      try expectEqual(try await store.execute("UPDATE rooms SET seats = 1 WHERE id > 1"), 2, "set")
      try expectEqual(try await store.execute("UPDATE rooms SET seats = 2 WHERE id > 9"), 0, "none")
      try expectEqual(try await store.execute("CREATE TABLE other (n BIGINT)"), 0, "made a table")
      try expectEqual(try await store.execute("DELETE FROM rooms"), 3, "deleted")
    },
    StoreContract("ON CONFLICT updates or does nothing") { store in
      try await makeRooms(store)
      let upsert = """
        INSERT INTO rooms (name, seats) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET seats = rooms.seats + excluded.seats RETURNING seats
        """
      _ = try await store.query(upsert, "a", 3)
      try expectEqual(try await store.first(upsert, "a", 4)?.int("seats"), 7, "seats")
      let nothing = try await store.execute(
        "INSERT INTO rooms (name) VALUES (?) ON CONFLICT DO NOTHING", "a")
      try expectEqual(nothing, 0, "rows")
    },
    StoreContract("a list has as many marks as members") { store in
      try await makeRooms(store)
      try await store.execute("INSERT INTO rooms (name) VALUES ('a'), ('b'), ('c')")
      let wanted: [Value] = [1, 3]
      let rows = try await store.query(
        "SELECT name FROM rooms WHERE id IN (\(SQLText.marks(wanted.count))) ORDER BY id",
        arguments: wanted)
      try expectEqual(try rows.map { try $0.text("name") }, ["a", "c"], "names")
    },
    StoreContract("a column that was added is there for statements prepared before") { store in
      try await makeRooms(store)
      try await store.execute("INSERT INTO rooms (name) VALUES ('a')")
      for _ in 0..<6 {
        _ = try await store.query("SELECT * FROM rooms")
        _ = try await store.write { try $0.query("SELECT * FROM rooms") }
      }
      try await store.execute("ALTER TABLE rooms ADD COLUMN floor BIGINT")
      for _ in 0..<6 {
        let row = try await store.first("SELECT * FROM rooms")
        try expectEqual(row?.columns.names.last, "floor", "the last column")
        let inside = try await store.write { try $0.first("SELECT * FROM rooms") }
        try expectEqual(inside?.values.count, 4, "columns in a unit")
      }
    },
  ]
}
