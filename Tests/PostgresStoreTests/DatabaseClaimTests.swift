import MusterTesting
import PostgresStore
import Storage
import Synchronization
import Testing

@Suite(.disabled(if: isMissing, whyMissing)) struct DatabaseClaimTests {
  @Test func `one claim at a time is had, and names its holder to the next`() async throws {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    let claim = try await DatabaseClaim.take(url) { _ in }
    let error = await #expect(throws: StoreError.self) {
      try await DatabaseClaim.take(url) { _ in }
    }
    #expect(error?.code == .busy)
    #expect(error?.message.contains("muster with pid") == true)
    await claim.release()
    let next = try await DatabaseClaim.take(url) { _ in }
    await next.release()
  }

  @Test func `a claim outlives its connection`() async throws {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    let claim = try await DatabaseClaim.take(url) { _ in }
    let store = try await PostgresStore.open(url)
    try await endSessions(store)
    // The lock is had again by a new session.
    while try await sessions(store) == 0 { await Task.yield() }
    await claim.release()
    await store.close()
  }

  @Test func `a claim that another server took while the connection was away is told`()
    async throws
  {
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    let loss = AsyncStream.makeStream(of: StoreError.self)
    let claim = try await DatabaseClaim.take(url) { loss.continuation.yield($0) }
    let store = try await PostgresStore.open(url)
    // The thief waits for the lock and is next in line when the session ends.
    let thief = Task {
      try await store.write { work in
        _ = try work.query("SELECT pg_advisory_lock(1299542900, hashtext(current_schema()))")
      }
    }
    while try await waiting(store) == 0 { await Task.yield() }
    try await endSessions(store)
    let error = await loss.stream.first { _ in true }
    #expect(error?.message.contains("another muster") == true)
    _ = try await thief.value
    await claim.release()
    await store.close()
  }

  private func endSessions(_ store: PostgresStore) async throws {
    _ = try await store.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        + " WHERE application_name LIKE 'muster with%' AND datname = current_database()")
  }

  private func sessions(_ store: PostgresStore) async throws -> Int {
    try await count(store, "granted")
  }

  private func waiting(_ store: PostgresStore) async throws -> Int {
    try await count(store, "NOT granted")
  }

  private func count(_ store: PostgresStore, _ which: String) async throws -> Int {
    let row = try await store.first(
      "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND \(which)"
        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
    return try row?.int("n") ?? 0
  }
}
