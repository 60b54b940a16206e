internal import Crypto
internal import JSON
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

  func count(at now: Int64) async throws -> Int {
    try await store.first(
      "SELECT count(*) AS total FROM campus_tokens WHERE expires_at > ?", now)?.int("total") ?? 0
  }

  /// A page of the records of good tokens, the newest first.
  func list(at now: Int64, _ page: ListPage) async throws -> [JSONValue] {
    try await store.query(
      """
      SELECT t.id, t.user_id, t.issued_at, t.expires_at, u.username, u.last_name, u.first_name
      FROM campus_tokens t JOIN campus_users u ON u.id = t.user_id
      WHERE t.expires_at > ? ORDER BY t.id DESC LIMIT ? OFFSET ?
      """, now, ListPage.size, page.offset
    ).map { row in
      [
        "id": .int(try row.int64("id")), "user": .int(try row.int64("user_id")),
        "username": .string(try row.text("username")),
        "fullname": .string(try row.text("last_name") + row.text("first_name")),
        "created": .string(Moment(milliseconds: try row.int64("issued_at")).text),
        "expires": .string(Moment(milliseconds: try row.int64("expires_at")).text),
      ]
    }
  }

  /// Deletes the records of a user whose tokens were ended.
  func forget(_ user: Int64) async throws {
    try await store.execute("DELETE FROM campus_tokens WHERE user_id = ?", user)
  }

  /// Nil if there is no such record.
  func digest(of id: Int64) async throws -> [UInt8]? {
    try await store.first("SELECT digest FROM campus_tokens WHERE id = ?", id)?.blob("digest")
  }

  /// Deletes the record of a token that was ended.
  func forget(token id: Int64) async throws {
    try await store.execute("DELETE FROM campus_tokens WHERE id = ?", id)
  }

  /// Ends one record of a token that its holder has ended.
  func forget(_ token: String) async throws {
    try await store.execute("DELETE FROM campus_tokens WHERE digest = ?", tokenHash(token))
  }

  /// Deletes records that have been without use for a week.
  func sweep() async throws {
    try await store.execute(
      "DELETE FROM campus_tokens WHERE expires_at <= ?", clock.now - TokenStore.keptMilliseconds)
  }
}
