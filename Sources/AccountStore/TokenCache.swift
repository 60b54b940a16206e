internal import PluginKit

/// The holders of recently used tokens, so that a busy client costs one query every few seconds. A
/// pure value: time is a parameter.
struct TokenCache: Sendable {
  private struct Entry {
    let identity: Identity
    let expiresAt: Int64
    let freshUntil: Int64
  }

  /// The state of the tokens that an answer of the database belongs to.
  typealias Generation = UInt64

  private(set) var generation: Generation = 0
  private var entries: [TokenDigest: Entry] = [:]
  private let capacity: Int
  private let freshFor: Int64

  init(capacity: Int, freshForMilliseconds: Int64) {
    self.capacity = capacity
    freshFor = freshForMilliseconds
  }

  var count: Int { entries.count }

  func identity(_ digest: TokenDigest, at now: Int64) -> Identity? {
    guard let entry = entries[digest], entry.freshUntil > now, entry.expiresAt > now else {
      return nil
    }
    return entry.identity
  }

  /// Keeps an answer, unless a revocation since the query may concern the same token.
  mutating func insert(
    _ digest: TokenDigest, _ identity: Identity, expiresAt: Int64, asked: Generation, at now: Int64
  ) {
    guard asked == generation, capacity > 0 else { return }
    if entries.count >= capacity {
      entries = entries.filter { $0.value.freshUntil > now }
      if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
    }
    entries[digest] = Entry(identity: identity, expiresAt: expiresAt, freshUntil: now + freshFor)
  }

  mutating func remove(_ revocation: Revocation) {
    switch revocation {
    case .account(let id), .permissions(let id): remove(account: id)
    case .token(let digest), .expired(let digest): remove(digest)
    }
  }

  mutating func remove(_ digest: TokenDigest) {
    generation &+= 1
    entries[digest] = nil
  }

  /// Drops the entries of an account. Not O(1); accounts change rarely.
  mutating func remove(account: Int64) {
    generation &+= 1
    entries = entries.filter { $0.value.identity.account != account }
  }
}
