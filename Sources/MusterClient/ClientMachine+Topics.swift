internal import JSON

// Topics, and what is published in them.
extension ClientMachine {
  /// False if it is followed already, or nothing can be followed any more.
  mutating func subscribe(
    _ topic: String, presence: Bool, from position: TopicPosition?, _ now: Int64
  ) -> Bool {
    if case .stopped = phase { return false }
    guard topics[topic] == nil else { return false }
    topics[topic] = TopicState(wantsPresence: presence, from: position)
    if isLive { start(topic, now) }
    return true
  }

  mutating func unsubscribe(_ topic: String, _ now: Int64) {
    guard let state = topics.removeValue(forKey: topic) else { return }
    for id in outbox.removeAll(in: topic) { emit(.published(id, .failure(.unsubscribed))) }
    emit(.fallSilent(topic))
    guard isLive else { return }
    switch state.phase {
    case .asking, .live:
      // Answers that are still on their way are for nobody, even if the topic is followed again.
      requests = requests.filter { $0.value != .subscribe(topic) && $0.value != .list(topic) }
      // With a number, so that the answer is not taken for being put out of the topic.
      request(.unsubscribe, ["type": "unsubscribe", "topic": .string(topic)], now)
    case .absent, .pausing, .refused: return
    }
  }

  /// Asks for the topic, from the last known position if there is one.
  mutating func start(_ topic: String, _ now: Int64) {
    guard let state = topics[topic] else { return }
    topics[topic]?.phase = .asking
    request(
      .subscribe(topic), ["type": "subscribe", "topic": .string(topic), "data": state.wish], now)
  }

  mutating func started(_ topic: String, _ frame: JSONValue, _ now: Int64) {
    guard let (news, next) = topics[topic]?.started(frame) else { return }
    for item in news { emit(.tell(topic, item)) }
    if let next { askForList(topic, ["after": .int(Int64(next))], now) }
    flush(topic, now)
  }

  mutating func topicRefused(_ topic: String, _ error: MusterError, _ now: Int64) {
    guard topics[topic] != nil else { return }
    if error.code == 112 {
      topics[topic]?.forgetPosition()
      return start(topic, now)
    }
    emit(.tell(topic, .refused(error)))
    if error.isTemporary {
      let pause = error.retryAfterMilliseconds ?? 1000 + backoff.random(4000)
      topics[topic]?.phase = .pausing(until: now + Int64(pause))
      return
    }
    topics[topic]?.phase = .refused(error)
    for id in outbox.removeAll(in: topic) { emit(.published(id, .failure(error))) }
  }

  /// The server took us out of the topic; coming back is for the program to decide.
  mutating func removed(_ topic: String, _ reason: String) {
    guard topics.removeValue(forKey: topic) != nil else { return }
    let error = MusterError(reason: reason)
    for id in outbox.removeAll(in: topic) { emit(.published(id, .failure(error))) }
    emit(.tell(topic, .refused(error)))
    emit(.fallSilent(topic))
  }

  mutating func presenceChanged(_ topic: String, _ frame: JSONValue, _ now: Int64) {
    guard let data = frame["data"], let revision = frame["rev"]?.unsigned,
      let (news, isGap) = topics[topic]?.diff(data, revision: revision)
    else { return }
    if let news { emit(.tell(topic, news)) }
    if isGap { askForList(topic, [:], now) }
  }

  mutating func listed(_ topic: String, _ frame: JSONValue, _ now: Int64) {
    guard let data = frame["data"], let revision = frame["rev"]?.unsigned,
      let (news, next) = topics[topic]?.whole(data, revision: revision)
    else { return }
    for item in news { emit(.tell(topic, item)) }
    if let next { askForList(topic, ["after": .int(Int64(next))], now) }
  }

  private mutating func askForList(_ topic: String, _ wish: JSONValue, _ now: Int64) {
    request(.list(topic), ["type": "presence", "topic": .string(topic), "data": wish], now)
  }

  mutating func publish(_ id: String, _ topic: String, _ data: JSONValue, _ now: Int64) {
    if let error = refusal(id, topic, data) {
      return emit(.published(id, .failure(error)))
    }
    outbox.append(id, topic, data)
    flush(topic, now)
  }

  private func refusal(_ id: String, _ topic: String, _ data: JSONValue) -> MusterError? {
    if case .stopped(let error) = phase { return error }
    if case .refused(let error) = topics[topic]?.phase { return error }
    if outbox.isFull { return .queueFull }
    let frame = Outbox.Entry(id: id, topic: topic, data: data).frame
    let most = welcome?["max_message"]?.int ?? 65_536
    return most > 0 && frame.encoded().count > most ? .tooLarge : nil
  }

  /// Sends what waits for this topic, in order; a topic that is followed must be there first.
  mutating func flush(_ topic: String, _ now: Int64) {
    guard isLive, topics[topic].map({ $0.phase == .live }) ?? true else { return }
    let (frames, tooOld) = outbox.flush(topic, now: now)
    for id in tooOld { emit(.published(id, .failure(.outcomeUnknown))) }
    for frame in frames { send(frame, now) }
  }

  /// Asks something for the program; nil, with nothing sent, when there is no connection.
  mutating func ask(_ frame: JSONObject, _ now: Int64) -> Int? {
    isLive ? request(.caller, frame, now) : nil
  }
}
