internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Loop
internal import PluginKit
internal import Primitives
internal import WebSocket

// Coming into topics, speaking there, asking about them, leaving.
extension Worker {
  func subscribe(
    _ topic: TopicName, _ wish: ClientCommand.SubscribeOptions, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession
  ) {
    if let refusal = refusal(topic, wish, session) {
      return tellError(connection, refusal, re: id, topic: topic)
    }
    guard let rules = rules(for: topic) else { return }
    if rules.tellsOfMembers, let wait = tooFast(session.paces?.joins) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait)
    }
    let token = connection.token
    let who = session.identity(admitsProvisional: rules.allowsProvisional)
    wait(session) { [self] in
      var half: Subscription?
      do {
        let (subscription, welcome) = try await self.enter(
          topic, rules, wish, connection: token, as: who, tab: session.session)
        half = subscription
        let snapshot = try await self.snapshot(topic, rules, who)
        try self.complete(subscription, welcome, snapshot, id, token, session)
      } catch {
        if let half { self.withdraw(half) }
        self.refuse(topic, id, token, session.told(error))
      }
    }
  }

  private func refusal(
    _ topic: TopicName, _ wish: ClientCommand.SubscribeOptions, _ session: HubSession
  ) -> (any Error)? {
    guard let rules = rules(for: topic) else { return ClientError.unknownTopic }
    let who = session.identity(admitsProvisional: rules.allowsProvisional)
    if let key = session.key {
      let actions = wish.wantsPresence ? ["subscribe", "presence"] : ["subscribe"]
      guard actions.allSatisfy({ key.allows($0, topic.description) }) else {
        noteRefusal(by: key.auditName, session, "may not subscribe \(topic)")
        return ClientError.permissionDenied
      }
    } else if who.isGuest && !rules.allowsGuests {
      return session.told(TopicRefusal.unauthorized)
    }
    if session.topics[topic] != nil { return ClientError.alreadySubscribed }
    let most = limits.topicsPerConnection
    return most > 0 && session.topics.count >= most ? ClientError.limitExceeded : nil
  }

  /// Asks the plugin and the owner of the topic. On return the newcomer is in, but its events are
  /// still held.
  func enter(
    _ topic: TopicName, _ rules: TopicRules, _ wish: ClientCommand.SubscribeOptions,
    connection token: UInt64, as who: Identity, tab: String?
  ) async throws -> (Subscription, SubscribeReply) {
    let allowedAt = house.removalGeneration
    // The operator has let a key in; its topic's owner is not asked.
    if !who.isProgram {
      try await ask(rules.owner) {
        try await rules.authorize(who, Topic(topic.description), .subscribe)
      }
    }
    guard let connection = connections[token], connection.mayComeIn else {
      throw CancellationError()
    }
    let subscription = fanout.reserve(topic, rules, connection, as: who, wish)
    let request = SubscribeRequest(
      topic: topic, connection: connection.number, worker: index, who: who,
      allowedAt: allowedAt, session: tab, recover: wish.recover, wantsPresence: wish.wantsPresence)
    do {
      let welcome = try await neighbours[owner(of: topic)].subscribe(request)
      guard connection.mayComeIn, subscription.isIn else {
        sendDetach(topic, connection, connection.ending ?? .ended)
        // A client that is still connected was removed before it was in.
        throw TopicRefusal.denied
      }
      subscription.hasArrived = true
      subscription.since = welcome.position.offset
      subscription.presenceSince = welcome.presence?.rev ?? 0
      subscription.presenceChange = welcome.presence?.change ?? 0
      return (subscription, welcome)
    } catch {
      fanout.release(subscription)
      throw error
    }
  }

  private func snapshot(
    _ topic: TopicName, _ rules: TopicRules, _ who: Identity
  ) async throws -> [UInt8]? {
    guard let snapshot = rules.snapshot else { return nil }
    return try await ask(rules.owner) {
      try await snapshot(Topic(topic.description), who)?.encoded()
    }
  }

  private func complete(
    _ subscription: Subscription, _ welcome: SubscribeReply, _ snapshot: [UInt8]?, _ id: RequestID?,
    _ token: UInt64, _ session: HubSession
  ) throws {
    let topic = subscription.topic.name
    guard let connection = connections[token], connection.isConversing, subscription.isIn else {
      throw TopicRefusal.denied
    }
    session.topics[topic] = subscription
    let frame = ServerFrame.text {
      ServerFrame.subscribed(
        re: id, topic: topic, welcome.position,
        .init(
          recovery: welcome.recovery, snapshot: snapshot, events: welcome.events,
          presence: welcome.presence), into: &$0)
    }
    enqueueAnswer(frame, on: connection)
    fanout.resumeDelivery(to: subscription, on: self)
  }

  /// Takes somebody out again who was in already but not let in to the end, be it that the
  /// connection has ended meanwhile.
  func withdraw(_ half: Subscription) {
    // The topic's owner knows of a removal.
    guard half.isIn else { return }
    fanout.release(half)
    sendDetach(half.topic.name, half.connection, half.connection.ending ?? .ended)
  }

  /// The subscription came to nothing.
  private func refuse(_ topic: TopicName, _ id: RequestID?, _ token: UInt64, _ error: any Error) {
    guard let connection = connections[token], !connection.isParting else { return }
    let known = ClientError.told(error)
    if known.error == .internalError {
      house.log.error("a subscription failed", ["topic": "\(topic)", "reason": "\(error)"])
    }
    tellError(connection, known.error, re: id, topic: topic, message: known.message)
  }

  func unsubscribe(
    _ topic: TopicName, _ id: RequestID?, _ connection: Connection, _ session: HubSession
  ) {
    guard let subscription = session.topics.removeValue(forKey: topic) else {
      return tellError(
        connection, .badRequest, re: id, topic: topic, message: "you are not subscribed")
    }
    fanout.release(subscription)
    sendDetach(topic, connection, .closedByPeer(1000))
    tell(connection) { ServerFrame.unsubscribed(re: id, topic: topic, into: &$0) }
  }

  func publish(
    _ topic: TopicName, _ data: [UInt8], _ id: RequestID?, _ connection: Connection,
    _ session: HubSession
  ) {
    guard let subscription = session.topics[topic] else {
      let error: ClientError = rules(for: topic) == nil ? .unknownTopic : .permissionDenied
      return tellError(connection, error, re: id, topic: topic)
    }
    guard session.key == nil, subscription.topic.rules.publisher == .member else {
      return tellError(connection, .permissionDenied, re: id, topic: topic)
    }
    if let wait = tooFast(session.paces?.publishes) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait)
    }
    let request = PublishRequest(
      topic: topic, content: .message(data, from: subscription.who),
      key: id.flatMap {
        $0.isString ? IdempotencyWindow.Key(author: subscription.who.id, id: $0.text) : nil
      },
      sender: .client(worker: index, connection: connection.token, re: id))
    if subscription.mayPublish { return post(.publish(request)) }
    askToPublish(request, subscription, connection.token, session)
  }

  private func askToPublish(
    _ request: PublishRequest, _ subscription: Subscription, _ token: UInt64, _ session: HubSession
  ) {
    let topic = request.topic
    guard case .client(_, _, let re) = request.sender else { return }
    wait(session) { [self] in
      do {
        let (rules, who) = (subscription.topic.rules, subscription.who)
        try await self.ask(rules.owner) {
          try await rules.authorize(who, Topic(topic.description), .publish)
        }
        guard subscription.isIn, let connection = self.connections[token],
          connection.isConversing
        else { throw TopicRefusal.denied }
        subscription.mayPublish = true
        self.post(.publish(request))
      } catch {
        guard let connection = self.connections[token] else { return }
        self.tellError(connection, error, re: re, topic: topic)
      }
    }
  }

  /// Milliseconds to wait if this user publishes or comes in faster than is allowed.
  func tooFast(_ pace: SharedTokenBucket?) -> Int? {
    guard limits.publishesPerSecond > 0 else { return nil }
    return pace?.take(
      at: now, perSecond: limits.publishesPerSecond, burst: limits.publishBurst)
  }

  func tellPresence(
    _ topic: TopicName, _ wish: ClientCommand.PresenceRequest, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession
  ) {
    ask("presence", topic, id, connection, session) { owner in
      guard let page = await owner.presence(of: topic, wish) else { throw TopicRefusal.denied }
      return ServerFrame.text { ServerFrame.presence(re: id, topic: topic, page, into: &$0) }
    }
  }

  func tellHistory(
    _ topic: TopicName, _ wish: ClientCommand.HistoryRequest, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession
  ) {
    let limit = min(wish.limit ?? 50, limits.historyPage)
    ask("history", topic, id, connection, session) { owner in
      let reply = try await owner.history(of: topic, before: wish.before, limit: limit)
      if reply.isForgotten { throw ClientError.unrecoverablePosition }
      return ServerFrame.text {
        ServerFrame.history(re: id, topic: topic, reply.position, reply.page, into: &$0)
      }
    }
  }

  /// Answers a subscriber with a frame that `question` makes of what the topic's owner says. A
  /// program's key needs the scope of the action, too.
  private func ask(
    _ action: String, _ topic: TopicName, _ id: RequestID?, _ connection: Connection,
    _ session: HubSession,
    _ question: @escaping (_ owner: Worker) async throws -> [UInt8]
  ) {
    guard session.topics[topic] != nil else {
      let error: ClientError = rules(for: topic) == nil ? .unknownTopic : .permissionDenied
      return tellError(connection, error, re: id, topic: topic)
    }
    guard session.key?.allows(action, topic.description) ?? true else {
      return tellError(connection, .permissionDenied, re: id, topic: topic)
    }
    let token = connection.token
    wait(session) { [self] in
      do {
        let frame = try await question(self.neighbours[self.owner(of: topic)])
        guard let connection = self.connections[token] else { return }
        guard session.topics[topic] != nil else { throw TopicRefusal.denied }
        self.enqueueAnswer(frame, on: connection)
      } catch {
        guard let connection = self.connections[token] else { return }
        self.tellError(connection, error, re: id, topic: topic)
      }
    }
  }
}

// The end.
extension Worker {
  /// The conversation is over: its topics are left as the table of presence says.
  func linkEnded(_ connection: Connection, _ link: WebSocketLink, _ how: Ending) {
    webSockets -= 1
    let ending = ending(of: link, how)
    connection.ending = ending
    counters.dropped.add(connection.outbox.dropped)
    link.closing.transportEnded()
    switch link.speaker {
    case .echo: return
    case .hub(let session):
      leaveTopics(session.topics, of: connection, ending)
      session.topics = [:]
      let user = session.identity.id
      users[user]?.remove(connection.token)
      if users[user]?.isEmpty == true { users[user] = nil }
      if session.paces.take() != nil { house.people.leave(user) }
      // `bye` has ended the tab, too.
      if case .welcomed = session.stage {
        house.tabs.leave(session.session, user: user, at: steadyTime)
      }
    case .dialect(let dialect):
      leaveDialect(dialect, connection, ending)
      endDialect(dialect, ending)
    }
  }

  func leaveTopics(
    _ topics: [TopicName: Subscription], of connection: Connection, _ how: Ending
  ) {
    for (topic, subscription) in topics {
      fanout.release(subscription)
      sendDetach(topic, connection, how)
    }
  }

  /// Tells a topic's owner that a connection is not in it any more.
  func sendDetach(_ topic: TopicName, _ connection: Connection, _ how: Ending) {
    let loss = loss(connection, how)
    post(
      .unsubscribe(
        Unsubscription(topic: topic, connection: connection.number, worker: index, loss: loss)))
  }

  private func loss(_ connection: Connection, _ how: Ending) -> PresenceTable.Loss {
    switch how {
    // Clients of older protocols are sent this code before the server stops.
    case .closedByPeer(1001) where isDraining: .drained
    case .closedByPeer(let code):
      PresenceTable.Loss(closeCode: code, lastByte: lastByte(of: connection))
    case .lost: .broken(lastByte: lastByte(of: connection))
    case .ended where isDraining: .drained
    case .ended: .ended
    }
  }

  private func lastByte(of connection: Connection) -> Int64 {
    steadyTime - silence(of: connection)
  }

  /// Nothing was heard for longer than a ping takes: the others are shown that.
  func turnUnstable(_ connection: Connection, _ link: WebSocketLink) {
    tellOwners(connection, link, silentSince: lastByte(of: connection))
  }

  func turnStable(_ connection: Connection, _ link: WebSocketLink) {
    setTimer(connection, milliseconds: nextBeat(connection, link))
    tellOwners(connection, link, silentSince: nil)
  }

  private func tellOwners(_ connection: Connection, _ link: WebSocketLink, silentSince: Int64?) {
    let number = connection.number
    for (topic, subscription) in link.topics where subscription.topic.rules.presence {
      post(.silence(topic, number, lastByte: silentSince))
    }
  }
}

extension TopicRules {
  /// Whether each newcomer is an event for those who are there.
  var tellsOfMembers: Bool { presence || membership != nil }
}
