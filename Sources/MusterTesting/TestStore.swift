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

/// Tests run beside each other, and a server has only so many connections.
private let guests = Turnstile(8)

/// Runs `body` with an empty store, in memory or on the server of this test process.
public func withFreshStore<Result>(
  _ engine: Engine, _ body: (any Store) async throws -> Result
) async throws -> Result {
  switch engine {
  case .sqlite: return try await use(try await SQLiteStore.open(.memory), for: body)
  case .postgres:
    await guests.enter()
    let result = await Swift.Result {
      let url = try await ThrowawayPostgres.shared().makeDatabase()
      var options = PostgresOptions()
      // On a machine that is busy with many tests a new connection may take a while.
      options.waitLimit = .seconds(30)
      options.connectLimit = .seconds(30)
      options.connections = 4
      return try await use(try await PostgresStore.open(url, options: options), for: body)
    }
    await guests.leave()
    return try result.get()
  }
}

private func use<Result>(
  _ store: any Store, for body: (any Store) async throws -> Result
) async throws -> Result {
  let result = await Swift.Result { try await body(store) }
  await store.close()
  return try result.get()
}
