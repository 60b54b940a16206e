internal import Bytes
internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginKit
internal import WebSocket

// Questions of other workers about the topics that this worker owns.
extension Worker: TopicOwner {
  func subscribe(_ request: SubscribeRequest) async throws -> SubscribeReply {
    try await topicHomes.subscribe(request, on: self)
  }

  func presence(
    of topic: TopicName, _ wish: ClientCommand.PresenceRequest
  ) -> PresencePage? {
    topicHomes.presence(of: topic, wish, on: self)
  }

  func history(
    of topic: TopicName, before offset: UInt64?, limit: Int
  ) async throws -> HistoryReply {
    try await topicHomes.history(of: topic, before: offset, limit: limit, on: self)
  }
}

// Requests of the gateway, for plugins.
extension Worker {
  /// Publishes for a caller on any thread.
  nonisolated func publish(_ request: PublishRequest) {
    if loop.isCurrent {
      assumeIsolated { $0.topicHomes.publish(request, on: $0) }
    } else {
      inbox.receive([.request(.publish(request))])
    }
  }

  /// Deletes the history of a topic up to now. Throws `TopicRefusal` and `StoreError`.
  func forgetHistory(of topic: TopicName) async throws {
    try await topicHomes.forgetHistory(of: topic, on: self)
  }

  /// Sends one event to the connections of one user in a topic.
  func deliverDirectly(_ event: Event, to user: String, in topic: TopicName) {
    fanout.deliverDirectly(event, to: user, in: topic, on: self)
  }

  func isOpen(_ topic: TopicName) -> Bool { topicHomes.isOpen(topic) }

  func members(of topic: TopicName) -> [Member] { topicHomes.members(of: topic, on: self) }

  func population(of topic: TopicName) -> Int { topicHomes.population(of: topic) }

  /// Removes a user from a topic, wherever its connections are.
  func remove(_ user: String, from topic: TopicName) -> Bool {
    topicHomes.remove(user, from: topic, on: self)
  }

  func disconnect(_ user: String, _ reason: DisconnectReason) -> Int {
    sessions.disconnect(user, reason, on: self)
  }
}

// Requests of dialects.
extension Worker: DialectHost {
  func sendText(_ text: [UInt8], to address: DialectLine.Address) {
    dialects.sendText(text, to: address, on: self)
  }

  func subscribeLine(
    _ address: DialectLine.Address, _ topic: Topic, as who: Identity
  ) async throws {
    try await dialects.subscribe(address, topic, as: who, on: self)
  }

  func unsubscribeLine(_ address: DialectLine.Address, _ topic: Topic) {
    dialects.unsubscribe(address, topic, on: self)
  }

  func chargePublish(_ address: DialectLine.Address) -> Bool { dialects.chargePublish(address) }

  func closeLine(_ address: DialectLine.Address, code: UInt16, reason: String) {
    dialects.close(address, code: code, reason: reason, on: self)
  }
}

// Requests of the server.
extension Worker {
  func revoke(user: String, _ reason: DisconnectReason) {
    sessions.revoke(user: user, reason, on: self)
  }

  func revoke(tokens: Set<[UInt8]>, _ code: CloseCode) {
    sessions.revoke(tokens: tokens, code, on: self)
  }

  func tokensInUse() -> Set<[UInt8]> { sessions.tokensInUse() }

  func topicSummaries(_ query: ListQuery) -> [TopicSummary] {
    topicHomes.summaries(limit: query.limit) { query.finds($0.description) }
  }

  func sessionSummaries(_ query: ListQuery) -> [SessionSummary] { sessions.summaries(query) }

  /// Takes in the users who were in a topic of this worker before the server was started. They
  /// have `time` milliseconds to come back.
  func expect(_ members: [(MemberStore.Place, MemberStore.Row)], within time: Int64) {
    topicHomes.expect(members, within: time, on: self)
  }

  /// Waits until the store knows of all members, but not for a store that does not answer.
  func finishMembers() async { await topicHomes.finishMembers(on: self) }

  /// Begins with webhooks; what the receiver believes to be there and is not goes after `time`
  /// milliseconds.
  func openWebhooks(_ rules: WebhookRules, within time: Int64) async throws {
    let outbox = WebhookLog(store: shared.topics.eventStore.store)
    let sender = WebhookSender(context, shared.webhooks, rules, outbox)
    try await sender.open(within: time, on: self)
    webhooks = sender
  }

  /// Puts an event of a plugin into the outbox.
  func notify(_ event: Event, about subject: String) async throws {
    try await webhooks?.notify(event, about: subject, on: self)
  }

  /// Waits until everything is in the outbox, but not for a store that does not answer.
  func finishWebhooks() async { await webhooks?.finish(on: self) }

  /// Keeps the previous process's reconnect window in force until its clients have returned or
  /// timed out, even across another crash.
  func inherit(_ window: Int, for time: Int64) {
    shared.window.inherit(window)
    loop.schedule(after: .milliseconds(time)) { [unowned self] in shared.window.inherit(0) }
  }
}

// Draining.
extension Worker {
  private static var batch: Int { 250 }

  /// Sends the events that wait for others of their topic, before all clients are sent away.
  func sendAllGathered() {
    mailbox.handleReceived(on: self)
    topicHomes.sendGathered(on: self)
  }

  func sayGoodbye(window: Int) async {
    context.isDraining = true
    mailbox.handleReceived(on: self)
    fanout.flush(on: self)
    // The first request of a new connection is still answered: its client would not repeat it.
    leaving = transport.all.filter { !$0.awaitsFirstRequest }.map(\.token)
    for (number, token) in leaving.enumerated() {
      if let connection = transport[token] { sayGoodbye(connection, window: window) }
      if number % Worker.batch == Worker.batch - 1 {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func sayGoodbye(_ connection: Connection, window: Int) {
    if let link = connection.link {
      sessions.sayGoodbye(connection, link, window: window, on: self)
    } else if let conversation = connection.http {
      http.drain(connection, conversation, on: self)
    }
  }

  /// Is no connection here any more that was told goodbye?
  func hasSeenOff() -> Bool {
    leaving.removeAll { transport[$0] == nil }
    return leaving.isEmpty
  }
}

// Statistics.
extension Worker {
  func statistics() -> WorkerStatistics {
    WorkerStatistics(
      connections: transport.count, webSockets: webSockets.count,
      users: Set(sessions.users.keys), topics: topicHomes.count,
      subscriptions: fanout.subscriptionCount, followedTopics: fanout.topicCount,
      counters: context.counters.all.merging(told) { first, _ in first })
  }

  /// Errors and closes by their codes, under names with labels.
  private var told: [String: Int] {
    var told: [String: Int] = [:]
    for error in ClientError.allCases {
      told["client_errors_total{code=\"\(error.rawValue)\",reason=\"\(error.reason)\"}"] =
        sessions.errors[error] ?? 0
    }
    for (code, count) in webSockets.closings {
      told["closes_total{code=\"\(code.rawValue)\",reason=\"\(code.name ?? "")\"}"] = count
    }
    return told
  }

  /// The bytes that wait here for clients to read them, and the events that slow clients were not
  /// sent. Walks through all connections: for collectors only.
  func queues() -> (bytes: Int, dropped: Int) {
    var sum = (bytes: 0, dropped: context.counters.dropped.current)
    // Those whose conversation has ended are counted by then.
    for connection in transport.all where connection.ending == nil {
      sum.bytes += connection.sendQueue.bytes + connection.unsent.count
      sum.dropped += connection.sendQueue.dropped
    }
    return sum
  }
}
