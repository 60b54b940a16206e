internal import PluginKit
public import Storage

/// The queue of deliveries in the database: an accepted one is not lost.
public struct ParcelQueue: Sendable {
  /// Under this name the tables' versions are kept.
  public static let owner = "outbound"

  public static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE outbound_parcels (
        id {id}, kind {text} NOT NULL, content {blob} NOT NULL, created_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL, failures BIGINT NOT NULL, given_up_at BIGINT, error TEXT);
      CREATE INDEX outbound_parcels_due ON outbound_parcels (due_at) WHERE given_up_at IS NULL;
      CREATE INDEX outbound_parcels_dead ON outbound_parcels (given_up_at)
        WHERE given_up_at IS NOT NULL;
      """)
  ]

  struct Waiting: Sendable {
    let id: Int
    /// nil if this version cannot read it.
    let parcel: Parcel?
    let createdAt: Int64
    let failures: Int
  }

  /// More is refused: somebody should look at why nothing is delivered.
  private static let capacity = 50_000
  /// A worker that takes a parcel has it alone for this long. After a crash in the middle of a delivery it
  /// is tried again then: better twice than never.
  private static let lease: Int64 = 180_000
  private static let deadKeptFor: Int64 = 30 * 86_400_000

  let store: any Store

  func add(_ parcel: Parcel, at now: Int64) async throws {
    let content = parcel.encoded
    try await store.write { tx in
      let row = try tx.first(
        "SELECT count(*) AS total FROM outbound_parcels WHERE given_up_at IS NULL")
      guard try row?.int("total") ?? 0 < ParcelQueue.capacity else {
        throw PluginError(.unavailable, "too much waits to be sent", retryAfterSeconds: 60)
      }
      try tx.execute(
        """
        INSERT INTO outbound_parcels (kind, content, created_at, due_at, failures)
        VALUES (?, ?, ?, ?, 0)
        """, parcel.kind, content, now, now)
    }
  }

  /// The next parcel that is due, which nobody else gets meanwhile.
  func take(at now: Int64) async throws -> Waiting? {
    try await store.write { tx in
      guard
        let row = try tx.first(
          """
          SELECT id, kind, content, created_at, failures FROM outbound_parcels
          WHERE given_up_at IS NULL AND due_at <= ? ORDER BY due_at, id LIMIT 1
          """, now)
      else { return nil }
      let id = try row.int("id")
      try tx.execute(
        "UPDATE outbound_parcels SET due_at = ? WHERE id = ?", now + ParcelQueue.lease, id)
      return Waiting(
        id: id, parcel: Parcel(kind: try row.text("kind"), try row.blob("content")),
        createdAt: try row.unixMilliseconds("created_at"),
        failures: try row.int("failures", in: RetrySchedule.failures))
    }
  }

  func delivered(_ id: Int) async throws {
    try await store.execute("DELETE FROM outbound_parcels WHERE id = ?", id)
  }

  func failed(_ id: Int, _ reason: String, nextAt due: Int64) async throws {
    try await store.execute(
      "UPDATE outbound_parcels SET failures = failures + 1, due_at = ?, error = ? WHERE id = ?",
      due, reason, id)
  }

  /// Kept for a month, so that somebody can see what was lost and why.
  func giveUp(_ id: Int, _ reason: String, at now: Int64) async throws {
    try await store.execute(
      """
      UPDATE outbound_parcels SET failures = failures + 1, given_up_at = ?, error = ? WHERE id = ?
      """, now, reason, id)
    try await store.execute(
      "DELETE FROM outbound_parcels WHERE given_up_at < ?", now - ParcelQueue.deadKeptFor)
  }

  /// When the next parcel is due; nil if none waits.
  func nextDue() async throws -> Int64? {
    try await store.first(
      "SELECT min(due_at) AS due FROM outbound_parcels WHERE given_up_at IS NULL"
    )?.optionalUnixMilliseconds("due")
  }

  func counts() async throws -> (waiting: Int, oldest: Int64?, givenUp: Int) {
    let row = try await store.first(
      """
      SELECT count(*) FILTER (WHERE given_up_at IS NULL) AS waiting,
        min(created_at) FILTER (WHERE given_up_at IS NULL) AS oldest,
        count(*) FILTER (WHERE given_up_at IS NOT NULL) AS dead
      FROM outbound_parcels
      """)
    return (
      try row?.int("waiting") ?? 0, try row?.optionalUnixMilliseconds("oldest"),
      try row?.int("dead") ?? 0
    )
  }
}
