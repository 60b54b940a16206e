internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginKit

// Messages between workers.
extension Worker {
  /// Sends a message at the end of the turn; one to ourselves is handled at once.
  func post(_ message: WorkerMessage, to worker: Int) {
    if worker == index { handle(message) } else { mailbox.post(message, to: worker) }
  }

  /// Asks a topic's owner to do something.
  func post(_ request: TopicRequest) { post(.request(request), to: owner(of: request.topic)) }

  /// Handles what the neighbours have sent, in the order of each.
  func readMessages() {
    for message in mailbox.takeReceived() { handle(message) }
  }

  /// Ends a publish of the gateway once the neighbours have its event, so that the caller's next
  /// step cannot overtake the event on its way to a subscriber.
  func endAtEndOfTurn(_ publish: UInt64, _ outcome: PublishReply.Outcome) {
    endedPublishes.append((publish, outcome))
  }

  /// Ends the publishes of this turn, whose events are delivered.
  func endPublishes() {
    guard !endedPublishes.isEmpty else { return }
    for (publish, outcome) in endedPublishes { house.publishes.end(publish, outcome) }
    endedPublishes.removeAll(keepingCapacity: true)
  }

  private func handle(_ message: WorkerMessage) {
    switch message {
    case .request(let request): topicHomes.handle(request, on: self)
    case .reply(let reply): tell(reply)
    case .event(let publication): fanout.deliver(publication, on: self)
    case .presence(let update): fanout.deliver(update, on: self)
    case .removal(let removal): evict(removal)
    case .webhook(let report): take(report)
    }
  }

  /// The worker that alone numbers a topic's events and knows its members.
  nonisolated func owner(of topic: TopicName) -> Int {
    topic.owner(among: house.workerCount)
  }
}

// Questions of other workers and of the gateway about the topics that this worker owns.
extension Worker {
  /// Lets a connection in. From the moment this returns, every event reaches its worker.
  func subscribe(_ request: SubscribeRequest) async throws -> SubscribeReply {
    try await topicHomes.subscribe(request, on: self)
  }

  /// Nil where nobody is shown.
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

  /// Takes in the users who were in a topic of this worker before the server was started. They
  /// have `time` milliseconds to come back.
  func expect(_ members: [(MemberStore.Place, MemberStore.Row)], within time: Int64) {
    topicHomes.expect(members, within: time, on: self)
  }

  /// Waits until the store knows of all members, but not for a store that does not answer.
  func finishMembers() async { await topicHomes.finishMembers(on: self) }

  /// Sends the events that wait for others of their topic, before all clients are sent away.
  func sendAllGathered() {
    readMessages()
    topicHomes.sendGathered(on: self)
  }
}

extension Worker {
  /// Milliseconds by which presence is reckoned: no user leaves because the clock of the machine
  /// is set.
  var steadyTime: Int64 { Int64(loop.now / 1_000_000) }

  var moment: Moment { Moment(steady: steadyTime, wall: loop.unixMilliseconds) }

  /// The rules for a topic, nil if no plugin owns it.
  nonisolated func rules(for topic: TopicName) -> TopicRules? { house.topics.value(for: topic) }
}
