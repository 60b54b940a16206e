package import HubProtocol
package import PluginKit

/// A topic at the worker that owns it, which alone numbers its events and knows who is there.
///
/// A pure value without a clock or a store. It is told what happened and when, and appends the
/// effects that `TopicHomes` has to perform. An event of a stored topic is delivered only after it
/// is stored, so that no offset is ever given twice.
package struct TopicState {
  /// The life of a stored topic; any other topic is always ready.
  package enum Stage {
    /// The history was not asked for yet, or the store failed while it was read or written. The
    /// next request makes it be read. Next: `loading`.
    case unread
    /// The history is being read; publishes are held meanwhile. Next: `ready`, `unread`.
    case loading
    /// Next: `unread`, after a write that failed.
    case ready
  }

  /// The limits of the configuration for all topics.
  package struct Bounds {
    package var presence = PresenceRules()
    /// How many missed events a client may be given at once.
    package var recovered = 300

    package init(presence: PresenceRules = PresenceRules(), recovered: Int = 300) {
      self.presence = presence
      self.recovered = recovered
    }
  }

  package let name: TopicName
  package let rules: TopicRules
  private let bounds: Bounds
  package private(set) var stage: Stage
  package private(set) var log: TopicLog
  package var presence: PresenceTable?
  package var subscribers: WorkerCounts

  /// Publishes that came while the history was being read.
  private var held: [PublishRequest] = []
  /// Events that wait for the next write, in order.
  private var unstored: [StoreBatch.Entry] = []
  private var isStoring = false
  /// The publishes that wait for the event of an offset.
  private var requests: [UInt64: [PublishRequest]] = [:]
  private var gatherer: EventGatherer

  package init(
    _ name: TopicName, _ rules: TopicRules, _ bounds: Bounds = Bounds(), workers: Int,
    epoch: String
  ) {
    self.name = name
    self.rules = rules
    self.bounds = bounds
    log = TopicLog(name, HistoryRing.Rule(rules.history), StoredTopic(epoch: epoch))
    presence = rules.presence ? PresenceTable(rules: bounds.presence) : nil
    subscribers = WorkerCounts(workers: workers)
    gatherer = EventGatherer(window: Int64(rules.gatherMilliseconds))
    stage = rules.history.isStored ? .unread : .ready
  }

  /// Whether a write is under way that may still bring events up to `offset` into the store.
  package func isStoring(through offset: UInt64) -> Bool { isStoring && log.offset < offset }

  /// Whether nothing of it would be missed: it has no subscriber, and its history can be read again
  /// or is over.
  package func isIdle(at now: Int64) -> Bool {
    let isForgettable = rules.history.isStored || log.isOver(at: now) && isDeserted
    return isForgettable && subscribers.total == 0 && presence?.isEmpty ?? true
      && requests.isEmpty && held.isEmpty && !isStoring && gatherer.isEmpty
  }

  private var isDeserted: Bool { presence?.nextDeadline == nil }

  package mutating func expireHistory(at now: Int64) { log.expire(at: now) }

  /// Forgets all events so far and returns the number of the last one. Numbers go on.
  package mutating func forgetHistory() -> UInt64 { log.forget() }

  package mutating func history(before offset: UInt64?, limit: Int, at now: Moment) -> HistoryReply
  {
    log.expire(at: now.wall)
    let isForgotten = offset.map { log.history.hasForgotten(before: $0, current: log.offset) }
    return HistoryReply(
      position: log.position, page: log.history.page(before: offset, limit: limit),
      isForgotten: isForgotten ?? false)
  }

  /// The events that a newcomer is given.
  package mutating func past(since point: ClientCommand.RecoveryPoint?, at now: Moment) -> (
    recovery: ServerFrame.Subscribed.Recovery?, events: [Publication]
  ) {
    log.expire(at: now.wall)
    return log.past(since: point, limit: bounds.recovered)
  }
}

// Reading the stored history.
extension TopicState {
  /// Has the history read, unless that was done or has begun.
  package mutating func load(into effects: inout [TopicEffect]) {
    guard case .unread = stage else { return }
    stage = .loading
    effects.append(.load(epoch: log.epoch))
  }

  /// The history was read. After a failed write the store may turn out to have taken events that
  /// were not delivered; subscribers are sent them now.
  package mutating func loaded(
    _ stored: StoredTopic, at now: Moment, into effects: inout [TopicEffect]
  ) {
    let known = log.offset
    log = TopicLog(name, log.history.rule, stored)
    stage = .ready
    if subscribers.total > 0 {
      for publication in log.history.events where publication.offset > known {
        send(publication, at: now, into: &effects)
      }
    }
    effects.append(.opened)
    let requests = held
    held = []
    for request in requests { publish(request, at: now, into: &effects) }
  }

  /// The history could not be read. No publish waits for that: its sender may try again.
  package mutating func loadFailed(into effects: inout [TopicEffect]) {
    stage = .unread
    effects.append(.opened)
    for request in held {
      effects.append(
        .reply(request, .refused(.internalError, message: "its history cannot be read")))
    }
    held = []
  }
}

// Publishing.
extension TopicState {
  package mutating func publish(
    _ request: PublishRequest, at now: Moment, into effects: inout [TopicEffect]
  ) {
    switch stage {
    case .ready: accept(request, at: now, into: &effects)
    case .loading: held.append(request)
    case .unread:
      held.append(request)
      load(into: &effects)
    }
  }

  private mutating func accept(
    _ request: PublishRequest, at now: Moment, into effects: inout [TopicEffect]
  ) {
    let event: ComposedEvent
    do throws(PublishRefusal) {
      event = try ComposedEvent.of(request, rules, at: now.wall)
    } catch {
      return effects.append(.reply(request, .refused(error.error, message: error.message)))
    }
    let preparation = log.prepare(
      event.data.span, author: event.author, id: request.key?.id, isSecret: event.isSecret,
      at: now.wall)
    switch preparation {
    case .repeated(let position):
      effects.append(.reply(request, .stored(position, ts: now.wall)))
    case .waiting(let offset): requests[offset, default: []].append(request)
    case .fresh(let publication): take(publication, of: request, at: now, into: &effects)
    }
  }

  private mutating func take(
    _ publication: Publication, of request: PublishRequest, at now: Moment,
    into effects: inout [TopicEffect]
  ) {
    requests[publication.offset] = [request]
    guard rules.history.isStored else {
      return commit(through: publication.offset, at: now, into: &effects)
    }
    unstored.append(StoreBatch.Entry(publication: publication, key: request.key))
    storeNext(into: &effects)
  }

  /// Has the waiting events written in one transaction, unless a write is under way.
  private mutating func storeNext(into effects: inout [TopicEffect]) {
    guard !isStoring, let last = unstored.last?.publication.offset else { return }
    isStoring = true
    effects.append(.store(StoreBatch(entries: unstored, epoch: log.epoch, last: last)))
    unstored = []
  }

  /// The events up to `offset` are in the store.
  package mutating func stored(
    through offset: UInt64, at now: Moment, into effects: inout [TopicEffect]
  ) {
    commit(through: offset, at: now, into: &effects)
    isStoring = false
    effects.append(.storeEnded)
    storeNext(into: &effects)
  }

  /// The store refused: no event that waits for it has happened, and each sender may try again.
  ///
  /// A store that broke off may have taken the events all the same, so the history is read again
  /// before another event is numbered.
  package mutating func storeFailed(into effects: inout [TopicEffect]) {
    log.abandon()
    stage = .unread
    unstored = []
    isStoring = false
    for offset in requests.keys.sorted() {
      for request in requests[offset] ?? [] {
        effects.append(
          .reply(request, .refused(.internalError, message: "it could not be stored")))
      }
    }
    requests = [:]
    effects.append(.storeEnded)
  }

  /// Events are part of the topic now: their senders are told, and subscribers are sent them.
  private mutating func commit(
    through offset: UInt64, at now: Moment, into effects: inout [TopicEffect]
  ) {
    for publication in log.commit(through: offset, at: now.wall) {
      let position = Position(offset: publication.offset, epoch: log.epoch)
      for request in requests.removeValue(forKey: publication.offset) ?? [] {
        effects.append(.reply(request, .stored(position, ts: publication.ts)))
      }
      send(publication, at: now, into: &effects)
    }
  }

  /// Sends an event at once, or soon together with others if the topic is busy.
  private mutating func send(
    _ publication: Publication, at now: Moment, into effects: inout [TopicEffect]
  ) {
    guard subscribers.total > 0 else { return effects.append(.deliver(publication)) }
    switch gatherer.add(publication, at: now.wall) {
    case .send: effects.append(.deliver(publication))
    case .sendAll(let delay): effects.append(.gather(after: delay))
    case .wait: return
    case .sendAllNow: sendGathered(at: now, into: &effects)
    }
  }

  package mutating func sendGathered(at now: Moment, into effects: inout [TopicEffect]) {
    for publication in gatherer.takeAll(at: now.wall) { effects.append(.deliver(publication)) }
  }
}

extension TopicRules.History {
  package var isStored: Bool {
    if case .stream(_, _, stored: true) = self { true } else { false }
  }
}

extension HistoryRing.Rule {
  /// The newest event of a `latest` topic is kept as long as the server runs.
  private static var forGood: Int64 { .max / 4 }

  package init(_ history: TopicRules.History) {
    switch history {
    case .none: self = .none
    case .latest: self = .latest(milliseconds: Self.forGood)
    case .stream(let count, let seconds, _):
      self = .stream(count: count, milliseconds: Int64(seconds) * 1000)
    }
  }
}
