internal import PostgresStore
internal import SQLiteStore
public import Storage

/// A fresh, empty store of each kind, for tests that hold on both:
/// ```swift
/// @Test(arguments: Engine.testable)
/// func `a room keeps its name`(engine: Engine) async throws {
///   try await withFreshStore(engine) { store in … }
/// }
/// ```
extension Engine {
  /// The engines that tests can use on this machine. Says on the way why one is left out.
  public static let testable: [Engine] = {
    guard let missing = ThrowawayPostgres.missing else { return [.sqlite, .postgres] }
    print("Tests on PostgreSQL are skipped. \(missing)")
    return [.sqlite]
  }()
}

/// Runs `body` with an empty store, in memory or on the server of this test process.
public func withFreshStore<Result>(
  _ engine: Engine, _ body: (any Store) async throws -> Result
) async throws -> Result {
  let store: any Store
  switch engine {
  case .sqlite: store = try await SQLiteStore.open(.memory)
  case .postgres:
    let url = try await ThrowawayPostgres.shared().makeDatabase()
    var options = PostgresOptions()
    // Tests run beside each other, and a server has only so many connections.
    options.connections = 3
    store = try await PostgresStore.open(url, options: options)
  }
  do {
    let result = try await body(store)
    await store.close()
    return result
  } catch {
    await store.close()
    throw error
  }
}
