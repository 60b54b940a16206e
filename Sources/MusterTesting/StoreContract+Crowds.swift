internal import Storage

/// Runs `work` for each number at once and counts how often it returned instead of throwing `code`.
private func crowd(
  _ size: Int, expecting code: StoreError.Code? = nil,
  _ work: @escaping @Sendable (Int) async throws -> Void
) async throws -> Int {
  try await withThrowingTaskGroup(of: Int.self) { group in
    for number in 0..<size {
      group.addTask {
        do {
          try await work(number)
          return 1
        } catch let error as StoreError where error.code == code {
          return 0
        } catch is OwnError {
          return 0
        }
      }
    }
    return try await group.reduce(0, +)
  }
}

extension StoreContract {
  static let crowds = [
    StoreContract("no increment is lost when many units read and then write") { store in
      try await store.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)")
      try await store.execute("INSERT INTO counter VALUES (1, 0)")
      let stored = try await crowd(60) { _ in
        try await store.write { tx in
          let n = try tx.first("SELECT n FROM counter WHERE id = 1")?.int("n") ?? 0
          try tx.execute("UPDATE counter SET n = ? WHERE id = 1", n + 1)
        }
      }
      let n = try await store.first("SELECT n FROM counter")?.int("n")
      try expectEqual(n, stored, "the counter")
      try expectEqual(stored, 60, "units that were stored")
    },
    StoreContract("of many who look for room and then take it, as many succeed as fit") { store in
      try await store.execute("CREATE TABLE seats (seat {id}, who BIGINT NOT NULL)")
      let winners = try await crowd(40) { number in
        try await store.write { tx in
          let taken = try tx.first("SELECT count(*) AS n FROM seats")?.int("n") ?? 0
          guard taken < 3 else { throw OwnError(number: taken) }
          try tx.execute("INSERT INTO seats (who) VALUES (?)", number)
        }
      }
      let rows = try await store.query("SELECT who FROM seats")
      try expectEqual(winners, 3, "winners")
      try expectEqual(rows.count, 3, "rows")
    },
    StoreContract("those who fail do not hurt those who share their commit") { store in
      try await store.execute("CREATE TABLE names (name TEXT PRIMARY KEY, who BIGINT NOT NULL)")
      let stored = try await crowd(120, expecting: .unique) { number in
        let name = "name \(number % 50)"
        if number.isMultiple(of: 2) {
          try await store.execute("INSERT INTO names VALUES (?, ?)", name, number)
        } else {
          try await store.write { tx in
            try tx.execute("INSERT INTO names VALUES (?, ?)", "extra \(number)", number)
            try tx.execute("INSERT INTO names VALUES (?, ?)", name, number)
          }
        }
      }
      let names = try await store.query("SELECT name FROM names WHERE name LIKE 'name%'")
      let extras = try await store.query(
        "SELECT e.name FROM names e JOIN names n ON n.who = e.who AND n.name LIKE 'name%'"
          + " WHERE e.name LIKE 'extra%'")
      let allExtras = try await store.query("SELECT name FROM names WHERE name LIKE 'extra%'")
      try expectEqual(stored, 50, "stored units")
      try expectEqual(names.count, 50, "names")
      try expectEqual(extras.count, allExtras.count, "extras that came with their name")
    },
    StoreContract("a read sees one state from beginning to end") { store in
      try await store.execute("CREATE TABLE purses (id BIGINT PRIMARY KEY, coins BIGINT NOT NULL)")
      try await store.execute("INSERT INTO purses VALUES (1, 500), (2, 500)")
      _ = try await crowd(80) { number in
        if number.isMultiple(of: 2) {
          try await store.write { tx in
            try tx.execute("UPDATE purses SET coins = coins - 1 WHERE id = 1")
            try tx.execute("UPDATE purses SET coins = coins + 1 WHERE id = 2")
          }
        } else {
          let sum = try await store.read { tx in
            let first = try tx.first("SELECT coins FROM purses WHERE id = 1")?.int("coins") ?? 0
            let second = try tx.first("SELECT coins FROM purses WHERE id = 2")?.int("coins") ?? 0
            return first + second
          }
          try expectEqual(sum, 1000, "coins")
        }
      }
    },
  ]
}
