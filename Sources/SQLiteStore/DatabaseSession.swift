internal import Storage

/// A database as the plugins' transactions see it.
final class DatabaseSession: Session {
  let engine = Engine.sqlite
  private let database: Database

  init(_ database: Database) { self.database = database }

  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer {
    try database.run(sql, arguments)
  }

  /// Nothing to do: a transaction that writes is alone from its first statement on.
  func lockMigrations() throws(StoreError) {}
}
