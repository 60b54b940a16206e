internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Primitives

/// The topics that one worker owns: opened when first needed, closed when nothing is left of them.
///
/// Their states decide; this class performs the effects with the store, timers and messages. Not
/// `Sendable`: it belongs to its worker, on which all its methods run.
final class TopicHomes {
  private let context: WorkerContext
  private let shared: SharedTopics
  private let mailbox: Mailbox<Worker>
  private let calls: PluginCalls
  private let webhooks: WebhookReporter
  private var homes: [TopicName: OwnedTopic] = [:]
  private let members: MemberWriter
  private var removals = RecentRemovals()
  /// The publishes of the gateway that end with this turn.
  private var ended: [(UInt64, PublishReply.Outcome)] = []
  /// A buffer for effects that is not in use.
  private var spare: [TopicEffect] = []

  private static let idleMilliseconds: Int64 = 60_000
  /// More changes than this are not kept for an owner that does not take them.
  private static let mostUntold = 10_000

  init(
    _ context: WorkerContext, _ shared: SharedTopics, _ mailbox: Mailbox<Worker>,
    _ calls: PluginCalls, _ webhooks: WebhookReporter
  ) {
    self.context = context
    self.shared = shared
    self.mailbox = mailbox
    self.calls = calls
    self.webhooks = webhooks
    members = MemberWriter(context, shared)
  }

  var count: Int { homes.count }

  func isOpen(_ topic: TopicName) -> Bool { homes[topic] != nil }

  /// Lets a topic's state decide, and performs the effects that it wants.
  private func change<Result, Failure: Error>(
    _ home: OwnedTopic, on worker: isolated Worker,
    _ decide: (inout TopicState, Moment, inout [TopicEffect]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var effects = spare
    // An effect may lead to another change, which takes a buffer of its own then.
    spare = []
    let result = try decide(&home.state, context.moment, &effects)
    for effect in effects { perform(effect, home, on: worker) }
    effects.removeAll(keepingCapacity: effects.count <= 64)
    spare = effects
    setTimer(home, on: worker)
    return result
  }
}

// Opening and closing.
extension TopicHomes {
  /// The topic, with its history. Throws `TopicRefusal`.
  private func open(_ topic: TopicName, on worker: isolated Worker) async throws -> OwnedTopic {
    let home = try existingOrNew(topic, on: worker)
    change(home, on: worker) { state, _, effects in state.load(into: &effects) }
    if case .loading = home.state.stage {
      await withCheckedContinuation { home.openWaiters.append($0) }
    }
    guard case .ready = home.state.stage else { throw TopicRefusal.unavailable }
    return home
  }

  private func existingOrNew(
    _ topic: TopicName, on worker: isolated Worker
  ) throws(TopicRefusal) -> OwnedTopic {
    if let home = homes[topic] { return home }
    guard let rules = shared.rules.value(for: topic) else { throw .unknown }
    let bounds = TopicState.Bounds(context.limits, context.heartbeat)
    let home = OwnedTopic(
      TopicState(
        topic, rules, bounds, workers: shared.workerCount,
        epoch: TopicLog.epoch(shared.random.next())))
    homes[topic] = home
    return home
  }

  /// Closes topics that were not needed for a while.
  func sweep(on worker: isolated Worker) {
    let now = context.moment
    for (name, home) in homes {
      home.state.expireHistory(at: now.wall)
      guard home.isIdle(at: now.wall) else {
        home.idleSince = nil
        continue
      }
      let since = home.idleSince ?? now.steady
      home.idleSince = since
      if now.steady - since >= TopicHomes.idleMilliseconds { homes[name] = nil }
    }
  }
}

// Requests of clients.
extension TopicHomes {
  func handle(_ request: TopicRequest, on worker: isolated Worker) {
    if case .publish(let request) = request { return publish(request, on: worker) }
    guard let home = homes[request.topic] else { return }
    change(home, on: worker) { state, now, effects in
      switch request {
      case .publish: return
      case .unsubscribe(let request):
        let drain = context.heartbeat.timeToReturn(in: shared.window.longest)
        state.unsubscribe(request, drain: drain, at: now, into: &effects)
      case .silence(_, let connection, let lastByte):
        state.setSilence(connection, since: lastByte, at: now)
      case .uncount(_, let worker): state.uncount(worker, into: &effects)
      }
    }
  }

  func publish(_ request: PublishRequest, on worker: isolated Worker) {
    if case .nobody = request.sender, homes[request.topic] == nil, !isRemembered(request.topic) {
      return
    }
    do throws(TopicRefusal) {
      let home = try existingOrNew(request.topic, on: worker)
      change(home, on: worker) { state, now, effects in
        state.publish(request, at: now, into: &effects)
      }
    } catch {
      reply(to: request, .refused(.unknownTopic, message: nil), on: worker)
    }
  }

  /// Whether a topic keeps events even if nobody is there.
  private func isRemembered(_ topic: TopicName) -> Bool {
    shared.rules.value(for: topic).map { $0.history != .none } ?? false
  }

  func subscribe(
    _ request: SubscribeRequest, on worker: isolated Worker
  ) async throws -> SubscribeReply {
    let home = try await open(request.topic, on: worker)
    switch removals.verdict(request.who.id, in: request.topic, askedAt: request.allowedAt) {
    case .current: break
    case .removed: throw TopicRefusal.denied
    case .unknown: throw TopicRefusal.unavailable
    }
    home.idleSince = nil
    return try change(home, on: worker) { state, now, effects throws(TopicRefusal) in
      try state.subscribe(request, at: now, into: &effects)
    }
  }

  /// Nil where nobody is shown.
  func presence(
    of topic: TopicName, _ wish: ClientCommand.PresenceRequest, on worker: isolated Worker
  ) -> PresencePage? {
    homes[topic]?.state.presencePage(wish, at: context.moment)
  }

  func history(
    of topic: TopicName, before offset: UInt64?, limit: Int, on worker: isolated Worker
  ) async throws -> HistoryReply {
    let home = try await open(topic, on: worker)
    return home.state.history(before: offset, limit: limit, at: context.moment)
  }
}

// Requests of the server and its plugins.
extension TopicHomes {
  /// Deletes the history of a topic up to now. Throws `TopicRefusal` and `StoreError`.
  func forgetHistory(of topic: TopicName, on worker: isolated Worker) async throws {
    let home = try await open(topic, on: worker)
    let through = home.state.forgetHistory()
    guard home.state.rules.history.isStored else { return }
    // A write that is under way would bring events back behind the deletion.
    while home.state.isStoring(through: through) {
      await withCheckedContinuation { home.storeWaiters.append($0) }
    }
    // Less where the store has refused events: their numbers are given anew.
    try await shared.eventStore.forget(topic, through: min(through, home.state.log.offset))
  }

  func remove(_ user: String, from topic: TopicName, on worker: isolated Worker) -> Bool {
    removals.note(user, from: topic, generation: shared.nextRemovalGeneration())
    guard let home = homes[topic] else { return false }
    return change(home, on: worker) { state, now, effects in
      state.remove(user, at: now, into: &effects)
    }
  }

  func members(of topic: TopicName, on worker: isolated Worker) -> [Member] {
    let page = homes[topic]?.state.presence?.page(after: nil, limit: .max)
    return page?.shifted(by: context.moment.shift).members?.map { Member($0) } ?? []
  }

  func population(of topic: TopicName) -> Int {
    guard let state = homes[topic]?.state else { return 0 }
    return state.presence?.count ?? state.subscribers.total
  }

  /// Facts about the topics whose names `fits`.
  func summaries(limit: Int, where fits: (TopicName) -> Bool) -> [TopicSummary] {
    var found: [TopicSummary] = []
    for home in homes.values where fits(home.state.name) {
      if found.count == limit { break }
      found.append(TopicSummary(home.state))
    }
    return found
  }

  func sendGathered(on worker: isolated Worker) {
    for home in homes.values { sendGathered(home, on: worker) }
  }

  func expect(
    _ members: [(MemberStore.Place, MemberStore.Row)], within time: Int64,
    on worker: isolated Worker
  ) {
    for (place, row) in members {
      guard let home = try? existingOrNew(place.topic, on: worker), home.state.presence != nil
      else {
        // The topic has no owner any more, or its owner does not want to know its members.
        note(.left(.closed), of: row.who, in: place.topic, on: worker)
        continue
      }
      change(home, on: worker) { state, now, effects in
        state.expect(
          row.who, since: row.since, until: now.steady + time, at: now, into: &effects)
      }
    }
  }

  func finishMembers(on worker: isolated Worker) async { await members.finish(on: worker) }
}

// Effects.
extension TopicHomes {
  /// Ends the publishes of the gateway once the neighbours have the events of this turn, so that the
  /// caller's next step cannot overtake an event on its way to a subscriber.
  func endPublishes() {
    guard !ended.isEmpty else { return }
    for (publish, outcome) in ended { shared.publishes.end(publish, outcome) }
    ended.removeAll(keepingCapacity: true)
  }

  private func perform(_ effect: TopicEffect, _ home: OwnedTopic, on worker: isolated Worker) {
    switch effect {
    case .load(let epoch): load(home, epoch, on: worker)
    case .opened: home.resumeOpenWaiters()
    case .store(let batch): store(batch, home, on: worker)
    case .storeEnded: home.resumeStoreWaiters()
    case .deliver(let publication):
      context.counters.published.add(1)
      send(.event(publication), to: home.state.subscribers, on: worker)
    case .gather(let delay): gather(home.state.name, for: delay, on: worker)
    case .reply(let request, let outcome): reply(to: request, outcome, on: worker)
    case .presence(let diff):
      let update = PresenceUpdate(home.state.name, diff)
      send(.presence(update), to: home.state.subscribers, on: worker)
    case .member(let kind, let who): report(kind, of: who, home, on: worker)
    case .expected(let who): webhooks.report(.joined, of: who, in: home.state.name, on: worker)
    case .occupied(let isOccupied):
      webhooks.report(home.state.name, isOccupied: isOccupied, on: worker)
    case .remove(let user, let connections):
      let removal = Removal(topic: home.state.name, user: user, connections: connections)
      send(.removal(removal), to: home.state.subscribers, on: worker)
    }
  }

  private func send(
    _ message: WorkerMessage, to subscribers: WorkerCounts, on worker: isolated Worker
  ) {
    for other in subscribers.workers { mailbox.post(message, to: other, on: worker) }
  }

  private func reply(
    to request: PublishRequest, _ outcome: PublishReply.Outcome, on worker: isolated Worker
  ) {
    switch request.sender {
    case .client(let index, let connection, let re):
      let reply = PublishReply(
        connection: connection, topic: request.topic, re: re, outcome: outcome)
      mailbox.post(.reply(reply), to: index, on: worker)
    case .gateway(let number): ended.append((number, outcome))
    case .nobody: return
    }
  }

  private func load(_ home: OwnedTopic, _ epoch: String, on worker: isolated Worker) {
    let (name, rule) = (home.state.name, home.state.rules.history)
    Task.immediate {
      do {
        let stored = try await shared.eventStore.open(
          name, rule, epoch, at: context.loop.unixMilliseconds)
        change(home, on: worker) { state, now, effects in
          state.loaded(stored, at: now, into: &effects)
        }
      } catch {
        shared.log.error(
          "a topic's history cannot be read", ["topic": "\(name)", "reason": "\(error)"])
        change(home, on: worker) { state, _, effects in state.loadFailed(into: &effects) }
      }
    }
  }

  private func store(_ batch: StoreBatch, _ home: OwnedTopic, on worker: isolated Worker) {
    let (name, rule) = (home.state.name, home.state.rules.history)
    Task.immediate {
      do {
        try await shared.eventStore.append(batch, rule)
        change(home, on: worker) { state, now, effects in
          state.stored(through: batch.last, at: now, into: &effects)
        }
      } catch {
        shared.log.error("events cannot be stored", ["topic": "\(name)", "reason": "\(error)"])
        change(home, on: worker) { state, _, effects in state.storeFailed(into: &effects) }
      }
    }
  }

  private func gather(_ topic: TopicName, for delay: Int64, on worker: isolated Worker) {
    context.loop.schedule(after: .milliseconds(delay)) {
      self.gatheringEnded(topic, on: worker)
    }
  }

  private func gatheringEnded(_ topic: TopicName, on worker: isolated Worker) {
    if let home = homes[topic] { sendGathered(home, on: worker) }
  }

  private func sendGathered(_ home: OwnedTopic, on worker: isolated Worker) {
    change(home, on: worker) { state, now, effects in
      state.sendGathered(at: now, into: &effects)
    }
  }
}

// Members.
extension TopicHomes {
  /// Sets the topic's timer to when its presence wants to be looked at next.
  private func setTimer(_ home: OwnedTopic, on worker: isolated Worker) {
    guard let deadline = home.state.presence?.nextDeadline else { return }
    if let timer = home.timer {
      guard deadline < home.deadline else { return }
      context.loop.cancel(timer)
    }
    home.deadline = deadline
    let delay = max(0, deadline - context.steadyTime)
    let topic = home.state.name
    home.timer = context.loop.schedule(after: .milliseconds(delay)) {
      self.presenceDue(topic, on: worker)
    }
  }

  private func presenceDue(_ topic: TopicName, on worker: isolated Worker) {
    guard let home = homes[topic] else { return }
    home.timer = nil
    home.deadline = .max
    change(home, on: worker) { state, now, effects in
      state.presenceDue(at: now, into: &effects)
    }
  }

  /// Tells the store, webhooks and the topic's owner, one change after another.
  private func report(
    _ kind: MembershipChange.Kind, of who: Identity, _ home: OwnedTopic,
    on worker: isolated Worker
  ) {
    note(kind, of: who, in: home.state.name, on: worker)
    guard let watch = home.state.rules.membership else { return }
    let owner = home.state.rules.owner
    // Only an owner that has stopped listening leaves this many untold.
    guard home.untold.count < TopicHomes.mostUntold else {
      shared.runner.health(of: owner)?.countRefusal()
      return
    }
    home.untold.append(
      MembershipChange(
        topic: Topic(home.state.name.description), who: who, kind: kind,
        total: home.state.presence?.count ?? 0))
    guard !home.isTelling else { return }
    home.isTelling = true
    Task.immediate {
      while let change = home.untold.popFirst() {
        // Where the owner took too long, that is noted, and the next change is told.
        _ = try? await calls.ask(owner, on: worker) { await watch(change) }
      }
      home.isTelling = false
    }
  }

  private func note(
    _ kind: MembershipChange.Kind, of who: Identity, in topic: TopicName,
    on worker: isolated Worker
  ) {
    webhooks.report(kind, of: who, in: topic, on: worker)
    members.note(kind, of: who, in: topic, on: worker)
  }
}

extension TopicState.Bounds {
  fileprivate init(_ limits: ServerLimits, _ heartbeat: HeartbeatRules) {
    self.init(
      presence: PresenceRules(
        leaveGrace: Int64(heartbeat.leaveGraceSeconds) * 1000,
        timeout: Int64(heartbeat.timeoutSeconds) * 1000,
        resumeGrace: Int64(heartbeat.resumeSeconds) * 1000,
        listedMembers: limits.listedMembers > 0 ? limits.listedMembers : .max),
      recovered: limits.recovered)
  }
}
