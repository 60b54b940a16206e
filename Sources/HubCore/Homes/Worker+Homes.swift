internal import Loop
internal import PluginKit
internal import Primitives

/// A connection that wants into a topic.
struct Attachment: Sendable {
  let topic: TopicName
  let connection: ConnectionID
  let worker: Int
  let who: Identity
  /// The house's generation of removals when it was asked whether `who` may come in.
  let allowedAt: UInt64
  let session: String?
  let recover: ClientCommand.RecoveryPoint?
  let wantsPresence: Bool
}

/// What a newcomer is given by the topic's home.
struct Welcome: Sendable {
  let position: Position
  let recovery: ServerFrame.Subscribed.Recovery?
  let events: [Publication]
  let presence: PresencePage?
}

// Topics at home: opened when first needed, closed when nothing is left of them.
extension Worker {
  /// Lets a connection in. From the moment this returns, every event reaches its worker.
  func attach(_ attachment: Attachment) async throws -> Welcome {
    let home = try await open(attachment.topic)
    let who = attachment.who
    try judge(attachment)
    if !who.isProgram && home.topic.isFull(for: who.id) { throw TopicRefusal.full }
    // What has gathered counts as given to the newcomer, so it goes out to the others now.
    sendGathered(home)
    home.topic.subscribers.add(attachment.worker)
    if home.topic.subscribers.total == 1 { tellWebhooks(home, isOccupied: true) }
    home.idleSince = nil
    let arrival =
      who.isProgram
      ? nil
      : home.topic.presence?.join(
        who, attachment.connection, session: attachment.session, at: steadyTime)
    home.topic.expireHistory(at: loop.unixMilliseconds)
    let past = home.topic.past(since: attachment.recover)
    let page =
      attachment.wantsPresence ? home.topic.presence?.overview().shifted(by: wallShift) : nil
    setTimer(home)
    let welcome = Welcome(
      position: home.topic.position, recovery: past.recovery, events: past.events,
      presence: page)
    // Last, for the owner may publish something at once, and the newcomer is to be sent it. To the
    // owner, who knows nothing of those who were here before a restart, both are new.
    if arrival == .joined || arrival == .returned { report(.joined, of: who, home) }
    return welcome
  }

  /// Throws if the user was removed since it was allowed to come in.
  private func judge(_ attachment: Attachment) throws {
    let verdict = recentRemovals.verdict(
      attachment.who.id, in: attachment.topic, askedAt: attachment.allowedAt)
    switch verdict {
    case .current: return
    case .removed: throw TopicRefusal.denied
    case .unknown: throw TopicRefusal.unavailable
    }
  }

  /// A connection has left, or is lost.
  func detach(
    _ connection: ConnectionID, from topic: TopicName, worker: Int, _ loss: PresenceTable.Loss
  ) {
    guard let home = homes[topic] else { return }
    unsubscribe(worker, from: home)
    if loss == .drained {
      home.topic.presence?.lengthenDrain(to: heartbeat.timeToReturn(in: house.longestWindow))
    }
    if let leaving = home.topic.presence?.lose(connection, loss, at: steadyTime) {
      report(.left(leaving.reason), of: leaving.who, home)
    }
    setTimer(home)
  }

  /// A worker has one subscriber of a topic less.
  func unsubscribe(_ worker: Int, from home: TopicHome) {
    home.topic.subscribers.remove(worker)
    if home.topic.subscribers.total == 0 { tellWebhooks(home, isOccupied: false) }
  }

  /// The rules for a topic, nil if it is nobody's.
  nonisolated func rules(for topic: TopicName) -> TopicRules? { house.topics.value(for: topic) }

  /// The topic, with its history. Throws `TopicRefusal`.
  func open(_ topic: TopicName) async throws -> TopicHome {
    let home = try existingOrNew(topic)
    if case .unread = home.stage { load(home) }
    if case .loading = home.stage {
      await withCheckedContinuation { home.waiting.append($0) }
    }
    guard case .ready = home.stage else { throw TopicRefusal.unavailable }
    return home
  }

  func existingOrNew(_ topic: TopicName) throws -> TopicHome {
    if let home = homes[topic] { return home }
    guard let rules = rules(for: topic) else { throw TopicRefusal.unknown }
    let home = makeHome(topic, rules)
    if home.isStored { load(home) }
    return home
  }

  /// A home whose history, if it is stored, nobody has read yet.
  func makeHome(_ topic: TopicName, _ rules: TopicRules) -> TopicHome {
    let home = TopicHome(
      topic, rules, .init(limits: limits, heartbeat: heartbeat), workers: neighbours.count,
      epoch: HomeTopic.epoch(house.random.next()))
    if home.isStored { home.stage = .unread }
    homes[topic] = home
    return home
  }

  /// Reads the stored history of a topic, then lets those in who waited for it.
  private func load(_ home: TopicHome) {
    home.stage = .loading
    Task.immediate {
      do {
        let stored = try await house.historyLog.open(
          home.name, home.rules.history, home.topic.epoch, at: loop.unixMilliseconds)
        restore(home, stored)
        home.stage = .ready
      } catch {
        house.log.error(
          "a topic's history cannot be read", ["topic": "\(home.name)", "reason": "\(error)"])
        home.stage = .unread
      }
      let waiting = home.waiting
      home.waiting = []
      for waiter in waiting { waiter.resume() }
      takeHeld(home)
    }
  }

  private func restore(_ home: TopicHome, _ stored: StoredTopic) {
    var repeats = IdempotencyWindow()
    for mark in stored.marks { repeats.remember(mark.key, offset: mark.offset, at: mark.ts) }
    let publications = stored.events.map { event in
      Publication(
        topic: home.name, offset: event.offset, ts: event.ts, data: event.data.span,
        author: event.author)
    }
    // Those who were here before a restart are there already, and when the history is read once
    // more because nobody knows what the store has taken, everybody is.
    let (presence, subscribers) = (home.topic.presence, home.topic.subscribers)
    let known = home.topic.offset
    home.topic = HomeTopic(
      home.name, rules: home.topic.rules, epoch: stored.epoch, workers: neighbours.count,
      offset: stored.offset, stored: publications, repeats: repeats)
    home.topic.presence = presence
    home.topic.subscribers = subscribers
    guard subscribers.total > 0 else { return }
    for publication in publications where publication.offset > known { send(publication, home) }
  }

  /// Closes topics that nobody has needed for a while.
  func sweepHomes() {
    let now = steadyTime
    for (name, home) in homes {
      home.topic.expireHistory(at: loop.unixMilliseconds)
      guard home.isIdle(at: loop.unixMilliseconds) else {
        home.idleSince = nil
        continue
      }
      let since = home.idleSince ?? now
      home.idleSince = since
      if now - since >= Worker.idleMilliseconds { homes[name] = nil }
    }
  }

  private static var idleMilliseconds: Int64 { 60_000 }
}

// Who is there, and who is told.
extension Worker {
  /// Milliseconds by which presence is reckoned: whatever somebody does to the clock of the
  /// machine, nobody leaves because of it.
  var steadyTime: Int64 { Int64(loop.now / 1_000_000) }

  /// What lies between a steady time and the time that people are shown.
  var wallShift: Int64 { loop.unixMilliseconds - steadyTime }

  /// Sets the topic's timer to when its presence wants to be looked at next.
  func setTimer(_ home: TopicHome) {
    guard let deadline = home.topic.presence?.nextDeadline else { return }
    if let timer = home.timer {
      guard deadline < home.deadline else { return }
      loop.cancel(timer)
    }
    home.deadline = deadline
    let delay = max(0, deadline - steadyTime)
    let topic = home.name
    home.timer = loop.schedule(after: .milliseconds(delay)) { [unowned self] in
      assumeIsolated { $0.presenceDue(topic) }
    }
  }

  private func presenceDue(_ topic: TopicName) {
    guard let home = homes[topic] else { return }
    home.timer = nil
    home.deadline = .max
    let now = steadyTime
    for leaving in home.topic.presence?.expire(at: now) ?? [] {
      report(.left(leaving.reason), of: leaving.who, home)
    }
    if let diff = home.topic.presence?.takeDiff(at: now)?.shifted(by: wallShift) {
      let news = PresenceNews(topic, diff)
      for worker in home.topic.subscribers.workers { post(.presence(news), to: worker) }
    }
    setTimer(home)
  }

  /// A member has not been heard from for too long, or is heard again.
  func mark(_ connection: ConnectionID, silentSince lastByte: Int64?, in topic: TopicName) {
    guard let home = homes[topic] else { return }
    let now = steadyTime
    if let lastByte {
      home.topic.presence?.silent(connection, lastByte: lastByte, at: now)
    } else {
      home.topic.presence?.heard(connection, at: now)
    }
    setTimer(home)
  }

  /// Tells the store and the topic's owner who came and went, one change after another.
  func report(_ kind: MembershipChange.Kind, of who: Identity, _ home: TopicHome) {
    note(kind, of: who, in: home.name)
    guard let watch = home.rules.membership else { return }
    let owner = home.rules.owner
    // Only an owner that has stopped listening has so much before it.
    guard home.changes.count < TopicHome.mostUntold else {
      house.runner.gate(of: owner)?.countRefusal()
      return
    }
    home.changes.append(
      MembershipChange(
        topic: Topic(home.name.description), who: who, kind: kind,
        total: home.topic.presence?.count ?? 0))
    guard !home.isTelling else { return }
    home.isTelling = true
    Task.immediate {
      while !home.changes.isEmpty {
        let change = home.changes.removeFirst()
        // Its owner took too long: that is noted, and the next change is told.
        _ = try? await ask(owner) { await watch(change) }
      }
      home.isTelling = false
    }
  }

  /// Puts a user out of a topic, wherever its connections are.
  func remove(_ user: String, from topic: TopicName) -> Bool {
    recentRemovals.note(user, from: topic, generation: house.nextRemovalGeneration())
    guard let home = homes[topic] else { return false }
    let isMember = home.topic.presence?.contains(user) ?? false
    let connections = home.topic.presence?.connections(of: user)
    if let leaving = home.topic.presence?.remove(user, .removed, at: steadyTime) {
      report(.left(leaving.reason), of: leaving.who, home)
    }
    setTimer(home)
    for worker in home.topic.subscribers.workers {
      post(.perform { $0.evict(user, from: topic, connections) }, to: worker)
    }
    return isMember
  }
}
