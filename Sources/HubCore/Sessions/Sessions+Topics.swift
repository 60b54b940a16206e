internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import WebSocket

// Coming into topics, speaking there, asking about them, leaving.
extension Sessions {
  func subscribe(
    _ topic: TopicName, _ wish: ClientCommand.SubscribeOptions, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    if let refusal = refusal(topic, wish, session) {
      return tellError(connection, refusal, re: id, topic: topic, on: worker)
    }
    guard let rules = subscriptions.rules(for: topic) else { return }
    if rules.tellsOfMembers, let wait = subscriptions.tooFast(session.paces?.joins) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait, on: worker
      )
    }
    let token = connection.token
    let who = session.identity(admitsProvisional: rules.allowsProvisional)
    wait(session, on: worker) { [self] in
      var half: Subscription?
      do {
        let (subscription, welcome) = try await subscriptions.enter(
          topic, rules, wish, connection: token, as: who, tab: session.session, on: worker)
        half = subscription
        let snapshot = try await self.snapshot(topic, rules, who, on: worker)
        try complete(subscription, welcome, snapshot, id, token, session, on: worker)
      } catch {
        if let half { subscriptions.withdraw(half, on: worker) }
        refuseTopic(topic, id, token, session.told(error), on: worker)
      }
    }
  }

  private func refusal(
    _ topic: TopicName, _ wish: ClientCommand.SubscribeOptions, _ session: HubSession
  ) -> (any Error)? {
    guard let rules = subscriptions.rules(for: topic) else { return ClientError.unknownTopic }
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
    let most = context.limits.topicsPerConnection
    return most > 0 && session.topics.count >= most ? ClientError.limitExceeded : nil
  }

  private func snapshot(
    _ topic: TopicName, _ rules: TopicRules, _ who: Identity, on worker: isolated Worker
  ) async throws -> [UInt8]? {
    guard let snapshot = rules.snapshot else { return nil }
    return try await calls.ask(rules.owner, on: worker) {
      try await snapshot(Topic(topic.description), who)?.encoded()
    }
  }

  private func complete(
    _ subscription: Subscription, _ welcome: SubscribeReply, _ snapshot: [UInt8]?, _ id: RequestID?,
    _ token: UInt64, _ session: HubSession, on worker: isolated Worker
  ) throws {
    let topic = subscription.topic.name
    guard let connection = transport[token], connection.isConversing, subscription.isIn else {
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
    transport.enqueueAnswer(frame, to: connection, on: worker)
    fanout.resumeDelivery(to: subscription, on: worker)
  }

  /// The subscription came to nothing.
  private func refuseTopic(
    _ topic: TopicName, _ id: RequestID?, _ token: UInt64, _ error: any Error,
    on worker: isolated Worker
  ) {
    guard let connection = transport[token], !connection.isParting else { return }
    let known = ClientError.told(error)
    if known.error == .internalError {
      shared.log.error("a subscription failed", ["topic": "\(topic)", "reason": "\(error)"])
    }
    tellError(connection, known.error, re: id, topic: topic, message: known.message, on: worker)
  }

  func unsubscribe(
    _ topic: TopicName, _ id: RequestID?, _ connection: Connection, _ session: HubSession,
    on worker: isolated Worker
  ) {
    guard let subscription = session.topics.removeValue(forKey: topic) else {
      return tellError(
        connection, .badRequest, re: id, topic: topic, message: "you are not subscribed", on: worker
      )
    }
    fanout.release(subscription)
    subscriptions.sendDetach(topic, connection, .closedByPeer(1000), on: worker)
    tell(connection, on: worker) { ServerFrame.unsubscribed(re: id, topic: topic, into: &$0) }
  }

  func publish(
    _ topic: TopicName, _ data: [UInt8], _ id: RequestID?, _ connection: Connection,
    _ session: HubSession, on worker: isolated Worker
  ) {
    guard let subscription = session.topics[topic] else {
      let error: ClientError =
        subscriptions.rules(for: topic) == nil ? .unknownTopic : .permissionDenied
      return tellError(connection, error, re: id, topic: topic, on: worker)
    }
    guard session.key == nil, subscription.topic.rules.publisher == .member else {
      return tellError(connection, .permissionDenied, re: id, topic: topic, on: worker)
    }
    if let wait = subscriptions.tooFast(session.paces?.publishes) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait, on: worker
      )
    }
    let request = PublishRequest(
      topic: topic, content: .message(data, from: subscription.who),
      key: id.flatMap {
        $0.isString ? IdempotencyWindow.Key(author: subscription.who.id, id: $0.text) : nil
      },
      sender: .client(worker: context.index, connection: connection.token, re: id))
    if subscription.mayPublish { return mailbox.post(.publish(request), on: worker) }
    askToPublish(request, subscription, connection.token, session, on: worker)
  }

  private func askToPublish(
    _ request: PublishRequest, _ subscription: Subscription, _ token: UInt64, _ session: HubSession,
    on worker: isolated Worker
  ) {
    let topic = request.topic
    guard case .client(_, _, let re) = request.sender else { return }
    wait(session, on: worker) { [self] in
      do {
        let (rules, who) = (subscription.topic.rules, subscription.who)
        try await calls.ask(rules.owner, on: worker) {
          try await rules.authorize(who, Topic(topic.description), .publish)
        }
        guard subscription.isIn, let connection = transport[token],
          connection.isConversing
        else { throw TopicRefusal.denied }
        subscription.mayPublish = true
        mailbox.post(.publish(request), on: worker)
      } catch {
        guard let connection = transport[token] else { return }
        tellError(connection, error, re: re, topic: topic, on: worker)
      }
    }
  }

  func tellPresence(
    _ topic: TopicName, _ wish: ClientCommand.PresenceRequest, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    askOwner("presence", topic, id, connection, session, on: worker) { owner in
      guard let page = await owner.presence(of: topic, wish) else { throw TopicRefusal.denied }
      return ServerFrame.text { ServerFrame.presence(re: id, topic: topic, page, into: &$0) }
    }
  }

  func tellHistory(
    _ topic: TopicName, _ wish: ClientCommand.HistoryRequest, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    let limit = min(wish.limit ?? 50, context.limits.historyPage)
    askOwner("history", topic, id, connection, session, on: worker) { owner in
      let reply = try await owner.history(of: topic, before: wish.before, limit: limit)
      if reply.isForgotten { throw ClientError.unrecoverablePosition }
      return ServerFrame.text {
        ServerFrame.history(re: id, topic: topic, reply.position, reply.page, into: &$0)
      }
    }
  }

  /// Answers a subscriber with a frame that `question` makes of what the topic's owner says. A
  /// program's key needs the scope of the action, too.
  private func askOwner(
    _ action: String, _ topic: TopicName, _ id: RequestID?, _ connection: Connection,
    _ session: HubSession, on worker: isolated Worker,
    _ question: @escaping (_ owner: any TopicOwner) async throws -> [UInt8]
  ) {
    guard session.topics[topic] != nil else {
      let error: ClientError =
        subscriptions.rules(for: topic) == nil ? .unknownTopic : .permissionDenied
      return tellError(connection, error, re: id, topic: topic, on: worker)
    }
    guard session.key?.allows(action, topic.description) ?? true else {
      return tellError(connection, .permissionDenied, re: id, topic: topic, on: worker)
    }
    let token = connection.token
    wait(session, on: worker) { [self] in
      do {
        let frame = try await question(topics.owner(of: topic))
        guard let connection = transport[token] else { return }
        guard session.topics[topic] != nil else { throw TopicRefusal.denied }
        transport.enqueueAnswer(frame, to: connection, on: worker)
      } catch {
        guard let connection = transport[token] else { return }
        tellError(connection, error, re: id, topic: topic, on: worker)
      }
    }
  }
}

// Users that are removed.
extension Sessions {
  /// Removes a user from a topic on this worker; the topic's owner has forgotten it already.
  func evict(_ removal: Removal, on worker: isolated Worker) {
    let (topic, connections) = (removal.topic, removal.connections)
    for subscription in fanout.subscriptions(in: topic)
    where subscription.who.id == removal.user {
      let connection = subscription.connection
      guard connections?.contains(connection.number) ?? true else { continue }
      fanout.release(subscription)
      // A subscription that is still being set up detects the removal, and tells the topic's owner.
      guard subscription.hasArrived else { continue }
      mailbox.post(.uncount(topic, worker: context.index), on: worker)
      if let session = connection.hub, session.topics[topic] === subscription {
        session.topics[topic] = nil
        tell(connection, on: worker) {
          ServerFrame.unsubscribed(re: nil, topic: topic, reason: "removed", into: &$0)
        }
      }
      if let dialect = connection.dialect, dialect.topics[topic] === subscription {
        dialect.topics[topic] = nil
      }
    }
  }
}
