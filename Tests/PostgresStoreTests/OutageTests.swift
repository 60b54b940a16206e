import MusterTesting
import PostgresStore
import Primitives
import Storage
import Synchronization
import Testing

/// One after the other, because they share a server that they do not treat well.
@Suite(.disabled(if: isMissing, whyMissing), .serialized) struct OutageTests {
  @Test func `a server killed under load costs no acknowledged row, and is found again`()
    async throws
  {
    try await withServer { server, store in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      let load = Load(store)
      try await load.run(until: 300)
      try server.kill()
      // Calls fail while the server is away, and do not wait for it.
      try await load.run(untilFailures: 50)
      try server.resume()
      // Nobody restarts the store.
      try await load.run(until: 300)
      let rows = try await store.query("SELECT n FROM rows").map { try $0.int("n") }
      #expect(Set(load.acknowledged).subtracting(rows).isEmpty)
      // A row is there without having been acknowledged only if the error said that it may be.
      #expect(Set(rows).subtracting(load.acknowledged).isSubset(of: load.ambiguous))
      #expect(load.otherErrors == [])
      #expect(load.slowestFailure < .seconds(4))
      #expect(store.metrics.reconnects > 0)
    }
  }

  @Test func `a store that was idle does not notice a restart`() async throws {
    try await withServer { server, store in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      for _ in 0..<8 { _ = try await store.query("SELECT n FROM rows") }
      try server.kill()
      try server.resume()
      for number in 0..<8 { try await store.execute("INSERT INTO rows VALUES (?)", number) }
      #expect(try await store.query("SELECT n FROM rows").count == 8)
    }
  }

  @Test func `a server that hangs costs the time limit and no more`() async throws {
    var options = PostgresOptions()
    options.connections = 2
    options.statementLimit = .milliseconds(300)
    options.waitLimit = .seconds(1)
    try await withServer(options) { server, store in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      try server.freeze()
      let clock = ContinuousClock()
      let start = clock.now
      let read = await failure { try await store.query("SELECT n FROM rows") }
      #expect(read?.code == .unavailable)
      let write = await failure { try await store.execute("INSERT INTO rows VALUES (1)") }
      #expect(write.map { [.ambiguous, .unavailable].contains($0.code) } == true)
      #expect(clock.now - start < .seconds(15))
      try server.thaw()
      while await failure({ try await store.query("SELECT n FROM rows") }) != nil {
        await Task.yield()
      }
    }
  }

  @Test func `a server that is not there is an error at once`() async throws {
    let error = await failure {
      try await PostgresStore.open("postgres://muster:secret@127.0.0.1:1/none")
    }
    #expect(error?.code == .unavailable)
    #expect(error?.debugDescription.contains("secret") == false)
  }

  @Test func `a closed store stops looking for its server`() async throws {
    try await withServer { server, store in
      try server.kill()
      _ = await failure { try await store.query("SELECT 1 AS one") }
      await store.close()
      #expect(await failure { try await store.query("SELECT 1 AS one") }?.code == .unavailable)
      try server.resume()
    }
  }
}

@Suite(.disabled(if: isMissing, whyMissing)) struct PostgresLimitTests {
  @Test func `a statement that takes too long is stopped by the server`() async throws {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    var options = PostgresOptions()
    options.connections = 1
    options.statementLimit = .milliseconds(100)
    let store = try await PostgresStore.open(url, options: options)
    let error = await failure { try await store.query("SELECT pg_sleep(20)") }
    #expect(error?.code == .timeout)
    #expect(try await store.query("SELECT 1 AS one").count == 1)
    #expect(store.metrics.reconnects == 0)
    await store.close()
  }

  @Test func `links that the server has ended while they were idle are replaced`() async throws {
    try await withTwoStores { store, other in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY)")
      for round in 0..<5 {
        // Again until it finds nobody: ending takes the server a moment, and so does connecting.
        let end = "SELECT pg_terminate_backend(pid) AS done \(others)"
        while try await other.query(end).count > 0 { await Task.yield() }
        for n in 0..<4 { try await store.execute("INSERT INTO rows VALUES (?)", round * 4 + n) }
      }
      #expect(try await store.query("SELECT n FROM rows").count == 20)
      #expect(store.metrics.reconnects > 0)
    }
  }

  @Test func `work that an administrator ended is done over a new link`() async throws {
    try await withTwoStores { store, other in
      try await other.execute("CREATE TABLE ended (n BIGINT)")
      // Sleeps the first time only.
      async let slow = store.query(
        """
        SELECT pg_backend_pid() AS pid,
          CASE WHEN NOT EXISTS (SELECT n FROM ended) THEN pg_sleep(15) END AS nap
        """)
      let sleeping = "\(others) AND state = 'active' AND wait_event = 'PgSleep'"
      while try await other.query("SELECT pid \(sleeping)").isEmpty { await Task.yield() }
      try await other.execute("INSERT INTO ended VALUES (1)")
      let ended = try await other.query("SELECT pg_terminate_backend(pid) AS done, pid \(sleeping)")
      let pid = try await slow[0].int("pid")
      #expect(try ended.map { try $0.int("pid") } != [pid])
      #expect(store.metrics.reconnects == 1)
    }
  }

  @Test func `forgotten statements are given up and prepared again`() async throws {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    var options = PostgresOptions()
    options.connections = 1
    options.statementCache = 4
    let store = try await PostgresStore.open(url, options: options)
    for number in 0..<30 {
      let row = try await store.first("SELECT \(number % 10) + ? AS sum", number)
      #expect(try row?.int("sum") == number % 10 + number)
    }
    let known = try await store.first("SELECT count(*) AS n FROM pg_prepared_statements")
    #expect(try known?.int("n") ?? 99 <= 5)
    await store.close()
  }

  @Test func `work that waited too long is refused, not done for nobody`() async throws {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    let other = try await PostgresStore.open(url)
    try await other.execute("CREATE TABLE rows (n BIGINT)")
    var options = PostgresOptions()
    options.connections = 1
    options.waitLimit = .seconds(2)
    let store = try await PostgresStore.open(url, options: options)
    let isHeld = Mutex(false)
    let isFree = Mutex(false)
    async let holder: Void = store.write { _ in
      isHeld.withLock { $0 = true }
      while !isFree.withLock({ $0 }) {}
    }
    while !isHeld.withLock({ $0 }) { await Task.yield() }
    async let late = failure { try await store.execute("INSERT INTO rows VALUES (1)") }
    while store.metrics.waiting == 0 { await Task.yield() }
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(2.2) { await Task.yield() }
    isFree.withLock { $0 = true }
    try await holder
    #expect(await late?.code == .overloaded)
    #expect(try await other.query("SELECT n FROM rows").isEmpty)
    await store.close()
    await other.close()
  }

  @Test func `a value that does not fit its column is told from a wrong statement`() async throws {
    try await withFreshStore(.postgres) { store in
      try await store.execute("CREATE TABLE rows (n BIGINT)")
      let error = await failure {
        try await store.execute("INSERT INTO rows VALUES (?)", "secret")
      }
      #expect(error?.code == .unstorable)
      #expect(error?.description.contains("secret") == false)
    }
  }
}

/// The connections to a database but for the one that asks.
private let others = """
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
  """

/// Runs `body` with two stores on one database; the second has a single connection.
private func withTwoStores(
  _ body: (PostgresStore, PostgresStore) async throws -> Void
) async throws {
  let url = try await ThrowawayPostgres.shared().makeDatabase()
  var options = PostgresOptions()
  options.connections = 3
  let store = try await PostgresStore.open(url, options: options)
  options.connections = 1
  let other = try await PostgresStore.open(url, options: options)
  try await body(store, other)
  await store.close()
  await other.close()
}
