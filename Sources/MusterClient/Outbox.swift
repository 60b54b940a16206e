internal import JSON

/// Unacknowledged publishes in order; they survive reconnects.
struct Outbox: Sendable {
  struct Entry: Sendable {
    let id: String
    let topic: String
    let data: JSONValue
    /// Milliseconds of the client's clock when it first went out.
    var firstSentAt: Int64?
    var isOnWire = false
    var tries = 0

    var frame: JSONValue {
      ["type": "publish", "id": .string(id), "topic": .string(topic), "data": data]
    }
  }

  /// For how long the server knows a publish by its id; later, sending it again could double it.
  static let sameID: Int64 = 300_000
  private static let slack: Int64 = 10_000

  private(set) var entries: [Entry] = []
  /// Topics whose publishes wait until this moment, because the server asked for it. All of a
  /// topic wait, so that none overtakes another.
  private var holds: [String: Int64] = [:]
  let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var isFull: Bool { entries.count >= capacity }
  var topics: Set<String> { Set(entries.map(\.topic)) }
  var nextDeadline: Int64? { holds.values.min() }

  func contains(_ id: String) -> Bool { entries.contains { $0.id == id } }

  mutating func append(_ id: String, _ topic: String, _ data: JSONValue) {
    entries.append(Entry(id: id, topic: topic, data: data))
  }

  /// The connection is gone: everything has to be sent again.
  mutating func rewind() {
    for index in entries.indices { entries[index].isOnWire = false }
  }

  /// Publishes to send now for a topic, and those that waited too long to be sent again.
  mutating func flush(_ topic: String, now: Int64) -> (frames: [JSONValue], tooOld: [String]) {
    guard holds[topic] == nil else { return ([], []) }
    var frames: [JSONValue] = []
    var tooOld: [String] = []
    for index in entries.indices where entries[index].topic == topic && !entries[index].isOnWire {
      if let first = entries[index].firstSentAt, now - first > Outbox.sameID - Outbox.slack {
        tooOld.append(entries[index].id)
        continue
      }
      entries[index].isOnWire = true
      entries[index].firstSentAt = entries[index].firstSentAt ?? now
      frames.append(entries[index].frame)
    }
    entries.removeAll { tooOld.contains($0.id) }
    return (frames, tooOld)
  }

  /// True if it was waiting.
  mutating func remove(_ id: String) -> Bool {
    guard let index = entries.firstIndex(where: { $0.id == id }) else { return false }
    entries.remove(at: index)
    return true
  }

  mutating func removeAll(in topic: String? = nil) -> [String] {
    let gone = entries.filter { topic == nil || $0.topic == topic }.map(\.id)
    entries.removeAll { topic == nil || $0.topic == topic }
    return gone
  }

  /// The server refused one for now.
  mutating func hold(
    _ id: String, retryAfter: Int?, now: Int64, random: (Int) -> Int
  ) {
    guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
    let tries = entries[index].tries
    entries[index].isOnWire = false
    entries[index].tries += 1
    let span = min(Backoff.longest, Backoff.first << min(tries, 10))
    let until = now + Int64(retryAfter ?? random(span))
    holds[entries[index].topic] = max(until, holds[entries[index].topic] ?? 0)
  }

  /// The topics whose waiting is over.
  mutating func release(at now: Int64) -> [String] {
    let over = holds.filter { $0.value <= now }.map(\.key)
    for topic in over { holds[topic] = nil }
    return over
  }
}
