import JSON
import PluginKit

@testable import HubProtocol
@testable import HubTopics

/// Drives the state of one topic by hand, and notes the effects in words.
struct TopicScript {
  static let name = TopicName("chat.room.TEST").unsafelyUnwrapped

  private(set) var state: TopicState
  /// Both clocks, in milliseconds.
  var now: Int64 = 10_000_000
  private(set) var batches: [StoreBatch] = []

  init(_ rules: TopicRules, _ bounds: TopicState.Bounds = TopicState.Bounds()) {
    state = TopicState(TopicScript.name, rules, bounds, workers: 4, epoch: "e1")
  }

  private var moment: Moment { Moment(steady: now - 1000, wall: now) }

  /// The effects of one event, in order.
  private mutating func effects(
    _ act: (inout TopicState, Moment, inout [TopicEffect]) -> Void
  ) -> [String] {
    var effects: [TopicEffect] = []
    let now = moment
    act(&state, now, &effects)
    for case .store(let batch) in effects { batches.append(batch) }
    return effects.map(\.words)
  }

  mutating func publish(_ id: String, by author: String = "u1") -> [String] {
    let request = PublishRequest(
      topic: TopicScript.name, content: .event(Event(id, author: author)),
      key: .init(author: author, id: id),
      sender: .client(worker: 0, connection: 1, re: RequestID(json: id)))
    return effects { $0.publish(request, at: $1, into: &$2) }
  }

  mutating func load() -> [String] { effects { $0.load(into: &$2) } }

  mutating func loaded(
    _ events: ClosedRange<UInt64>? = nil, ids: [String] = [], epoch: String = "e1"
  ) -> [String] {
    var stored = StoredTopic(epoch: epoch, offset: events?.upperBound ?? 0)
    for offset in events ?? 1...1 where events != nil {
      stored.events.append(
        .init(offset: offset, ts: now, author: "u1", data: Array("{}".utf8)))
    }
    for (id, event) in zip(ids, stored.events) {
      stored.marks.append(
        .init(key: .init(author: "u1", id: id), offset: event.offset, ts: now))
    }
    return effects { $0.loaded(stored, at: $1, into: &$2) }
  }

  mutating func loadFailed() -> [String] { effects { $0.loadFailed(into: &$2) } }

  /// The oldest write that is under way has ended.
  mutating func stored() -> [String] {
    let batch = batches.removeFirst()
    return effects { $0.stored(through: batch.last, at: $1, into: &$2) }
  }

  mutating func storeFailed() -> [String] {
    batches.removeFirst()
    return effects { $0.storeFailed(into: &$2) }
  }

  mutating func sendGathered() -> [String] { effects { $0.sendGathered(at: $1, into: &$2) } }

  mutating func subscribe(
    _ who: Identity, _ connection: UInt64, worker: Int = 0, since offset: UInt64? = nil
  ) throws -> (reply: SubscribeReply, effects: [String]) {
    let request = SubscribeRequest(
      topic: TopicScript.name, connection: ConnectionID(connection), worker: worker, who: who,
      allowedAt: 0, session: nil, recover: offset.map { .init(offset: $0, epoch: "e1") },
      wantsPresence: true)
    var effects: [TopicEffect] = []
    let now = moment
    let reply = try state.subscribe(request, at: now, into: &effects)
    return (reply, effects.map(\.words))
  }

  mutating func unsubscribe(
    _ connection: UInt64, worker: Int = 0, _ loss: PresenceTable.Loss = .bye, drain: Int64 = 0
  ) -> [String] {
    let request = Unsubscription(
      topic: TopicScript.name, connection: ConnectionID(connection), worker: worker, loss: loss)
    return effects { $0.unsubscribe(request, drain: drain, at: $1, into: &$2) }
  }

  mutating func remove(_ user: String) -> [String] {
    effects { _ = $0.remove(user, at: $1, into: &$2) }
  }

  mutating func expect(_ who: Identity, within time: Int64) -> [String] {
    effects {
      $0.expect(who, since: $1.wall - 5000, until: $1.steady + time, at: $1, into: &$2)
    }
  }

  mutating func presenceDue() -> [String] { effects { $0.presenceDue(at: $1, into: &$2) } }

  mutating func forgetHistory() -> UInt64 { state.forgetHistory() }
}

extension TopicEffect {
  /// The effect in a few words.
  var words: String {
    switch self {
    case .load(let epoch): "load \(epoch)"
    case .opened: "opened"
    case .store(let batch): "store \(batch.entries.map(\.publication.offset)) in \(batch.epoch)"
    case .storeEnded: "store ended"
    case .deliver(let publication): "deliver \(publication.offset)"
    case .gather(let delay): "gather \(delay)"
    case .reply(let request, let outcome): "\(request.key?.id ?? "") \(outcome.words)"
    case .presence(let diff):
      "presence +\(diff.join.count) ~\(diff.update.count) -\(diff.leave.count)"
    case .member(.joined, let who): "\(who.id) joined"
    case .member(.left(let reason), let who): "\(who.id) left: \(reason)"
    case .expected(let who): "\(who.id) expected"
    case .occupied(let isOccupied): isOccupied ? "occupied" : "vacated"
    case .remove(let user, let connections): "remove \(user) \(connections?.map(\.rawValue) ?? [])"
    }
  }
}

extension PublishReply.Outcome {
  fileprivate var words: String {
    switch self {
    case .stored(let position, _): "stored as \(position.offset) in \(position.epoch)"
    case .refused(let error, _): "refused \(error.rawValue)"
    }
  }
}
