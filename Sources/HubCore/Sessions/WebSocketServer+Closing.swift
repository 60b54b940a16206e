internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginKit
internal import Primitives
internal import WebSocket

// The end of a conversation in frames, and its heartbeat.
extension WebSocketServer {
  /// Does what the close handshake asks for.
  func perform(
    _ action: CloseHandshake.Action, _ connection: Connection, _ link: WebSocketLink,
    reason: String, _ buffers: inout IOBuffers, on worker: isolated Worker
  ) {
    switch action {
    case .nothing: return
    case .end: transport.part(connection, on: worker)
    case .sendClose(let code):
      buffers.frames.appendClose(code, reason: reason, to: &buffers.plaintextOut)
      transport.setTimer(connection, seconds: context.limits.closeSeconds)
    case .sendCloseThenEnd(let code):
      if connection.sendQueue.isEmpty {
        buffers.frames.appendClose(code, reason: reason, to: &buffers.plaintextOut)
      } else {
        queueClose(code, reason, connection)
      }
      transport.part(connection, on: worker)
    }
  }

  /// Closes from our side, behind everything that is queued, and gives the peer a while to answer.
  func close(
    _ connection: Connection, _ code: CloseCode, reason: String? = nil, on worker: isolated Worker
  ) {
    guard let link = connection.link else { return transport.part(connection, on: worker) }
    guard case .sendClose(let code) = link.closing.close(code) else { return }
    closings[code, default: 0] += 1
    queueClose(code, reason ?? code.name ?? "", connection)
    transport.setTimer(connection, seconds: context.limits.closeSeconds)
  }

  /// A client that does not read what it is owed costs memory: it comes back and recovers.
  func closeSlow(_ connection: Connection, on worker: isolated Worker) {
    context.counters.slowClosed.add(1)
    connection.sendQueue.removeAll()
    close(connection, .slowConsumer, on: worker)
  }

  func queueClose(_ code: CloseCode, _ reason: String, _ connection: Connection) {
    var encoder = FrameEncoder(role: .server)
    var frame = ByteBuffer(capacity: 128)
    encoder.appendClose(code, reason: reason, to: &frame)
    transport.enqueueLast([UInt8](frame), to: connection)
  }
}

// The heartbeat.
extension WebSocketServer {
  /// Looks at how long a connection has been silent: pings it, calls it unstable, or gives it up.
  func heartbeat(_ connection: Connection, _ link: WebSocketLink, on worker: isolated Worker) {
    if case .waiting = link.closing.state {
      // The peer has not answered our close frame in time.
      if link.closing.deadlinePassed() == .end { transport.drop(connection, .ended, on: worker) }
      return
    }
    // Reading is paused while an earlier request is pending, so the silence is not the peer's.
    if !connection.isReading { connection.lastHeard = context.now }
    let actions = link.heartbeat.look(silence: silence(of: connection), marks(of: connection))
    if actions.contains(.giveUp) {
      context.counters.heartbeatClosed.add(1)
      closings[.noHeartbeat, default: 0] += 1
      queueClose(.noHeartbeat, "nothing heard", connection)
      link.closing.transportEnded()
      return transport.part(connection, on: worker)
    }
    if isStalled(connection) { return closeSlow(connection, on: worker) }
    if isMessageLate(link) {
      return close(
        connection, .policyViolation, reason: "the message took too long to arrive", on: worker)
    }
    if actions.contains(.ping) { probe(connection, link) }
    if actions.contains(.showUnstable) { turnUnstable(connection, link, on: worker) }
    transport.setTimer(connection, milliseconds: nextBeat(connection, link))
  }

  func silence(of connection: Connection) -> Int64 {
    Int64((context.now &- connection.lastHeard) / 1_000_000)
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
    let present = Int64(context.now / 1_000_000)
    return (present + milliseconds + step - 1) / step * step - present
  }

  /// The kernel has taken only a part of what a connection is owed: from now on it is looked at
  /// more often.
  func watchStall(_ connection: Connection) {
    guard let link = connection.link, link.closing.takesMessages else { return }
    transport.setTimer(connection, milliseconds: nextBeat(connection, link))
  }

  /// Whether the peer has not read what it is owed for longer than is allowed, be it that it
  /// waits here, be it that it is encrypted already.
  private func isStalled(_ connection: Connection) -> Bool {
    guard connection.isWaitingToWrite else { return false }
    let bounds = context.limits.sendQueue
    return connection.sendQueue.verdict(at: context.now, limits: bounds) == .close
      || context.now &- connection.stalledSince > bounds.mostNanoseconds
  }

  private func marks(of connection: Connection) -> Heartbeat.Marks {
    Heartbeat.Marks(context.heartbeat, seed: connection.token)
  }

  private func probe(_ connection: Connection, _ link: WebSocketLink) {
    var frame = ByteBuffer(capacity: 64)
    var encoder = FrameEncoder(role: .server)
    switch link.speaker {
    case .echo, .dialect:
      encoder.append(.ping, text: "", to: &frame)
    case .hub:
      var json = ByteBuffer(capacity: 48)
      ServerFrame.ping(ts: context.loop.unixMilliseconds, into: &json)
      encoder.append(.text, json.bytes, to: &frame)
    }
    guard !connection.isParting else { return }
    connection.sendQueue.appendUrgent([UInt8](frame))
    transport.mark(connection)
  }

  func lastByte(of connection: Connection) -> Int64 {
    context.steadyTime - silence(of: connection)
  }

  /// Nothing was heard for longer than a ping takes: the others are shown that.
  func turnUnstable(_ connection: Connection, _ link: WebSocketLink, on worker: isolated Worker) {
    tellSilence(connection, link, silentSince: lastByte(of: connection), on: worker)
  }

  func turnStable(_ connection: Connection, _ link: WebSocketLink, on worker: isolated Worker) {
    transport.setTimer(connection, milliseconds: nextBeat(connection, link))
    tellSilence(connection, link, silentSince: nil, on: worker)
  }

  private func tellSilence(
    _ connection: Connection, _ link: WebSocketLink, silentSince: Int64?, on worker: isolated Worker
  ) {
    let number = connection.number
    for (topic, subscription) in link.topics where subscription.topic.rules.presence {
      mailbox.post(.silence(topic, number, lastByte: silentSince), on: worker)
    }
  }
}

// The memory for messages that are not whole.
extension WebSocketServer {
  /// Charges what a link holds to the budget of all; without room the connection is closed.
  @inline(__always) func chargeInput(
    _ connection: Connection, _ link: WebSocketLink, on worker: isolated Worker
  ) {
    let holds = link.early.capacity + link.assembler.memory + connection.encryptedInput
    guard holds != connection.heldInput else { return }
    if !transport.charge(holds, to: connection, isBounded: true) {
      refuseInput(connection, link, on: worker)
    }
  }

  private func refuseInput(
    _ connection: Connection, _ link: WebSocketLink, on worker: isolated Worker
  ) {
    context.counters.refused.add(1)
    closings[.overloaded, default: 0] += 1
    queueClose(.overloaded, "too much input at once", connection)
    link.closing.transportEnded()
    transport.part(connection, on: worker)
  }

  /// Whether a message has not come whole within the time for a request.
  func isMessageLate(_ link: WebSocketLink) -> Bool {
    guard link.messageBegunAt > 0, context.limits.requestSeconds > 0 else { return false }
    return Int((context.now &- link.messageBegunAt) / 1_000_000_000) > context.limits.requestSeconds
  }

  /// Counts a frame of a client, whatever its protocol is.
  func sendsTooFast(_ pace: inout TokenBucket?) -> Bool {
    let rate = context.limits.framesPerSecond
    guard rate > 0 else { return false }
    var current = pace ?? TokenBucket(perSecond: rate, burst: rate * 5)
    defer { pace = current }
    return current.take(at: context.now) != nil
  }

  /// There is room for more messages of a client that was not heard for a while.
  func resumeReading(_ connection: Connection) {
    transport.startReading(connection)
    if let link = connection.link, !link.early.isEmpty { transport.resumeLater(connection) }
  }

  /// The bounds of a session's messages.
  var messageLimits: MessageLimits {
    let limits = context.limits
    return MessageLimits(
      message: limits.message > 0 ? limits.message : .max,
      inflated: limits.inflatedMessage > 0 ? limits.inflatedMessage : .max)
  }
}
