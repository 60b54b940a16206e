public import PluginKit
public import Storage

/// An event of the audit trail with its moment, in Unix milliseconds.
public struct AuditEntry: Sendable, Hashable {
  /// Grows with each entry; 0 before the entry is in the table.
  public let id: Int64
  public let at: Int64
  public let event: AuditEvent

  public init(_ event: AuditEvent, at moment: Int64, id: Int64 = 0) {
    self.id = id
    at = moment
    self.event = event
  }
}

/// The audit trail in the database.
public struct AuditTable: Sendable {
  public static let owner = "audit"
  public static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE audit (
        id {id}, at BIGINT NOT NULL, action {text} NOT NULL, actor TEXT NOT NULL,
        target TEXT NOT NULL, address TEXT NOT NULL, detail TEXT NOT NULL);
      CREATE INDEX audit_at ON audit (at)
      """)
  ]

  private let store: any Store

  public init(_ store: any Store) { self.store = store }

  public static func migrate(_ store: any Store) async throws {
    try await store.migrate(owner, migrations)
  }

  public func append(_ entries: [AuditEntry]) async throws {
    try await store.write { work in
      for entry in entries {
        let event = entry.event
        try work.execute(
          """
          INSERT INTO audit (at, action, actor, target, address, detail) VALUES (?, ?, ?, ?, ?, ?)
          """, entry.at, event.action, event.actor, event.target, event.address, event.detail)
      }
    }
  }

  /// The newest first.
  /// - Parameter before: the id of the last entry of the page before.
  public func page(before: Int64? = nil, limit: Int) async throws -> [AuditEntry] {
    let rows = try await store.query(
      """
      SELECT id, at, action, actor, target, address, detail FROM audit WHERE id < ?
      ORDER BY id DESC LIMIT ?
      """, before ?? .max, limit)
    return try rows.map { try AuditEntry($0) }
  }

  /// Deletes what is older than `moment`, and the oldest of more than `most` entries.
  public func trim(olderThan moment: Int64, keeping most: Int) async throws {
    try await store.write { work in
      try work.execute("DELETE FROM audit WHERE at < ?", moment)
      try work.execute("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", most)
    }
  }
}

extension AuditEntry {
  fileprivate init(_ row: Row) throws {
    let event = AuditEvent(
      try row.text("action"), by: try row.text("actor"), on: try row.text("target"),
      from: try row.text("address"), try row.text("detail"))
    self.init(event, at: try row.unixMilliseconds("at"), id: try row.int64("id"))
  }
}
