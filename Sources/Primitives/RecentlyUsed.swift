/// A dictionary with a bound that forgets what was not looked up for the longest time.
///
/// Looking up is one hash; forgetting walks over all entries, which happens only when a new key
/// comes to a full table.
public struct RecentlyUsed<Key: Hashable, Value> {
  private var entries: [Key: (value: Value, lastUse: UInt64)] = [:]
  private var uses: UInt64 = 0
  private let limit: Int

  public init(limit: Int) {
    precondition(limit > 0, "a table without room")
    self.limit = limit
  }

  public var count: Int { entries.count }

  public mutating func find(_ key: Key) -> Value? {
    guard let index = entries.index(forKey: key) else { return nil }
    uses += 1
    entries.values[index].lastUse = uses
    return entries.values[index].value
  }

  /// Keeps a value, and returns the one that had to go for it.
  public mutating func keep(_ value: Value, for key: Key) -> Value? {
    var forgotten: Value?
    if entries[key] == nil, entries.count >= limit,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      forgotten = entries.removeValue(forKey: oldest.key)?.value
    }
    uses += 1
    entries[key] = (value, uses)
    return forgotten
  }

  public mutating func remove(_ key: Key) -> Value? { entries.removeValue(forKey: key)?.value }

  public mutating func removeAll() { entries = [:] }
}
