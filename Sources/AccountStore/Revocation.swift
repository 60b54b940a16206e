internal import Loop
internal import Storage

/// Something that live connections must be closed for.
public enum Revocation: Sendable, Hashable {
  /// All of an account: its password was set, it was disabled, or somebody asked for it.
  case account(Int64)
  /// One token, by its digest.
  case token(TokenDigest)
  /// The roles or profiles of an account have changed.
  case permissions(Int64)
}

/// Tells listeners of revocations, each once, wherever they were made.
///
/// What this program revokes is told at once. What another program (`muster account disable`, a
/// second server on the same database) revokes is found in the table when `poll` is called.
final class RevocationBoard: Sendable {
  private struct State {
    var handlers: [@Sendable (Revocation) -> Void] = []
    /// Rows that were told of, by the time they were written.
    var told: [Int: Int64] = [:]
    var lastSweep: Int64 = 0
  }

  /// Rows are looked for this far back: another program's clock may differ, and a number given out
  /// earlier can become visible later.
  private static let window: Int64 = 30_000
  private static let keptFor: Int64 = 3_600_000

  private let store: any Store
  private let state = Locked(State())

  init(store: any Store) { self.store = store }

  func add(_ handler: @escaping @Sendable (Revocation) -> Void) {
    state.withLock { $0.handlers.append(handler) }
  }

  /// Writes it down as part of a unit of work.
  static func record(_ revocation: Revocation, at now: Int64, in tx: Transaction) throws -> Int {
    let row = Self.row(for: revocation)
    return try tx.insert(
      """
      INSERT INTO account_revocations (kind, account, digest, at) VALUES (?, ?, ?, ?) RETURNING id
      """, row.kind, row.account, row.digest, now)
  }

  /// Tells of a row that this program has written and committed.
  func tell(_ revocation: Revocation, row: Int, at now: Int64) {
    let handlers = state.withLock { state in
      let isNew = state.told.updateValue(now, forKey: row) == nil
      return isNew ? state.handlers : []
    }
    for handler in handlers { handler(revocation) }
  }

  /// Tells of what others have revoked since the last call.
  func poll(at now: Int64) async throws {
    let rows = try await store.query(
      "SELECT id, kind, account, digest, at FROM account_revocations WHERE at > ? ORDER BY id",
      now - RevocationBoard.window)
    for row in rows {
      guard let revocation = try RevocationBoard.revocation(row) else { continue }
      tell(revocation, row: try row.int("id"), at: try row.int64("at"))
    }
    try await sweep(at: now)
  }

  /// Remembers everything that is in the table as told: a server that starts has no connections yet.
  func begin(at now: Int64) async throws {
    let rows = try await store.query(
      "SELECT id, at FROM account_revocations WHERE at > ?", now - RevocationBoard.window)
    let known = try rows.map { (try $0.int("id"), try $0.int64("at")) }
    state.withLock { $0.told.merge(known) { first, _ in first } }
  }

  private func sweep(at now: Int64) async throws {
    let isDue = state.withLock { state in
      guard now - state.lastSweep > 60_000 else { return false }
      state.lastSweep = now
      // Twice the window: a row must not fall out of memory before it falls out of the query.
      state.told = state.told.filter { now - $0.value < 2 * RevocationBoard.window }
      return true
    }
    guard isDue else { return }
    try await store.execute(
      "DELETE FROM account_revocations WHERE at < ?", now - RevocationBoard.keptFor)
  }

  private static func row(for revocation: Revocation)
    -> (kind: String, account: Int64?, digest: [UInt8]?)
  {
    switch revocation {
    case .account(let id): ("account", id, nil)
    case .token(let digest): ("token", nil, digest.bytes)
    case .permissions(let id): ("permissions", id, nil)
    }
  }

  private static func revocation(_ row: Row) throws -> Revocation? {
    switch try row.text("kind") {
    case "account": .account(try row.int64("account"))
    case "token": .token(TokenDigest(bytes: try row.blob("digest")))
    case "permissions": .permissions(try row.int64("account"))
    // Written by a newer version.
    default: nil
    }
  }
}
