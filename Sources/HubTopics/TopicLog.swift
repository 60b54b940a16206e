package import HubProtocol
package import PluginKit

/// The events of a topic: their numbers, the newest of them, and the ids they were published under.
///
/// Where events are stored first, several may wait for the store at once; they are numbered
/// already, and become part of the topic in their order. Times are Unix milliseconds that never go
/// back.
package struct TopicLog {
  package let name: TopicName
  package let epoch: String
  /// Of the newest event that was committed; 0 before the first.
  package private(set) var offset: UInt64
  package private(set) var history: HistoryRing
  private var repeats: IdempotencyWindow
  /// Events up to this number are kept no more, even if they still wait for the store.
  private var forgotten: UInt64 = 0
  private var waiting: [StoreBatch.Entry] = []

  /// The events of a topic that begins, or goes on with what was stored of it.
  package init(_ name: TopicName, _ rule: HistoryRing.Rule, _ stored: StoredTopic) {
    self.name = name
    epoch = stored.epoch
    offset = max(stored.offset, stored.events.last?.offset ?? 0)
    repeats = IdempotencyWindow()
    for mark in stored.marks { repeats.remember(mark.key, offset: mark.offset, at: mark.ts) }
    history = HistoryRing(rule)
    for event in stored.events { history.append(Publication(name, event)) }
  }

  package var position: Position { Position(offset: offset, epoch: epoch) }

  /// Whether nothing would be lost with it. Ask after `expire`.
  package func isOver(at now: Int64) -> Bool {
    history.isEmpty && waiting.isEmpty && !repeats.isNeeded(at: now)
  }

  /// Forgets all events so far and returns the number of the last one. Numbers go on.
  package mutating func forget() -> UInt64 {
    history = HistoryRing(history.rule)
    forgotten = offset + UInt64(waiting.count)
    return forgotten
  }

  package mutating func expire(at now: Int64) { history.expire(at: now) }

  /// A new epoch's name, from a random number.
  package static func epoch(_ random: UInt64) -> String {
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    var rest = random
    let text = (0..<8).map { _ in
      defer { rest /= 62 }
      return digits[Int(rest % 62)]
    }
    return String(decoding: text, as: UTF8.self)
  }
}

// Publishing.
extension TopicLog {
  /// The result of a publish.
  package enum Preparation {
    /// A new event. It counts only after `commit`.
    case fresh(Publication)
    /// The same id from the same author was published before, as this event.
    case repeated(Position)
    /// The same, but that event still waits for the store.
    case waiting(offset: UInt64)
  }

  /// Numbers and encodes an event. `data` is a JSON object; a repetition is known by `id`.
  package mutating func prepare(
    _ data: Span<UInt8>, author: String? = nil, id: String? = nil, isSecret: Bool = false,
    at now: Int64
  ) -> Preparation {
    let key = id.map { IdempotencyWindow.Key(author: author ?? "", id: $0) }
    if let key, let known = known(key, at: now) { return known }
    let publication = Publication(
      topic: name, offset: offset + UInt64(waiting.count) + 1, ts: now, data: data, author: author,
      isSecret: isSecret)
    waiting.append(StoreBatch.Entry(publication: publication, key: key))
    return .fresh(publication)
  }

  private mutating func known(_ key: IdempotencyWindow.Key, at now: Int64) -> Preparation? {
    if let offset = repeats.offset(of: key, at: now) {
      return .repeated(Position(offset: offset, epoch: epoch))
    }
    return waiting.first { $0.key == key }.map { .waiting(offset: $0.publication.offset) }
  }

  /// Makes the events up to `offset` part of the topic, and gives them in order for delivery.
  package mutating func commit(through offset: UInt64, at now: Int64) -> [Publication] {
    let count = waiting.prefix { $0.publication.offset <= offset }.count
    let committed = waiting[..<count]
    waiting.removeSubrange(..<count)
    for entry in committed {
      self.offset = entry.publication.offset
      if entry.publication.offset > forgotten { history.append(entry.publication) }
      if let key = entry.key {
        repeats.remember(key, offset: entry.publication.offset, at: now)
      }
    }
    return committed.map(\.publication)
  }

  /// The store refused: the events that wait never happened, and their numbers are given anew.
  @discardableResult package mutating func abandon() -> [Publication] {
    let abandoned = waiting.map(\.publication)
    waiting.removeAll()
    forgotten = min(forgotten, offset)
    return abandoned
  }
}

// Subscribing.
extension TopicLog {
  /// The events that a newcomer is given. A newcomer that names a position gets all events behind
  /// it, or hears why not; where only the newest event counts, it is given in any case.
  package func past(since point: ClientCommand.RecoveryPoint?, limit: Int) -> (
    recovery: ServerFrame.Subscribed.Recovery?, events: [Publication]
  ) {
    guard let point else { return (nil, state) }
    let missed = history.missed(
      since: point.offset, epoch: point.epoch, current: (offset, epoch), limit: limit)
    switch missed {
    case .success(let events): return (.complete, Array(events))
    case .failure(let gap): return (.failed(gap), state)
    }
  }

  private var state: [Publication] {
    guard case .latest = history.rule, let newest = history.newest else { return [] }
    return [newest]
  }
}

extension Publication {
  fileprivate convenience init(_ topic: TopicName, _ stored: StoredTopic.Event) {
    self.init(
      topic: topic, offset: stored.offset, ts: stored.ts, data: stored.data.span,
      author: stored.author)
  }
}
