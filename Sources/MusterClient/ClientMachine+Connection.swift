internal import JSON
internal import WebSocket

// Coming in, staying, being lost, ending.
extension ClientMachine {
  mutating func connect(_ now: Int64) {
    switch phase {
    case .idle, .waiting: break
    case .askingToken, .opening, .greeting, .live, .stopped: return
    }
    phase = .askingToken
    goodbye = nil
    emit(.report(.connecting))
    emit(.askToken(expired: isExpired))
  }

  mutating func tokenReady(_ outcome: Result<String?, MusterError>, _ now: Int64) {
    guard phase == .askingToken else { return }
    switch outcome {
    case .success(let token):
      self.token = token
      isExpired = false
      phase = .opening(until: now + ClientMachine.patience)
      emit(.open)
    case .failure: lost(.abnormal, isOursAlone: true, now)
    }
  }

  /// The upgrade was answered.
  mutating func opened(_ now: Int64) {
    guard case .opening(let until) = phase else { return }
    phase = .greeting(until: until)
    pulse = Pulse(now: now)
    var data: JSONObject = ["client": .string(client), "session": .string(session)]
    if let token { data["token"] = .string(token) }
    request(.hello, ["type": "hello", "data": .object(data)], now)
  }

  mutating func welcomed(_ frame: JSONValue, _ now: Int64) {
    guard case .greeting = phase else { return }
    let data = frame["data"] ?? .null
    welcome = data
    session = data["session"]?.string ?? session
    pulse.ping = Int64(max(data["ping_ms"]?.int ?? 10_000, 1000))
    pulse.timeout = Int64(max(data["timeout_ms"]?.int ?? 60_000, 2000))
    phase = .live(since: now)
    emit(.report(.live))
    for topic in topics.keys.sorted() { start(topic, now) }
    for topic in outbox.topics.sorted() { flush(topic, now) }
  }

  /// The transport has ended by itself.
  mutating func ended(_ code: CloseCode, _ now: Int64) {
    switch phase {
    case .opening: lost(code, isOursAlone: true, now)
    case .greeting, .live: lost(code, isOursAlone: false, now)
    case .idle, .askingToken, .waiting, .stopped: return
    }
  }

  /// Ends the transport and decides when to come back.
  mutating func lost(_ code: CloseCode, isOursAlone: Bool, _ now: Int64) {
    let said = goodbye?["code"]?.int.flatMap(UInt16.init(exactly:)).map(CloseCode.init)
    let code = said ?? code
    if code == .tokenExpired { isExpired = true }
    var wasLive = false
    if case .live(let since) = phase {
      wasLive = true
      if now - since > ClientMachine.steady { backoff.reset() }
    }
    forgetConnection()
    let window = goodbye?["window_ms"]?.int ?? welcome?["reconnect_window_ms"]?.int
    let verdict = backoff.lost(
      .init(code: code, wasLive: wasLive, isOursAlone: isOursAlone && said == nil),
      window: window)
    if goodbye?["reconnect"]?.bool == false { return stop(code) }
    switch verdict {
    case .stop: stop(code)
    case .wait(let milliseconds):
      phase = .waiting(until: now + Int64(milliseconds))
      emit(.report(.waiting(milliseconds: milliseconds)))
    }
  }

  /// Not with code 1000: the server would take that for a farewell and end our presence at once.
  mutating func giveUp(_ now: Int64) {
    emit(.close(CloseCode(rawValue: 3000)))
    lost(.abnormal, isOursAlone: true, now)
  }

  private mutating func stop(_ code: CloseCode) {
    let words = goodbye?["reason"]?.string ?? code.name ?? "closed"
    stop(MusterError(code: Int(code.rawValue), reason: words))
  }

  private mutating func stop(_ error: MusterError) {
    phase = .stopped(error)
    for id in outbox.removeAll() { emit(.published(id, .failure(error))) }
    emit(.report(.stopped(error)))
    for topic in topics.keys.sorted() { emit(.fallSilent(topic)) }
    topics = [:]
  }

  /// State of one connection.
  private mutating func forgetConnection() {
    for (number, purpose) in requests.sorted(by: { $0.key < $1.key }) where purpose == .caller {
      emit(.answered(number, .failure(.disconnected)))
    }
    requests = [:]
    outbox.rewind()
    for topic in topics.keys.sorted() {
      if topics[topic]?.phase == .live && !pulse.isStale { emit(.tell(topic, .stale)) }
      topics[topic]?.disconnect()
    }
  }

  /// Says goodbye; nothing is tried again.
  mutating func close(_ now: Int64) {
    if case .stopped = phase { return }
    if isLive { send(["type": "bye"], now) }
    emit(.close(.normal))
    forgetConnection()
    stop(.closed)
  }
}

// Time.
extension ClientMachine {
  /// When `tick` has to be called, if nothing happens before.
  var nextDeadline: Int64? {
    let pauses = topics.values.compactMap { topic -> Int64? in
      if case .pausing(let until) = topic.phase { until } else { nil }
    }
    return switch phase {
    case .idle, .askingToken, .stopped: nil
    case .opening(let until), .greeting(let until), .waiting(let until): until
    case .live: (pauses + [pulse.nextDeadline, outbox.nextDeadline ?? .max]).min()
    }
  }

  mutating func tick(_ now: Int64) {
    switch phase {
    case .idle, .askingToken, .stopped: return
    case .opening(let until), .greeting(let until):
      if now >= until { giveUp(now) }
    case .waiting(let until):
      if now >= until { connect(now) }
    case .live:
      beat(now)
      guard isLive else { return }
      for topic in outbox.release(at: now).sorted() { flush(topic, now) }
      for (topic, state) in topics.sorted(by: { $0.key < $1.key }) {
        if case .pausing(let until) = state.phase, now >= until { start(topic, now) }
      }
    }
  }

  private mutating func beat(_ now: Int64) {
    while let beat = pulse.beat(at: now) {
      switch beat {
      case .ping: send(["type": "ping", "ts": .int(now)], now)
      case .stale: tellLive(.stale)
      case .lost: return giveUp(now)
      }
    }
  }

  mutating func tellLive(_ news: TopicNews) {
    for topic in topics.keys.sorted() where topics[topic]?.phase == .live {
      emit(.tell(topic, news))
    }
  }
}
