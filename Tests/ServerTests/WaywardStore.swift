import Loop
import Primitives
import Storage

/// A store that does what a test says with units of work, and all else as it should.
final class WaywardStore: Store {
  enum Mood {
    case obedient
    /// Does the next one, and says that nobody knows whether it was done.
    case breaksOffAfterNext
    case refuses
  }

  private let inner: any Store
  private let mood = Locked(Mood.obedient)
  private let tries = Locked(0)

  init(_ inner: any Store) { self.inner = inner }

  func becomes(_ mood: Mood) { self.mood.withLock { $0 = mood } }

  /// Units of work that were asked for.
  var count: Int { tries.withLock { $0 } }

  var engine: Engine { inner.engine }
  var metrics: StoreMetrics { inner.metrics }

  func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer {
    try await inner.run(sql, arguments: arguments)
  }

  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    tries.withLock { $0 += 1 }
    let mood = mood.withLock { mood in
      defer { if case .breaksOffAfterNext = mood { mood = .obedient } }
      return mood
    }
    if case .refuses = mood { throw StoreError(.full, "no room") }
    let result = try await inner.write(body)
    if case .breaksOffAfterNext = mood { throw StoreError(.ambiguous, "nobody knows") }
    return result
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result { try await inner.read(body) }

  func close() async { await inner.close() }
}
