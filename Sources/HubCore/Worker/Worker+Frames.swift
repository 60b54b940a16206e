internal import Bytes
internal import Deflate
internal import HTTP
internal import HubTopics
internal import PluginKit
internal import WebSocket

// From HTTP to frames, and frames on their way in.
extension Worker {
  func upgrade(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ kind: Endpoint.SocketKind, _ desk: inout Desk
  ) {
    var handshake = ServerHandshake(
      origins: house.origins, isSecure: connection.door.isEncrypted)
    handshake.subprotocols = ["muster.v2"]
    handshake.allowsCompression = limits.offersCompression
    let judged = handshake.answer(
      method: "\(head.method.name)", isHTTP11: head.version == .http11,
      header: { name in head.headers.lines(of: name) })
    switch judged {
    case .refuse(let refusal):
      var response = Response.plain(refusal.status, refusal.reason)
      if refusal.namesVersion {
        response = response.with("Sec-WebSocket-Version", "13").with("Upgrade", "websocket")
      }
      answer(connection, exchange, head, response)
    case .accept where isDraining:
      answer(
        connection, exchange, head,
        Response.plain(503, "This server is going down.").with("Retry-After", "5"))
    case .accept(let agreed):
      open(connection, exchange, head, kind, agreed)
    }
  }

  /// Begins the conversation in frames; what the client sent ahead is its first bytes.
  func accept(
    _ connection: Connection, _ exchange: HTTPExchange, _ agreed: ServerHandshake.Acceptance,
    _ speaker: WebSocketLink.Speaker, messages: MessageLimits
  ) {
    counters.upgrades.add(1)
    var out = ByteBuffer(capacity: 256)
    agreed.append(to: &out)
    queue(out, to: connection)
    let link = WebSocketLink(
      assembler: MessageAssembler(
        role: .server, limits: messages, allowsCompression: agreed.compression != nil),
      speaker: speaker, compression: agreed.compression)
    connection.stage = .webSocket(link)
    webSockets += 1
    startReading(connection)
    setTimer(connection, milliseconds: nextBeat(connection, link))
    guard !exchange.input.isEmpty else { return }
    swap(&link.early, &exchange.input)
    answered.append(connection)
  }

  func takeFrames(_ connection: Connection, _ link: WebSocketLink, _ desk: inout Desk) {
    if link.heartbeat.heard() { turnStable(connection, link) }
    var position = 0
    do throws(WebSocketError) {
      while let incoming = try link.assembler.next(
        &desk.opened, at: &position, scratch: &desk.scratch)
      {
        counters.framesIn.add(1)
        // Control frames may stand between the fragments of a message.
        if !link.assembler.isInsideMessage { link.messageBegunAt = 0 }
        handle(incoming, connection, link, &desk)
        if connection.isParting { return }
        // It has sent more than can be dealt with now: what is left of it stays as it came.
        guard connection.isReading else {
          return link.early.append(desk.opened.bytes.extracting(position...))
        }
      }
      if link.messageBegunAt == 0, link.assembler.isInsideMessage { link.messageBegunAt = now }
    } catch {
      counters.badFrames.add(1)
      closings[error.closeCode, default: 0] += 1
      perform(link.closing.failed(error), connection, link, reason: error.reason, &desk)
    }
  }

  private func handle(
    _ incoming: Incoming, _ connection: Connection, _ link: WebSocketLink, _ desk: inout Desk
  ) {
    switch incoming.kind {
    case .text, .binary:
      guard link.closing.takesMessages else { return }
      switch link.speaker {
      case .echo: echo(incoming, connection, link, &desk)
      case .hub(let session):
        guard incoming.kind == .text else { return refuseBinary(connection, link, &desk) }
        receive(desk.scratch.payload(of: incoming, in: desk.opened.bytes), connection, session)
      case .dialect(let dialect):
        guard incoming.kind == .text else { return refuseBinary(connection, link, &desk) }
        receive(desk.scratch.payload(of: incoming, in: desk.opened.bytes), connection, dialect)
      }
    case .ping:
      desk.frames.append(.pong, of: incoming, desk.scratch, desk.opened, to: &desk.cork)
      relieve(connection, &desk)
    case .pong: return
    case .close(let code):
      perform(link.closing.received(code), connection, link, reason: "", &desk)
    }
  }

  private func refuseBinary(
    _ connection: Connection, _ link: WebSocketLink, _ desk: inout Desk
  ) {
    close(connection, .unsupportedData, reason: "text frames only")
  }

  private func echo(
    _ incoming: Incoming, _ connection: Connection, _ link: WebSocketLink, _ desk: inout Desk
  ) {
    let opcode: Opcode = incoming.kind == .text ? .text : .binary
    if let compression = link.compression, incoming.wasCompressed {
      desk.text.removeAll()
      desk.deflater.deflate(
        incoming, desk.scratch, desk.opened, windowBits: compression.serverWindowBits,
        into: &desk.text)
      desk.frames.append(opcode, compressed: desk.text, to: &desk.cork)
    } else {
      desk.frames.append(opcode, of: incoming, desk.scratch, desk.opened, to: &desk.cork)
    }
    relieve(connection, &desk)
  }

  /// Keeps the cork from growing when one read holds many messages, and stops reading from a peer
  /// that does not read what it asked for.
  private func relieve(_ connection: Connection, _ desk: inout Desk) {
    guard desk.cork.count >= Desk.window / 2 else { return }
    uncork(connection, &desk)
  }
}
