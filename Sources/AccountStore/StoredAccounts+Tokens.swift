internal import Bytes
internal import Crypto
public import PluginKit
internal import Primitives
internal import Storage

extension StoredAccounts {
  /// `isNew` is false if the account still held an unexpired token of this purpose. The text is a
  /// new one even then, because only the digest of the old one is stored.
  public func issueToken(
    for account: Int64, at version: Int64?, purpose: String, life: TokenLife,
    spelling: TokenSpelling
  ) async throws -> IssuedToken {
    let text = spelling.random()
    let digest = TokenDigest(text).bytes
    let now = clock.now
    let (seconds, sliding): (Int, Int?) =
      switch life {
      case .fixed(let seconds): (seconds, nil)
      case .sliding(let seconds): (seconds, seconds)
      }
    let expiresAt = now + Int64(seconds) * 1000
    let kept = options.tokensPerPurpose
    let ended = try await store.write { tx in
      try tx.requireActive(account, at: version)
      let ended = try tx.makeRoom(for: account, purpose, keeping: kept - 1, at: now)
      try tx.execute(
        """
        INSERT INTO account_tokens (digest, account, purpose, issued_at, expires_at, sliding_seconds)
        VALUES (?, ?, ?, ?, ?, ?)
        """, digest, account, purpose, now, expiresAt, sliding)
      return ended
    }
    board.tell(ended.revoked, at: now)
    return IssuedToken(text: text, expiresAt: expiresAt, isNew: !ended.hadOne)
  }

  public func identity(token: String) async throws -> Identity? {
    // Keys and tokens of other programs are worth neither a digest nor a query.
    guard TokenSpelling.spells(token) else { return nil }
    let digest = TokenDigest(token)
    let now = clock.now
    let (known, generation) = cache.withLock { ($0.identity(digest, at: now), $0.generation) }
    if let known { return known }
    guard let holder = try await holder(of: digest, at: now) else { return nil }
    let expiresAt = try await prolong(digest, holder, at: now)
    cache.withLock {
      $0.insert(digest, holder.identity, expiresAt: expiresAt, asked: generation, at: now)
    }
    return holder.identity
  }

  /// Extends sliding tokens with which a client is connected. For a job that runs far more often than
  /// the shortest life of a token.
  public func prolong(tokens: Set<[UInt8]>) async throws {
    let now = clock.now
    var rest = tokens[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(StoredAccounts.prolongedAtOnce))
      rest = rest.dropFirst(batch.count)
      try await store.write { tx in
        for digest in batch {
          try tx.execute(
            """
            UPDATE account_tokens SET expires_at = ? + sliding_seconds * 1000
            WHERE digest = ? AND sliding_seconds IS NOT NULL AND expires_at > ?
            """, now, digest, now)
        }
      }
    }
  }

  /// Tokens per transaction, few enough that logins do not wait for it.
  private static let prolongedAtOnce = 500

  public func revoke(token: String) async throws {
    try await revoke(TokenDigest(token), at: clock.now)
  }

  @discardableResult
  public func revoke(digest: [UInt8]) async throws -> Bool {
    try await revoke(TokenDigest(bytes: digest), at: clock.now)
  }

  /// True if there was such a token.
  @discardableResult
  func revoke(_ digest: TokenDigest, at now: Int64) async throws -> Bool {
    let row = try await store.write { tx -> Int? in
      let deleted = try tx.execute("DELETE FROM account_tokens WHERE digest = ?", digest.bytes)
      guard deleted > 0 else { return nil }
      return try RevocationBoard.record(.token(digest), at: now, in: tx)
    }
    guard let row else { return false }
    board.tell([(.token(digest), row: row)], at: now)
    return true
  }

  /// The longest life of a token in seconds: a century.
  private static let lives = 0...100 * 366 * 86_400

  private struct Holder: Sendable {
    let identity: Identity
    let expiresAt: Int64
    let slidingSeconds: Int?
  }

  private func holder(of digest: TokenDigest, at now: Int64) async throws -> Holder? {
    let rows = try await store.query(
      """
      SELECT t.expires_at, t.sliding_seconds, a.id, a.login, a.name, a.avatar, a.roles,
        a.is_self_made, a.credential_version, p.kind, p.value
      FROM account_tokens t JOIN accounts a ON a.id = t.account
      LEFT JOIN account_profiles p ON p.account = a.id
      WHERE t.digest = ? AND t.expires_at > ? AND a.is_active = 1
      """, digest.bytes, now)
    guard let row = rows.first else { return nil }
    var profiles: [ProfileKind: String] = [:]
    for row in rows {
      guard let kind = try row.optionalText("kind").flatMap({ ProfileKind(rawValue: $0) }) else {
        continue
      }
      profiles[kind] = try row.text("value")
    }
    let account = Account(
      id: try row.int64("id"), login: try row.text("login"), name: try row.text("name"),
      avatar: try row.text("avatar"),
      roles: Roles(rawValue: UInt8(truncatingIfNeeded: try row.int("roles"))),
      profiles: profiles, isSelfMade: try row.bool("is_self_made"),
      credentialVersion: try row.int64("credential_version"))
    return Holder(
      identity: account.identity,
      expiresAt: try row.unixMilliseconds("expires_at"),
      slidingSeconds: try row.optionalInt(
        "sliding_seconds", in: StoredAccounts.lives))
  }

  /// Extends a sliding token. Each extension is a write to the disk, so a twentieth of its life may
  /// be missing.
  private func prolong(_ digest: TokenDigest, _ holder: Holder, at now: Int64) async throws
    -> Int64
  {
    guard let seconds = holder.slidingSeconds else { return holder.expiresAt }
    let wanted = now + Int64(seconds) * 1000
    guard wanted - holder.expiresAt > Int64(seconds) * 50 else { return holder.expiresAt }
    do {
      try await store.execute(
        "UPDATE account_tokens SET expires_at = ? WHERE digest = ? AND expires_at < ?", wanted,
        digest.bytes, wanted)
      return wanted
    } catch {
      // A full disk must not lock out the holders of valid tokens.
      guard error.isTemporary || error.code == .readOnly else { throw error }
      return holder.expiresAt
    }
  }
}

extension TokenSpelling {
  fileprivate func random() -> String {
    switch self {
    case .base64: Random.token()
    case .hexadecimal: Hex.encode(Random.bytes(20))
    }
  }

  /// Whether `text` can be a token of any spelling. A token of 43 characters has one of 64 digits,
  /// too: see `tokenHash`.
  fileprivate static func spells(_ text: String) -> Bool {
    switch text.utf8.count {
    case 43: Random.isToken(text)
    case 40, 64: Hex.decode(text) != nil
    default: false
    }
  }
}

extension Transaction {
  fileprivate struct Ended {
    var hadOne = false
    var revoked: [(Revocation, row: Int)] = []
  }

  fileprivate func requireActive(_ account: Int64, at version: Int64?) throws {
    try lock(account)
    let row = try first(
      "SELECT is_active, credential_version FROM accounts WHERE id = ?", account)
    guard let row else { throw AccountError(.unknown, "there is no account \(account)") }
    guard try row.bool("is_active") else {
      throw AccountError(.invalid, "the account is switched off")
    }
    // Between the check of a password and this, all tokens of the account may have been ended.
    guard try version ?? row.int64("credential_version") == row.int64("credential_version") else {
      throw PluginError(.unauthorized, "the password was changed: log in again")
    }
  }

  /// Keeps the newest `keeping` tokens of an account for one system.
  fileprivate func makeRoom(
    for account: Int64, _ purpose: String, keeping: Int, at now: Int64
  ) throws -> Ended {
    try execute(
      "DELETE FROM account_tokens WHERE account = ? AND expires_at <= ?", account,
      now - StoredAccounts.expiredTokensKept)
    let rows = try query(
      """
      SELECT digest FROM account_tokens WHERE account = ? AND purpose = ? AND expires_at > ?
      ORDER BY issued_at DESC, digest
      """, account, purpose, now)
    var ended = Ended(hadOne: !rows.isEmpty)
    for row in rows.dropFirst(max(0, keeping)) {
      let digest = TokenDigest(bytes: try row.blob("digest"))
      try execute("DELETE FROM account_tokens WHERE digest = ?", digest.bytes)
      let row = try RevocationBoard.record(.token(digest), at: now, in: self)
      ended.revoked.append((.token(digest), row: row))
    }
    return ended
  }
}
