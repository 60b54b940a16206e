internal import Primitives
internal import Storage

/// Reports revocations to listeners, each once, wherever they were made.
///
/// Revocations of this program are reported at once. Those of another program (`muster account disable`,
/// a second server on the same database) are found in the table when `poll` is called. Rows are
/// known by their numbers: neither other programs' clocks nor an outage of the database hide one.
final class RevocationBoard: Sendable {
  private struct State {
    var handlers: [Handler] = []
    var rows = SeenRows()
    var lastPoll: Int64 = 0
    var lastSweep: Int64 = 0
    /// Tokens that expired up to this moment were reported.
    var expiryTold: Int64 = 0
  }

  typealias Handler = @Sendable ([Revocation]) -> Void

  private static let keptFor: Int64 = 3_600_000
  /// Far less than `keptFor`, the tolerated difference between the clocks of two servers.
  private static let longestGap: Int64 = keptFor / 2
  private static let reviewedAtOnce = 500

  private let store: any Store
  private let state = Locked(State())

  init(store: any Store) { self.store = store }

  func add(_ handler: @escaping Handler) {
    state.withLock { $0.handlers.append(handler) }
  }

  /// Writes a revocation as part of a unit of work.
  static func record(_ revocation: Revocation, at now: Int64, in tx: Transaction) throws -> Int {
    let row = Self.row(for: revocation)
    return try tx.insert(
      """
      INSERT INTO account_revocations (kind, account, digest, at) VALUES (?, ?, ?, ?) RETURNING id
      """, row.kind, row.account, row.digest, now)
  }

  /// Reports rows that this program has written and committed.
  func tell(_ revocations: [(Revocation, row: Int)], at now: Int64) {
    tell(
      state.withLock { state in
        revocations.filter { state.rows.insert($0.row) }.map(\.0)
      })
  }

  private func tell(_ revocations: [Revocation]) {
    guard !revocations.isEmpty else { return }
    for handler in state.withLock({ $0.handlers }) { handler(revocations) }
  }

  /// Reports revocations of other programs since the last call that succeeded.
  ///
  /// - Parameter tokensInUse: called only after a gap in which rows may have been added and deleted.
  func poll(at now: Int64, tokensInUse: () async -> Set<[UInt8]>) async throws {
    let gap = now - state.withLock { $0.lastPoll }
    if gap > RevocationBoard.longestGap { try await review(await tokensInUse(), at: now) }
    let floor = state.withLock { $0.rows.floor }
    let rows = try await store.query(
      "SELECT id, kind, account, digest FROM account_revocations WHERE id > ? ORDER BY id", floor)
    let found = try rows.compactMap { row in
      try RevocationBoard.revocation(row).map { ($0, row: try row.int("id")) }
    }
    tell(found, at: now)
    try await tellExpired(at: now)
    let highest = try rows.last?.int("id")
    state.withLock { state in
      state.lastPoll = now
      state.rows.noteHighest(highest, at: now)
    }
    try await sweep(at: now)
  }

  /// Reports the tokens that have ended, and all others as changed in their rights.
  private func review(_ tokens: Set<[UInt8]>, at now: Int64) async throws {
    var rest = Array(tokens)[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(RevocationBoard.reviewedAtOnce))
      rest = rest.dropFirst(batch.count)
      let found = try await store.read { tx in
        try batch.compactMap { try tx.state(of: $0, at: now) }
      }
      tell(Array(Set(found)))
    }
  }

  /// Reports the tokens and keys that expired since the last call. Every server on the database looks
  /// for itself, so nothing has to be written. They stay in the table for longer than that takes: see
  /// `StoredAccounts.sweep`.
  private func tellExpired(at now: Int64) async throws {
    let last = state.withLock { $0.expiryTold }
    let rows = try await store.query(
      """
      SELECT digest FROM account_tokens WHERE expires_at > ? AND expires_at <= ?
      UNION ALL SELECT digest FROM account_keys WHERE expires_at > ? AND expires_at <= ?
      """, last, now, last, now)
    let expired = try rows.map { Revocation.expired(TokenDigest(bytes: try $0.blob("digest"))) }
    state.withLock { $0.expiryTold = max($0.expiryTold, now) }
    tell(expired)
  }

  /// Marks all rows as reported: a server that starts has no connections yet.
  func begin(at now: Int64) async throws {
    let rows = try await store.query("SELECT id FROM account_revocations ORDER BY id")
    let known = try rows.map { try $0.int("id") }
    state.withLock { state in
      for row in known { state.rows.insert(row) }
      state.rows.noteHighest(known.last, at: now)
      state.expiryTold = now
      state.lastPoll = now
    }
  }

  private func sweep(at now: Int64) async throws {
    let isDue = state.withLock { state in
      guard now - state.lastSweep > 60_000 else { return false }
      state.lastSweep = now
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

extension Transaction {
  /// The revocation of a token or key with which a client is connected; nil if it is valid.
  fileprivate func state(of digest: [UInt8], at now: Int64) throws -> Revocation? {
    let token = try first(
      """
      SELECT t.account FROM account_tokens t JOIN accounts a ON a.id = t.account
      WHERE t.digest = ? AND t.expires_at > ? AND a.is_active = 1
      """, digest, now)
    if let token { return .permissions(try token.int64("account")) }
    let key = try first(
      "SELECT id FROM account_keys WHERE digest = ? AND (expires_at IS NULL OR expires_at > ?)",
      digest, now)
    return key == nil ? .token(TokenDigest(bytes: digest)) : nil
  }
}
