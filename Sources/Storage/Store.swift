/// Which database answers. Plugins rarely ask: one SQL text serves both (see `SQLText`).
public enum Engine: String, Sendable {
  case sqlite, postgres
}

/// The result of a statement.
public struct Answer: Sendable {
  public let rows: [Row]
  /// How many rows were inserted, updated or deleted.
  public let changed: Int

  public init(rows: [Row] = [], changed: Int = 0) {
    self.rows = rows
    self.changed = changed
  }
}

/// A database for plugins: statements with bound arguments, and units of several statements.
///
/// ```swift
/// let rows = try await store.query("SELECT name FROM chat_rooms WHERE id = ?", id)
/// try await store.execute("UPDATE chat_rooms SET name = ? WHERE id = ?", name, id)
/// let seat = try await store.write { tx in
///   let taken = try tx.query("SELECT 1 FROM lab_seats WHERE seat = ?", seat)
///   guard taken.isEmpty else { throw SeatTaken() }
///   return try tx.insert("INSERT INTO lab_seats (seat, who) VALUES (?, ?) RETURNING id", seat, who)
/// }
/// ```
///
/// What has returned is on disk and is seen by every later call. A writer sees a database
/// that does not change meanwhile: units of work behave as if they ran one after the other.
public protocol Store: Sendable {
  var engine: Engine { get }

  /// Runs one statement by itself. A statement that begins with `SELECT`, `VALUES`, `WITH` or
  /// `EXPLAIN` runs as a reader and cannot change anything; every other one is a write.
  func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer

  /// Runs `body` as one unit: all of it is stored, or nothing if it throws.
  ///
  /// `body` runs on the store's own thread and blocks other work there: it only talks to the
  /// transaction. It **may run more than once** when the engine asks for a repetition, so it
  /// changes nothing outside.
  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result

  /// Runs `body` against one unchanging state of the database. A write in it throws `.readOnly`.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result

  /// Counters of the store's work so far.
  var metrics: StoreMetrics { get }

  /// Finishes what is under way and closes; later calls throw `.unavailable`.
  func close() async
}

extension Store {
  /// The rows of one statement.
  public func query(_ sql: String, _ arguments: any Bindable...) async throws(StoreError) -> [Row] {
    try await run(sql, arguments: arguments.map(\.boundValue)).rows
  }

  /// The rows of one statement with as many arguments as the caller has gathered.
  public func query(_ sql: String, arguments: [Value]) async throws(StoreError) -> [Row] {
    try await run(sql, arguments: arguments).rows
  }

  /// How many rows one statement has changed.
  @discardableResult
  public func execute(
    _ sql: String, _ arguments: any Bindable...
  ) async throws(StoreError) -> Int {
    try await run(sql, arguments: arguments.map(\.boundValue)).changed
  }

  @discardableResult
  public func execute(_ sql: String, arguments: [Value]) async throws(StoreError) -> Int {
    try await run(sql, arguments: arguments).changed
  }

  /// The first row of a statement, or nil if it has none.
  public func first(_ sql: String, _ arguments: any Bindable...) async throws(StoreError) -> Row? {
    try await run(sql, arguments: arguments.map(\.boundValue)).rows.first
  }

  /// The id of a new row, from a statement that ends in `RETURNING id`.
  public func insert(_ sql: String, _ arguments: any Bindable...) async throws(StoreError) -> Int {
    try await run(sql, arguments: arguments.map(\.boundValue)).newID
  }
}

extension Answer {
  /// The integer in the first column of the first row, which `RETURNING id` has put there.
  var newID: Int {
    get throws(StoreError) {
      guard let row = rows.first, case .int(let id) = row[0] else {
        throw StoreError(.mismatch, "an insert for its id ends in RETURNING and an integer column")
      }
      return Int(id)
    }
  }
}
