internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import Loop
internal import WebSocket

// The end of a conversation in frames, and its heartbeat.
extension Worker {
  /// Does what the close handshake asks for.
  func perform(
    _ action: CloseHandshake.Action, _ connection: Connection, _ link: WebSocketLink,
    reason: String, _ desk: inout Desk
  ) {
    switch action {
    case .nothing: return
    case .end: part(connection)
    case .sendClose(let code):
      desk.frames.appendClose(code, reason: reason, to: &desk.cork)
      setTimer(connection, seconds: limits.closeSeconds)
    case .sendCloseThenEnd(let code):
      if connection.outbox.isEmpty {
        desk.frames.appendClose(code, reason: reason, to: &desk.cork)
      } else {
        queueClose(code, reason, connection)
      }
      part(connection)
    }
  }

  /// Closes from our side, behind everything that is queued, and gives the peer a while to answer.
  func close(_ connection: Connection, _ code: CloseCode, reason: String? = nil) {
    guard let link = connection.link else { return part(connection) }
    guard case .sendClose(let code) = link.closing.close(code) else { return }
    closings[code, default: 0] += 1
    queueClose(code, reason ?? code.name ?? "", connection)
    setTimer(connection, seconds: limits.closeSeconds)
  }

  func queueClose(_ code: CloseCode, _ reason: String, _ connection: Connection) {
    var encoder = FrameEncoder(role: .server)
    var frame = ByteBuffer(capacity: 128)
    encoder.appendClose(code, reason: reason, to: &frame)
    guard !connection.isParting else { return }
    connection.outbox.appendLast([UInt8](frame))
    mark(connection)
  }

  /// How a conversation ended, for the presence of whoever spoke.
  func ending(of link: WebSocketLink, _ how: Ending) -> Ending {
    guard how == .ended, case .closed = link.closing.state, let code = link.closing.outcome else {
      return how
    }
    return .closedByPeer(code.rawValue)
  }
}

extension Worker {
  /// Looks at how long a connection has been silent: pings it, calls it unstable, or gives it up.
  func beat(_ connection: Connection, _ link: WebSocketLink) {
    if case .waiting = link.closing.state {
      // The peer has not answered our close frame in time.
      if link.closing.deadlinePassed() == .end { drop(connection, .ended) }
      return
    }
    // Reading is paused while an earlier request is pending, so the silence is not the peer's.
    if !connection.isReading { connection.lastHeard = now }
    let actions = link.heartbeat.look(silence: silence(of: connection), marks(of: connection))
    if actions.contains(.giveUp) {
      counters.heartbeatClosed.add(1)
      closings[.noHeartbeat, default: 0] += 1
      queueClose(.noHeartbeat, "nothing heard", connection)
      link.closing.transportEnded()
      return part(connection)
    }
    if isStalled(connection) { return closeSlow(connection) }
    if isMessageLate(link) {
      return close(connection, .policyViolation, reason: "the message took too long to arrive")
    }
    if actions.contains(.ping) { probe(connection, link) }
    if actions.contains(.showUnstable) { turnUnstable(connection, link) }
    setTimer(connection, milliseconds: nextBeat(connection, link))
  }

  func silence(of connection: Connection) -> Int64 {
    Int64((now &- connection.lastHeard) / 1_000_000)
  }

  /// Milliseconds until this connection has to be looked at again.
  func nextBeat(_ connection: Connection, _ link: WebSocketLink) -> Int64 {
    let beat = link.heartbeat.nextLook(silence: silence(of: connection), marks(of: connection))
    // Whether a peer reads is seen only by looking: nothing happens while it does not.
    return inStep(connection.isWaitingToWrite ? min(beat, 1_000) : beat)
  }

  /// A little later than in `milliseconds`: four times a second many connections are looked at
  /// together. Their pings then go to the kernel together, their answers come back together, and
  /// in between the machine sleeps.
  private func inStep(_ milliseconds: Int64) -> Int64 {
    let step: Int64 = 250
    let present = Int64(now / 1_000_000)
    return (present + milliseconds + step - 1) / step * step - present
  }

  /// The kernel has taken only a part of what a connection is owed: from now on it is looked at
  /// more often.
  func watchStall(_ connection: Connection) {
    connection.stalledSince = now
    guard let link = connection.link, link.closing.takesMessages else { return }
    setTimer(connection, milliseconds: nextBeat(connection, link))
  }

  /// Whether the peer has not read what it is owed for longer than is allowed, be it that it
  /// waits here, be it that it is encrypted already.
  private func isStalled(_ connection: Connection) -> Bool {
    guard connection.isWaitingToWrite else { return false }
    let bounds = limits.outbox
    return connection.outbox.verdict(at: now, limits: bounds) == .close
      || now &- connection.stalledSince > bounds.mostNanoseconds
  }

  private func marks(of connection: Connection) -> Heartbeat.Marks {
    Heartbeat.Marks(heartbeat, seed: connection.token)
  }

  private func probe(_ connection: Connection, _ link: WebSocketLink) {
    var frame = ByteBuffer(capacity: 64)
    var encoder = FrameEncoder(role: .server)
    switch link.speaker {
    case .echo, .dialect:
      encoder.append(.ping, text: "", to: &frame)
    case .hub:
      var json = ByteBuffer(capacity: 48)
      ServerFrame.ping(ts: loop.unixMilliseconds, into: &json)
      encoder.append(.text, json.bytes, to: &frame)
    }
    guard !connection.isParting else { return }
    connection.outbox.appendUrgent([UInt8](frame))
    mark(connection)
  }
}
