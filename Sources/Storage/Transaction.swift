/// One engine's side of a transaction. Stores implement it; plugins never see it.
public protocol Session: AnyObject {
  var engine: Engine { get }
  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer
  /// Keeps every other program that migrates out until the transaction ends. The first thing in it.
  func lockMigrations() throws(StoreError)
}

/// A unit of work inside `Store.write` or `Store.read`.
///
/// It cannot leave the closure that got it: it is not `Sendable`, and results and captures are.
/// A statement that fails spoils the whole unit, even if the error is caught, because PostgreSQL
/// knows no other way and SQLite shall not behave differently. Where a failure is expected,
/// `attempt` puts a savepoint around it.
public final class Transaction {
  private let session: any Session
  private var depth = 0
  /// The first failure of a statement that no `attempt` has contained.
  public private(set) var failure: StoreError?

  public init(_ session: any Session) { self.session = session }

  func lockMigrations() throws(StoreError) { try session.lockMigrations() }

  public var engine: Engine { session.engine }

  public func run(_ sql: String, arguments: [Value]) throws(StoreError) -> Answer {
    if let failure { throw failure }
    do {
      return try session.run(sql, arguments)
    } catch {
      failure = error
      throw error
    }
  }

  /// Runs `body` in a savepoint: if it throws, what it did is undone and the unit goes on.
  public func attempt<Result>(_ body: () throws -> Result) throws -> Result {
    let name = "attempt_\(depth)"
    _ = try run("SAVEPOINT \(name)", arguments: [])
    depth += 1
    defer { depth -= 1 }
    do {
      let result = try body()
      if let failure { throw failure }
      _ = try run("RELEASE SAVEPOINT \(name)", arguments: [])
      return result
    } catch {
      failure = nil
      _ = try run("ROLLBACK TO SAVEPOINT \(name)", arguments: [])
      _ = try run("RELEASE SAVEPOINT \(name)", arguments: [])
      throw error
    }
  }
}

@available(*, unavailable) extension Transaction: Sendable {}

extension Transaction {
  public func query(_ sql: String, _ arguments: any Bindable...) throws(StoreError) -> [Row] {
    try run(sql, arguments: arguments.map(\.boundValue)).rows
  }

  public func query(_ sql: String, arguments: [Value]) throws(StoreError) -> [Row] {
    try run(sql, arguments: arguments).rows
  }

  /// How many rows the statement has changed.
  @discardableResult
  public func execute(_ sql: String, _ arguments: any Bindable...) throws(StoreError) -> Int {
    try run(sql, arguments: arguments.map(\.boundValue)).changed
  }

  @discardableResult
  public func execute(_ sql: String, arguments: [Value]) throws(StoreError) -> Int {
    try run(sql, arguments: arguments).changed
  }

  public func first(_ sql: String, _ arguments: any Bindable...) throws(StoreError) -> Row? {
    try run(sql, arguments: arguments.map(\.boundValue)).rows.first
  }

  /// The id of a new row, from a statement that ends in `RETURNING id`.
  @discardableResult
  public func insert(_ sql: String, _ arguments: any Bindable...) throws(StoreError) -> Int {
    try run(sql, arguments: arguments.map(\.boundValue)).newID
  }

  /// Makes the next generated id of a table `next`, or one more than the highest id if that is
  /// more or `next` is nil. Needed after rows were inserted with ids of their own, because
  /// PostgreSQL does not notice those.
  ///
  /// - Precondition: `table` and `column` are plain names of letters, digits and underscores.
  public func continueIDs(of table: String, column: String = "id", from next: Int? = nil)
    throws(StoreError)
  {
    precondition(SQLText.isPlainName(table) && SQLText.isPlainName(column), "not a plain name")
    let highest = try first("SELECT max(\(column)) AS highest FROM \(table)")
    let after = try highest?.optionalInt("highest").map { min($0, .max - 1) + 1 } ?? 1
    let start = max(after, next ?? after)
    switch engine {
    case .sqlite:
      try execute("DELETE FROM sqlite_sequence WHERE name = ?", table)
      try execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, start - 1)
    case .postgres:
      _ = try query("SELECT setval(pg_get_serial_sequence(?, ?), ?, false)", table, column, start)
    }
  }
}
