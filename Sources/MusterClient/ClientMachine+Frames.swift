internal import JSON
internal import WebSocket

// Frames from the server.
extension ClientMachine {
  mutating func received(_ frame: JSONValue, _ now: Int64) {
    switch phase {
    case .greeting, .live: break
    case .idle, .askingToken, .opening, .waiting, .stopped: return
    }
    if pulse.heard(at: now) { tellLive(.live(recovered: true)) }
    let topic = frame["topic"]?.string ?? ""
    switch frame["type"]?.string {
    case "ping": send(["type": "pong", "data": ["t": frame["ts"] ?? .null]], now)
    case "goodbye": goodbye = frame["data"]
    case "event":
      if let news = topics[topic]?.event(frame) { emit(.tell(topic, news)) }
    case "events":
      for event in frame["data"]?["events"]?.array ?? [] {
        if let news = topics[topic]?.event(event) { emit(.tell(topic, news)) }
      }
    case "presence" where frame["re"] == nil: presenceChanged(topic, frame, now)
    case "unsubscribed" where frame["re"] == nil:
      removed(topic, frame["data"]?["reason"]?.string ?? "removed")
    case "ack": acknowledged(frame, now)
    case "error": refused(frame, now)
    default: answered(frame, now)
    }
  }

  private mutating func answered(_ frame: JSONValue, _ now: Int64) {
    guard let number = frame["re"]?.int, let purpose = requests.removeValue(forKey: number) else {
      return
    }
    switch purpose {
    case .hello: welcomed(frame, now)
    case .subscribe(let topic): started(topic, frame, now)
    case .unsubscribe: break
    case .list(let topic): listed(topic, frame, now)
    case .caller: emit(.answered(number, .success(frame)))
    }
  }

  private mutating func acknowledged(_ frame: JSONValue, _ now: Int64) {
    guard let id = frame["re"]?.string else { return answered(frame, now) }
    guard outbox.remove(id) else { return }
    let position = TopicPosition(
      offset: frame["offset"]?.unsigned ?? 0, epoch: frame["epoch"]?.string ?? "")
    emit(.published(id, .success(position)))
  }

  private mutating func refused(_ frame: JSONValue, _ now: Int64) {
    let error = MusterError(frame["data"] ?? .null)
    if error.code == 109 { isExpired = true }
    if let id = frame["re"]?.string { return publishRefused(id, error, now) }
    guard let number = frame["re"]?.int, let purpose = requests.removeValue(forKey: number) else {
      return
    }
    switch purpose {
    case .hello: helloRefused(error, now)
    case .subscribe(let topic): topicRefused(topic, error, now)
    case .unsubscribe: break
    case .list(let topic): topics[topic]?.listFailed()
    case .caller: emit(.answered(number, .failure(error)))
    }
  }

  private mutating func publishRefused(_ id: String, _ error: MusterError, _ now: Int64) {
    if error.isTemporary && outbox.contains(id) {
      return outbox.hold(
        id, retryAfter: error.retryAfterMilliseconds, now: now, random: backoff.random)
    }
    if outbox.remove(id) { emit(.published(id, .failure(error))) }
  }

  /// A token that is too old may be followed by a better one; any other refusal is final.
  private mutating func helloRefused(_ error: MusterError, _ now: Int64) {
    emit(.close(.init(rawValue: 3000)))
    let mayReturn = error.isTemporary || error.code == 109
    lost(mayReturn ? .tokenExpired : .unauthorized, isOursAlone: false, now)
  }
}

extension MusterError {
  /// `data` of an error frame.
  init(_ data: JSONValue) {
    self.init(
      code: data["code"]?.int ?? 0, reason: data["reason"]?.string ?? "error",
      message: data["msg"]?.string ?? "", isTemporary: data["temporary"]?.bool == true,
      retryAfterMilliseconds: data["retry_after_ms"]?.int)
  }
}
