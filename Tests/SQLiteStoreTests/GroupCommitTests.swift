import SQLiteStore
import Storage
import Testing

private struct Refusal: Error {}

@Suite struct GroupCommitTests {
  @Test func `callers who come while the writer is busy share one commit`() async throws {
    try await withStore { store, _ in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      let before = store.metrics.commits
      try await gather(store, 50) { number in
        try await store.execute("INSERT INTO rows VALUES (?)", number)
      }
      // One for the unit that held the writer, one for all who waited for it.
      #expect(store.metrics.commits - before == 2)
      #expect(store.metrics.largestGroup == 50)
      #expect(try await store.query("SELECT n FROM rows").count == 50)
    }
  }

  @Test func `a unit that ends the transaction of its group takes nobody with it`() async throws {
    try await withStore { store, _ in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      try await store.execute(
        """
        CREATE TRIGGER no_13 BEFORE INSERT ON rows WHEN new.n = 13
        BEGIN SELECT RAISE(ROLLBACK, 'unlucky'); END
        """)
      let refused = try await gather(store, 20) { number in
        try await store.execute("INSERT INTO rows VALUES (?)", number)
      }
      #expect(refused == 1)
      #expect(try await store.query("SELECT n FROM rows").count == 19)
      #expect(store.metrics.repetitions > 0)
    }
  }

  @Test func `a commit that fails for one is repeated for the others`() async throws {
    try await withStore { store, _ in
      try await store.execute("CREATE TABLE owners (id BIGINT PRIMARY KEY)")
      try await store.execute(
        """
        CREATE TABLE rows (n BIGINT PRIMARY KEY,
          owner BIGINT REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)
        """)
      let refused = try await gather(store, 20) { number in
        try await store.write { tx in
          _ = try tx.execute("INSERT INTO rows VALUES (?, ?)", number, number == 7 ? 99 : nil)
        }
      }
      #expect(refused == 1)
      #expect(try await store.query("SELECT n FROM rows").count == 19)
    }
  }

  @Test func `a unit that throws undoes its own work in a shared commit`() async throws {
    try await withStore { store, _ in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      let refused = try await gather(store, 20) { number in
        try await store.write { tx in
          try tx.execute("INSERT INTO rows VALUES (?)", number)
          if number.isMultiple(of: 4) { throw Refusal() }
        }
      }
      #expect(refused == 5)
      #expect(try await store.query("SELECT n FROM rows WHERE n % 4 = 0").isEmpty)
    }
  }

  @Test func `a full queue refuses, and what it took is done`() async throws {
    var options = SQLiteOptions()
    options.queueLimit = 10
    try await withStore(options) { store, _ in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      let refused = try await gather(store, 30) { number in
        try await store.execute("INSERT INTO rows VALUES (?)", number)
      }
      #expect(refused == 20)
      #expect(store.metrics.refused == 20)
      #expect(try await store.query("SELECT n FROM rows").count == 10)
    }
  }

  @Test func `a unit that takes too long is stopped, and the next one runs`() async throws {
    var options = SQLiteOptions()
    options.workLimit = .milliseconds(50)
    try await withStore(options) { store, _ in
      let endless = """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS top FROM n
        """
      #expect(await failure { try await store.query(endless) }?.code == .timeout)
      #expect(
        await failure { try await store.write { _ = try $0.query(endless) } }?.code == .timeout)
      #expect(try await store.query("SELECT 1 AS one").count == 1)
      try await store.execute("CREATE TABLE rows (n BIGINT)")
    }
  }
}

/// Starts `count` writes while another unit holds the writer, so that all of them wait when it lets
/// go. Returns how many failed.
@discardableResult
private func gather(
  _ store: SQLiteStore, _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Void
) async throws -> Int {
  let isFree = Flag()
  let holds = Flag()
  let holder = Task {
    try await store.write { _ in
      holds.raise()
      isFree.wait()
    }
  }
  while !holds.isRaised { await Task.yield() }
  return try await withThrowingTaskGroup(of: Int.self) { group in
    for number in 0..<count {
      group.addTask {
        do {
          try await work(number)
          return 0
        } catch {
          return 1
        }
      }
    }
    while store.metrics.waiting + store.metrics.refused < count { await Task.yield() }
    isFree.raise()
    try await holder.value
    return try await group.reduce(0, +)
  }
}
