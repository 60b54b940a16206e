internal import Bytes
internal import PluginKit
internal import Storage

/// A token as its holder or an operator may see it, without its secret.
public struct TokenInfo: Sendable, Equatable {
  /// Begins the digest; names the token in `revoke(tokenID:of:)`.
  public let id: String
  public let purpose: String
  /// Unix milliseconds.
  public let issuedAt: Int64
  public let expiresAt: Int64
  public let isSliding: Bool
}

extension StoredAccounts {
  /// The valid tokens of an account, the newest first.
  public func tokens(of account: Int64) async throws -> [TokenInfo] {
    let rows = try await store.query(
      """
      SELECT digest, purpose, issued_at, expires_at, sliding_seconds FROM account_tokens
      WHERE account = ? AND expires_at > ? ORDER BY issued_at DESC, digest
      """, account, clock.now)
    return try rows.map { row in
      TokenInfo(
        id: TokenDigest(bytes: try row.blob("digest")).id, purpose: try row.text("purpose"),
        issuedAt: try row.unixMilliseconds("issued_at"),
        expiresAt: try row.unixMilliseconds("expires_at"),
        isSliding: try row.optionalInt("sliding_seconds") != nil)
    }
  }

  /// Ends one token of an account; true if there was one of this id.
  @discardableResult
  public func revoke(tokenID: String, of account: Int64) async throws -> Bool {
    let now = clock.now
    let rows = try await store.query(
      "SELECT digest FROM account_tokens WHERE account = ?", account)
    let digests = try rows.map { TokenDigest(bytes: try $0.blob("digest")) }
    guard let digest = digests.first(where: { $0.id == tokenID }) else { return false }
    return try await revoke(digest, at: now)
  }
}

extension TokenDigest {
  fileprivate var id: String { String(Hex.encode(bytes).prefix(12)) }
}
