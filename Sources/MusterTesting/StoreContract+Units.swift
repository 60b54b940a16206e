internal import Storage

struct OwnError: Error, Equatable { let number: Int }

extension StoreContract {
  private static func makeSeats(_ store: any Store) async throws {
    try await store.execute("CREATE TABLE seats (seat BIGINT PRIMARY KEY, who TEXT NOT NULL)")
  }

  private static func seats(_ store: any Store) async throws -> [Int] {
    try await store.query("SELECT seat FROM seats ORDER BY seat").map { try $0.int("seat") }
  }

  static let units = [
    StoreContract("a unit is stored whole, and its result returned") { store in
      try await makeSeats(store)
      let count = try await store.write { tx in
        try tx.execute("INSERT INTO seats VALUES (1, 'a')")
        try tx.execute("INSERT INTO seats VALUES (2, 'b')")
        return try tx.first("SELECT count(*) AS n FROM seats")?.int("n")
      }
      try expectEqual(count, 2, "what the unit saw")
      try expectEqual(try await seats(store), [1, 2], "what is stored")
    },
    StoreContract("a unit that throws leaves nothing, and throws what it threw") { store in
      try await makeSeats(store)
      do {
        try await store.write { tx in
          try tx.execute("INSERT INTO seats VALUES (1, 'a')")
          throw OwnError(number: 7)
        }
        throw ContractViolation(description: "the unit did not throw")
      } catch let error as OwnError {
        try expectEqual(error, OwnError(number: 7), "the error")
      }
      try expectEqual(try await seats(store), [], "what is stored")
    },
    StoreContract("a failed statement spoils its unit even if the error is caught") { store in
      try await makeSeats(store)
      try await expectFailure(.unique, "the unit") {
        try await store.write { tx in
          try tx.execute("INSERT INTO seats VALUES (1, 'a')")
          do {
            try tx.execute("INSERT INTO seats VALUES (1, 'b')")
          } catch {
            return
          }
        }
      }
      try expectEqual(try await seats(store), [], "what is stored")
    },
    StoreContract("an attempt undoes itself alone, also inside of another") { store in
      try await makeSeats(store)
      try await store.write { tx in
        try tx.execute("INSERT INTO seats VALUES (1, 'a')")
        do {
          try tx.attempt {
            try tx.execute("INSERT INTO seats VALUES (2, 'b')")
            try tx.execute("INSERT INTO seats VALUES (1, 'c')")
          }
        } catch let error as StoreError where error.code == .unique {
          try tx.execute("INSERT INTO seats VALUES (3, 'd')")
        }
        try tx.attempt {
          try tx.execute("INSERT INTO seats VALUES (4, 'e')")
          do {
            try tx.attempt {
              try tx.execute("INSERT INTO seats VALUES (5, 'f')")
              throw OwnError(number: 1)
            }
          } catch is OwnError {
            try tx.execute("INSERT INTO seats VALUES (6, 'g')")
          }
        }
      }
      try expectEqual(try await seats(store), [1, 3, 4, 6], "what is stored")
    },
    StoreContract("a read cannot write") { store in
      try await makeSeats(store)
      try await expectFailure(.readOnly, "an insert in a read") {
        try await store.read { try $0.execute("INSERT INTO seats VALUES (1, 'a')") }
      }
      try await expectFailure(.readOnly, "a write that begins like a query") {
        try await store.query(
          "WITH one AS (SELECT 1 AS n) INSERT INTO seats SELECT n, 'a' FROM one RETURNING seat")
      }
      try expectEqual(try await seats(store), [], "what is stored")
      try await store.execute("INSERT INTO seats VALUES (1, 'a')")
    },
    StoreContract("what was acknowledged is seen by the next reader") { store in
      try await makeSeats(store)
      for seat in 1...200 {
        try await store.execute("INSERT INTO seats VALUES (?, 'a')", seat)
        let found = try await store.first("SELECT max(seat) AS last FROM seats")
        try expectEqual(try found?.int("last"), seat, "the last seat")
      }
    },
  ]
}
