/// One step of a plugin's tables, from the version before to this one. Never changed once it is
/// out; a mistake in it is mended by the next one.
public struct Migration: Sendable {
  public let version: Int
  public let statements: [String]

  /// - Parameter sql: one or more statements in the words of `SQLText`, split at semicolons.
  public init(_ version: Int, _ sql: String...) {
    self.version = version
    statements = sql.flatMap { SQLText.statements(in: $0) }
  }
}

extension Store {
  /// Brings the tables of `owner` up to its last migration, each step in a transaction of its own.
  ///
  /// Several programs may do this at once: one migrates, the others wait and find nothing to do.
  /// - Returns: the versions that were applied.
  /// - Throws: `.tooNew` if the database has seen a later version than this program knows.
  @discardableResult
  public func migrate(_ owner: String, _ migrations: [Migration]) async throws -> [Int] {
    let versions = migrations.map(\.version)
    precondition(
      zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 } && versions.allSatisfy { $0 > 0 },
      "the migrations of \(owner) are not in the order of their versions")
    var applied: [Int] = []
    while let version = try await write({ try $0.migrateOnce(owner, migrations) }) {
      applied.append(version)
    }
    return applied
  }
}

extension Transaction {
  /// Applies the first migration that is missing; nil if there is none.
  fileprivate func migrateOnce(_ owner: String, _ migrations: [Migration]) throws -> Int? {
    try lockMigrations()
    try makeVersionsTable()
    let row = try first(
      "SELECT max(version) AS version FROM schema_versions WHERE owner = ?", owner)
    let current = try row?.optionalInt("version") ?? 0
    let known = migrations.last?.version ?? 0
    guard current <= known else {
      throw StoreError(
        .tooNew,
        "the tables of \(owner) are at version \(current), this program knows \(known): "
          + "start the newer program, or restore a backup made before it ran")
    }
    guard let next = migrations.first(where: { $0.version > current }) else { return nil }
    for statement in next.statements { try execute(statement) }
    try execute(
      """
      INSERT INTO schema_versions (owner, version, applied_at)
      VALUES (?, ?, CAST(CURRENT_TIMESTAMP AS TEXT))
      """, owner, next.version)
    return next.version
  }

  private func makeVersionsTable() throws(StoreError) {
    try execute(
      """
      CREATE TABLE IF NOT EXISTS schema_versions (
        owner TEXT NOT NULL, version BIGINT NOT NULL, applied_at TEXT NOT NULL,
        PRIMARY KEY (owner, version))
      """)
  }
}
