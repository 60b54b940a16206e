import Primitives
import Storage

/// A store that can be out of reach for a while.
final class AwayStore: Store {
  private let inner: any Store
  private let isAway = Locked(false)

  init(_ inner: any Store) { self.inner = inner }

  func setAway(_ away: Bool) { isAway.withLock { $0 = away } }

  var engine: Engine { inner.engine }
  var metrics: StoreMetrics { inner.metrics }

  private func reach() throws(StoreError) {
    if isAway.withLock({ $0 }) { throw StoreError(.unavailable, "it is away") }
  }

  func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer {
    try reach()
    return try await inner.run(sql, arguments: arguments)
  }

  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try reach()
    return try await inner.write(body)
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try reach()
    return try await inner.read(body)
  }

  func close() async { await inner.close() }
}
