public import Storage

/// The runs of jobs in the database, by which one of several servers runs a job at a due time.
public struct JobTable: Sendable {
  public static let owner = "jobs"
  public static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE hub_jobs (
        job {text} NOT NULL, due BIGINT NOT NULL, PRIMARY KEY (job, due))
      """)
  ]
  /// Runs are kept so long: far longer than a server may lag behind the others.
  private static let keptMilliseconds: Int64 = 31 * 86_400_000

  private let store: any Store

  public init(_ store: any Store) { self.store = store }

  public static func migrate(_ store: any Store) async throws {
    try await store.migrate(owner, migrations)
  }

  /// True for the first server that claims the run of `job` at `due`, in Unix milliseconds.
  public func claim(_ job: String, due: Int64) async throws -> Bool {
    try await store.write { tx in
      let isFirst =
        try tx.execute(
          "INSERT INTO hub_jobs (job, due) VALUES (?, ?) ON CONFLICT (job, due) DO NOTHING", job,
          due) == 1
      guard isFirst else { return false }
      try tx.execute(
        "DELETE FROM hub_jobs WHERE job = ? AND due < ?", job, due - JobTable.keptMilliseconds)
      return true
    }
  }
}
