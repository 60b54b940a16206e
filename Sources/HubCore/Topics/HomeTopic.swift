internal import PluginKit

/// A topic on its home worker, which alone numbers its events: position, history, presence, and
/// the workers that have subscribers.
///
/// It lives from the first subscribe or publish until nobody is there and nothing is remembered
/// (`isOver(at:)`). Times are Unix milliseconds that never go back.
struct HomeTopic {
  struct Rules: Equatable, Sendable {
    var history = HistoryRing.Rule.none
    /// Whether it is known who is there.
    var presence: PresenceRules?
    var maxMembers: Int?
    /// How many missed events a client may be given at once.
    var recoveryLimit = 300
  }

  let name: TopicName
  let rules: Rules
  let epoch: String
  /// Of the newest event that was committed; 0 before the first.
  private(set) var offset: UInt64
  private(set) var history: HistoryRing
  var presence: PresenceTable?
  var subscribers: WorkerCounts
  private var repeats: IdempotencyWindow
  /// Events up to this number are kept no more, even if they still wait for the store.
  private var forgotten: UInt64 = 0
  private var waiting: [(publication: Publication, key: IdempotencyWindow.Key?)] = []

  /// A topic that begins, or goes on with what was stored of it.
  init(
    _ name: TopicName, rules: Rules, epoch: String, workers: Int, offset: UInt64 = 0,
    stored: [Publication] = [], repeats: IdempotencyWindow = IdempotencyWindow()
  ) {
    self.name = name
    self.rules = rules
    self.epoch = epoch
    self.offset = max(offset, stored.last?.offset ?? 0)
    self.repeats = repeats
    history = HistoryRing(rules.history)
    presence = rules.presence.map { PresenceTable(rules: $0) }
    subscribers = WorkerCounts(workers: workers)
    for publication in stored { history.append(publication) }
  }

  var position: Position { Position(offset: offset, epoch: epoch) }

  /// Whether one more user would be too many.
  func isFull(for user: String) -> Bool {
    guard let presence, let limit = rules.maxMembers else { return false }
    return presence.count >= limit && !presence.contains(user)
  }

  /// When to look after the topic next.
  var nextDeadline: Int64? {
    let history = history.nextExpiry
    guard let presence = presence?.nextDeadline else { return history }
    return history.map { min($0, presence) } ?? presence
  }

  /// Whether nothing would be lost with it. Ask after `history` and `presence` were expired.
  func isOver(at now: Int64) -> Bool {
    subscribers.total == 0 && history.isEmpty && waiting.isEmpty && !repeats.isNeeded(at: now)
      && presence.map { $0.isEmpty && $0.nextDeadline == nil } ?? true
  }

  /// Forgets all events so far and returns the number of the last one. Numbers go on.
  mutating func forgetHistory() -> UInt64 {
    history = HistoryRing(rules.history)
    forgotten = offset + UInt64(waiting.count)
    return forgotten
  }

  mutating func expireHistory(at now: Int64) { history.expire(at: now) }

  /// A new epoch's name, from a random number.
  static func epoch(_ random: UInt64) -> String {
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    var rest = random
    let text = (0..<8).map { _ in
      defer { rest /= 62 }
      return digits[Int(rest % 62)]
    }
    return String(decoding: text, as: UTF8.self)
  }
}

// Publishing. Where events are stored first, several may wait for the store at once; they are
// numbered already, and become part of the topic in their order.
extension HomeTopic {
  /// What became of a publish.
  enum Preparation {
    /// A new event. It counts only after `commit`.
    case fresh(Publication)
    /// The same id from the same author was published before, as this event.
    case repeated(Position)
    /// The same, but that event still waits for the store.
    case waiting(offset: UInt64)
  }

  /// Numbers and encodes an event. `data` is a JSON object; `id` is what a repetition is known by.
  mutating func prepare(
    _ data: Span<UInt8>, author: String? = nil, id: String? = nil, isSecret: Bool = false,
    at now: Int64
  ) -> Preparation {
    let key = id.map { IdempotencyWindow.Key(author: author ?? "", id: $0) }
    if let key, let known = known(key, at: now) { return known }
    let publication = Publication(
      topic: name, offset: offset + UInt64(waiting.count) + 1, ts: now, data: data, author: author,
      isSecret: isSecret)
    waiting.append((publication, key))
    return .fresh(publication)
  }

  private mutating func known(_ key: IdempotencyWindow.Key, at now: Int64) -> Preparation? {
    if let offset = repeats.offset(of: key, at: now) {
      return .repeated(Position(offset: offset, epoch: epoch))
    }
    return waiting.first { $0.key == key }.map { .waiting(offset: $0.publication.offset) }
  }

  /// Makes the events up to `offset` part of the topic, and gives them in order for delivery.
  mutating func commit(through offset: UInt64, at now: Int64) -> [Publication] {
    let count = waiting.prefix { $0.publication.offset <= offset }.count
    let committed = waiting[..<count]
    waiting.removeSubrange(..<count)
    for (publication, key) in committed {
      self.offset = publication.offset
      if publication.offset > forgotten { history.append(publication) }
      if let key { repeats.remember(key, offset: publication.offset, at: now) }
    }
    return committed.map(\.publication)
  }

  /// The store refused: the events that wait never happened, and their numbers are given anew.
  mutating func abandon() -> [Publication] {
    let abandoned = waiting.map(\.publication)
    waiting.removeAll()
    forgotten = min(forgotten, offset)
    return abandoned
  }
}

// Subscribing.
extension HomeTopic {
  /// What of the past a newcomer is given. Whoever names a position gets all events behind it,
  /// or hears why not; where only the newest event counts, it is given in any case.
  func past(since point: ClientCommand.RecoveryPoint?) -> (
    recovery: ServerFrame.Subscribed.Recovery?, events: [Publication]
  ) {
    guard let point else { return (nil, state) }
    let missed = history.missed(
      since: point.offset, epoch: point.epoch, current: (offset, epoch),
      limit: rules.recoveryLimit)
    switch missed {
    case .success(let events): return (.complete, Array(events))
    case .failure(let gap): return (.failed(gap), state)
    }
  }

  private var state: [Publication] {
    guard case .latest = rules.history, let newest = history.newest else { return [] }
    return [newest]
  }
}
