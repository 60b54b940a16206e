internal import Crypto
public import PluginKit
public import Storage

/// A key for programs that use the server's own interface, `POST /api/v1/…`.
public struct APIKey: Sendable, Hashable {
  /// The actions that a scope can name, beside `*` for all of them.
  public static let actions = [
    "publish", "subscribe", "presence", "history", "disconnect", "topics", "connections",
    "accounts", "confirm", "lock", "audit",
  ]

  public let id: Int64
  public let name: String
  /// The granted scopes: `publish`, `publish:chat.*`, `*`.
  public let scopes: [String]
  /// Unix milliseconds.
  public let createdAt: Int64
  public let expiresAt: Int64?
  /// The time of the last use, to a minute.
  public let usedAt: Int64?

  /// Whether the key allows `action`, on `topic` if the action concerns one.
  ///
  /// A scope is an action, or an action with the topic after a colon; `*` at its end stands for all
  /// that can follow. A scope with a topic does not allow the action as a whole.
  public func allows(_ action: String, topic: String? = nil) -> Bool {
    scopes.contains { scope in
      let parts = scope.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1).map { Substring($0) }
      guard let verb = parts.first, verb == "*" || verb == action else { return false }
      guard parts.count == 2 else { return true }
      guard let topic else { return false }
      return APIKey.covers(parts[1].utf8, topic.utf8)
    }
  }

  /// Bytes are compared: topics that differ in bytes are two topics.
  private static func covers(_ place: Substring.UTF8View, _ topic: String.UTF8View) -> Bool {
    guard place.last == UInt8(ascii: "*") else { return topic.elementsEqual(place) }
    return topic.starts(with: place.dropLast())
  }
}

/// The keys of the server interface, kept as digests.
public struct APIKeys: Sendable {
  private let store: any Store
  private let clock: any WallClock

  /// The tables are those of `StoredAccounts`.
  public init(store: any Store, clock: any WallClock) {
    self.store = store
    self.clock = clock
  }

  /// Makes a key and returns its text, which is not stored.
  public func create(name: String, scopes: [String], expiresAt: Int64? = nil) async throws
    -> (key: APIKey, text: String)
  {
    guard !name.isEmpty, name.utf8.count <= 255 else {
      throw AccountError(.invalid, "a key needs a name of 1 to 255 bytes")
    }
    guard !scopes.isEmpty, scopes.allSatisfy(APIKeys.isScope) else {
      let known = APIKey.actions.joined(separator: ", ")
      throw AccountError(
        .invalid, "a scope is * or one of \(known), with a topic if need be: publish:chat.*")
    }
    let text = Identity.keyPrefix + Random.token()
    let now = clock.now
    let id = try await store.insert(
      """
      INSERT INTO account_keys (name, digest, scopes, created_at, expires_at)
      VALUES (?, ?, ?, ?, ?) RETURNING id
      """, name, TokenDigest(text).bytes, scopes.joined(separator: " "), now, expiresAt)
    let key = APIKey(
      id: Int64(id), name: name, scopes: scopes, createdAt: now, expiresAt: expiresAt, usedAt: nil)
    return (key, text)
  }

  public func list() async throws -> [APIKey] {
    try await store.query("\(APIKeys.select) ORDER BY id").map { try APIKey($0) }
  }

  /// Ends a key; its live connections are closed within a second. True if there was such a key.
  @discardableResult
  public func revoke(_ id: Int64) async throws -> Bool {
    let now = clock.now
    return try await store.write { work in
      let row = try work.first("SELECT digest FROM account_keys WHERE id = ?", id)
      guard let digest = try row?.blob("digest") else { return false }
      try work.execute("DELETE FROM account_keys WHERE id = ?", id)
      _ = try RevocationBoard.record(.token(TokenDigest(bytes: digest)), at: now, in: work)
      return true
    }
  }

  /// The valid key with this text.
  public func verify(_ text: String) async throws -> APIKey? {
    guard text.hasPrefix(Identity.keyPrefix), text.utf8.count <= 128 else { return nil }
    let now = clock.now
    let row = try await store.first(
      "\(APIKeys.select) WHERE digest = ? AND (expires_at IS NULL OR expires_at > ?)",
      TokenDigest(text).bytes, now)
    guard let key = try row.map({ try APIKey($0) }) else { return nil }
    try await noteUse(of: key, at: now)
    return key
  }

  private static let select =
    "SELECT id, name, scopes, created_at, expires_at, used_at FROM account_keys"

  private func noteUse(of key: APIKey, at now: Int64) async throws {
    guard now - (key.usedAt ?? 0) > 60_000 else { return }
    do {
      try await store.execute("UPDATE account_keys SET used_at = ? WHERE id = ?", now, key.id)
    } catch {
      // Only a note for the operator: the key is good without it.
      guard error.isTemporary || error.code == .readOnly else { throw error }
    }
  }

  private static func isScope(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return text.utf8.count <= 255 && text.utf8.allSatisfy { $0 > 32 && $0 != 127 }
      && (parts[0] == "*" || APIKey.actions.contains(String(parts[0])))
      && (parts.count == 1 || !parts[1].isEmpty)
  }
}

extension APIKey {
  init(_ row: Row) throws {
    self.init(
      id: try row.int64("id"), name: try row.text("name"),
      scopes: try row.text("scopes").split(separator: " ").map(String.init),
      createdAt: try row.unixMilliseconds("created_at"),
      expiresAt: try row.optionalUnixMilliseconds("expires_at"),
      usedAt: try row.optionalUnixMilliseconds("used_at"))
  }
}
