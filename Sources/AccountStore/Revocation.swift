internal import Primitives
internal import Storage

/// Something that live connections must be closed for.
public enum Revocation: Sendable, Hashable {
  /// All of an account: its password was set, it was disabled, or somebody asked for it.
  case account(Int64)
  /// One token, by its digest.
  case token(TokenDigest)
  /// One token whose time is over. Each server sees that for itself; it is in no table.
  case expired(TokenDigest)
  /// The roles or profiles of an account have changed.
  case permissions(Int64)
}

/// Tells listeners of revocations, each once, wherever they were made.
///
/// What this program revokes is told at once. What another program (`muster account disable`, a
/// second server on the same database) revokes is found in the table when `poll` is called.
final class RevocationBoard: Sendable {
  private struct State {
    var handlers: [Handler] = []
    /// Rows that were told of, by the time they were written.
    var told: [Int: Int64] = [:]
    var lastSweep: Int64 = 0
    /// Tokens that expired up to here were told of.
    var expiryTold: Int64 = 0
  }

  typealias Handler = @Sendable ([Revocation]) -> Void

  /// Rows are looked for this far back: another program's clock may differ, and a number given out
  /// earlier can become visible later.
  private static let window: Int64 = 30_000
  private static let keptFor: Int64 = 3_600_000

  private let store: any Store
  private let state = Locked(State())

  init(store: any Store) { self.store = store }

  func add(_ handler: @escaping Handler) {
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

  /// Tells of rows that this program has written and committed.
  func tell(_ revocations: [(Revocation, row: Int)], at now: Int64) {
    tell(revocations.map { (row: $0.row, at: now, $0.0) })
  }

  private func tell(_ revocations: [(row: Int, at: Int64, Revocation)]) {
    let (handlers, fresh) = state.withLock { state in
      let fresh = revocations.filter { state.told.updateValue($0.at, forKey: $0.row) == nil }
      return (state.handlers, fresh.map(\.2))
    }
    guard !fresh.isEmpty else { return }
    for handler in handlers { handler(fresh) }
  }

  /// Tells of what others have revoked since the last call.
  func poll(at now: Int64) async throws {
    let rows = try await store.query(
      "SELECT id, kind, account, digest, at FROM account_revocations WHERE at > ? ORDER BY id",
      now - RevocationBoard.window)
    tell(
      try rows.compactMap { row in
        guard let revocation = try RevocationBoard.revocation(row) else { return nil }
        return (row: try row.int("id"), at: try row.unixMilliseconds("at"), revocation)
      })
    try await tellExpired(at: now)
    try await sweep(at: now)
  }

  /// Tells of the tokens and keys whose time is over since the last call. Every server on the database looks
  /// for itself, so that nothing has to be written. They stay in the table for longer than that
  /// takes: see `StoredAccounts.sweep`.
  private func tellExpired(at now: Int64) async throws {
    let last = state.withLock { $0.expiryTold }
    let rows = try await store.query(
      """
      SELECT digest FROM account_tokens WHERE expires_at > ? AND expires_at <= ?
      UNION ALL SELECT digest FROM account_keys WHERE expires_at > ? AND expires_at <= ?
      """, last, now, last, now)
    let expired = try rows.map { Revocation.expired(TokenDigest(bytes: try $0.blob("digest"))) }
    let handlers = state.withLock { state in
      state.expiryTold = max(state.expiryTold, now)
      return state.handlers
    }
    guard !expired.isEmpty else { return }
    for handler in handlers { handler(expired) }
  }

  /// Remembers everything that is in the table as told: a server that starts has no connections yet.
  func begin(at now: Int64) async throws {
    let rows = try await store.query(
      "SELECT id, at FROM account_revocations WHERE at > ?", now - RevocationBoard.window)
    let known = try rows.map { (try $0.int("id"), try $0.unixMilliseconds("at")) }
    state.withLock { state in
      state.told.merge(known) { first, _ in first }
      state.expiryTold = now
    }
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
    case .token(let digest), .expired(let digest): ("token", nil, digest.bytes)
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
