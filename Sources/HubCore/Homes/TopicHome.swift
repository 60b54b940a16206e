internal import Loop
internal import PluginKit

/// A topic at home: the pure topic, and what its worker does for it with timers and the store.
final class TopicHome {
  enum Stage {
    /// Its history is being read; whoever comes meanwhile waits.
    case loading
    case ready
    /// Nobody has asked for its history yet, or the store did not answer, or has broken off while
    /// it was written. The next one who comes makes it be read.
    case unread
  }

  let name: TopicName
  let rules: TopicRules
  var topic: HomeTopic
  var stage = Stage.ready
  var waiting: [CheckedContinuation<Void, Never>] = []
  var held: [PublishOrder] = []

  /// Events that wait for the next write, in order.
  var unstored: [(publication: Publication, key: IdempotencyWindow.Key?)] = []
  /// Who waits for the event of an offset to be stored.
  var orders: [UInt64: [PublishOrder]] = [:]
  var isStoring = false
  /// Resumed at the end of the write that is under way.
  var storeWaiters: [CheckedContinuation<Void, Never>] = []

  /// Events that wait to go out together with those that come soon.
  var gathered: [Publication] = []
  /// Unix milliseconds of when events last went out.
  var sentAt: Int64 = 0

  var timer: EventLoop.Timer?
  /// Steady milliseconds, like `idleSince`.
  var deadline: Int64 = .max
  /// Changes the topic's owner has not been told of.
  var changes: [MembershipChange] = []
  var isTelling = false
  /// More changes than this are not kept for an owner that does not take them.
  static let mostUntold = 10_000
  /// Since when nobody has needed it.
  var idleSince: Int64?

  init(
    _ name: TopicName, _ rules: TopicRules, _ bounds: HomeTopic.Bounds, workers: Int,
    epoch: String
  ) {
    self.name = name
    self.rules = rules
    topic = HomeTopic(name, rules: HomeTopic.Rules(rules, bounds), epoch: epoch, workers: workers)
  }

  var isStored: Bool {
    if case .stream(_, _, stored: true) = rules.history { true } else { false }
  }

  /// Nobody is here, and nothing of it would be missed. What is stored can be read again.
  func isIdle(at now: Int64) -> Bool {
    let isForgettable = isStored ? topic.subscribers.total == 0 : topic.isOver(at: now)
    return isForgettable && topic.presence?.isEmpty ?? true && orders.isEmpty && !isStoring
      && changes.isEmpty && waiting.isEmpty && gathered.isEmpty
  }
}

extension HomeTopic.Rules {
  init(_ rules: TopicRules, _ bounds: HomeTopic.Bounds) {
    self.init(
      history: HistoryRing.Rule(rules.history),
      presence: rules.presence ? PresenceRules(bounds) : nil, maxMembers: rules.maxMembers,
      recoveryLimit: bounds.limits.recovered)
  }
}

extension HomeTopic {
  /// What the configuration says about all topics.
  struct Bounds {
    let limits: ServerLimits
    let heartbeat: HeartbeatRules
  }
}

extension PresenceRules {
  init(_ bounds: HomeTopic.Bounds) {
    self.init(
      reloadGrace: Int64(bounds.heartbeat.reloadSeconds) * 1000,
      timeout: Int64(bounds.heartbeat.timeoutSeconds) * 1000,
      drainGrace: Int64(bounds.heartbeat.drainSeconds) * 1000,
      listedMembers: bounds.limits.listedMembers > 0 ? bounds.limits.listedMembers : .max)
  }
}

extension HistoryRing.Rule {
  /// The newest event of a `latest` topic is kept as long as the server runs.
  private static var forGood: Int64 { .max / 4 }

  init(_ history: TopicRules.History) {
    switch history {
    case .none: self = .none
    case .latest: self = .latest(milliseconds: Self.forGood)
    case .stream(let count, let seconds, _):
      self = .stream(count: count, milliseconds: Int64(seconds) * 1000)
    }
  }
}
