internal import Crypto
internal import PluginKit
internal import Storage

/// The record of the tokens that this system handed out.
///
/// The accounts decide which token is good. They forget one that has ended; the record still says
/// why it is refused. Only digests are kept.
struct TokenStore: Sendable {
  /// The document's life of a token.
  static let lifeSeconds = 3 * 3600
  private static let keptMilliseconds: Int64 = 7 * 86_400_000

  let store: any Store
  let clock: any WallClock

  func note(_ token: IssuedToken, of user: Int64) async throws {
    let digest = tokenHash(token.text)
    let now = clock.now
    try await store.execute(
      "INSERT INTO campus_tokens (digest, user_id, issued_at, expires_at) VALUES (?, ?, ?, ?)",
      digest, user, now, token.expiresAt)
  }

  /// The reason for which the accounts do not know this token.
  func refusal(of token: String, _ accounts: any Accounts) async throws -> TokenRefusal {
    let row = try await store.first(
      """
      SELECT t.expires_at, u.account FROM campus_tokens t
      JOIN campus_users u ON u.id = t.user_id WHERE t.digest = ?
      """, tokenHash(token))
    guard let row else { return .unknown }
    let account = try row.optionalInt("account").map { Int64($0) }
    guard let account, try await accounts.account(account)?.isActive == true else {
      return .inactive
    }
    return try row.int64("expires_at") <= clock.now ? .expired : .unknown
  }

  /// Deletes records that have been without use for a week.
  func sweep() async throws {
    try await store.execute(
      "DELETE FROM campus_tokens WHERE expires_at <= ?", clock.now - TokenStore.keptMilliseconds)
  }
}
