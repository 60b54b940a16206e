internal import Storage

/// Hands a result, or a failure, to the caller who waits for it.
typealias Delivery = @Sendable () -> Void

/// A unit of work on its way to a database thread.
struct Job: Sendable {
  /// A single statement undoes itself when it fails; anything longer needs a savepoint for that.
  let isSingle: Bool
  /// Does the work. What it returns is called when the work is safe.
  let run: @Sendable (Transaction) throws -> Delivery
  /// Tells the caller that nothing was stored.
  let fail: @Sendable (any Error) -> Void
  let submitted = ContinuousClock.now
}

extension Job {
  /// A job whose caller waits in `continuation`.
  init<Result: Sendable>(
    isSingle: Bool = false,
    _ continuation: CheckedContinuation<Swift.Result<Result, any Error>, Never>,
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) {
    self.isSingle = isSingle
    run = { transaction in
      let result = try body(transaction)
      // An error that the body has swallowed has spoiled the unit all the same.
      if let failure = transaction.failure { throw failure }
      return { continuation.resume(returning: .success(result)) }
    }
    fail = { continuation.resume(returning: .failure($0)) }
  }
}

/// A database as the plugins' transactions see it.
final class DatabaseSession: Session {
  let engine = Engine.sqlite
  private let database: Database

  init(_ database: Database) { self.database = database }

  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer {
    try database.run(sql, arguments)
  }
}
