internal import Bytes
internal import Deflate
internal import HTTP
internal import HubTopics
internal import Limits
internal import PluginKit
internal import Primitives
internal import WebSocket

/// The connections of one worker that speak in frames: upgrades, frames, close handshakes,
/// heartbeats. Messages go to their sessions.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class WebSocketServer {
  let context: WorkerContext
  let transport: Transport<Worker>
  let http: HTTPServer
  let mailbox: Mailbox<Worker>
  /// How many connections speak in frames.
  private(set) var count = 0
  /// How often clients were closed with each code.
  var closings: [CloseCode: Int] = [:]

  init(
    _ context: WorkerContext, _ transport: Transport<Worker>, _ http: HTTPServer,
    _ mailbox: Mailbox<Worker>
  ) {
    self.context = context
    self.transport = transport
    self.http = http
    self.mailbox = mailbox
  }

  /// Judges the handshake of an upgrade. Nil if it was refused; then it is answered.
  func acceptance(
    _ upgrade: Upgrade, _ connection: Connection, _ conversation: HTTPConversation,
    on worker: isolated Worker
  ) -> ServerHandshake.Acceptance? {
    let head = upgrade.head
    var handshake = ServerHandshake(
      origins: http.shared.origins, isSecure: connection.role.isEncrypted)
    handshake.subprotocols = ["muster.v2"]
    handshake.allowsCompression = context.limits.offersCompression
    let judged = handshake.answer(
      method: "\(head.method.name)", isHTTP11: head.version == .http11,
      header: { name in head.headers.lines(of: name) })
    switch judged {
    case .refuse(let refusal):
      var response = Response.plain(refusal.status, refusal.reason)
      if refusal.namesVersion {
        response = response.with("Sec-WebSocket-Version", "13").with("Upgrade", "websocket")
      }
      http.answer(connection, conversation, head, response, on: worker)
      return nil
    case .accept where context.isDraining:
      http.answer(
        connection, conversation, head,
        Response.plain(503, "This server is going down.").with("Retry-After", "5"), on: worker)
      return nil
    case .accept(let agreed): return agreed
    }
  }

  /// Begins the conversation in frames; what the client sent ahead is its first bytes.
  func accept(
    _ connection: Connection, _ conversation: HTTPConversation,
    _ agreed: ServerHandshake.Acceptance,
    _ speaker: WebSocketLink.Speaker, messages: MessageLimits, on worker: isolated Worker
  ) {
    context.counters.upgrades.add(1)
    var out = ByteBuffer(capacity: 256)
    agreed.append(to: &out)
    transport.queue(out, to: connection)
    let link = WebSocketLink(
      assembler: MessageAssembler(
        role: .server, limits: messages, allowsCompression: agreed.compression != nil),
      speaker: speaker, compression: agreed.compression)
    link.begin(on: connection)
    count += 1
    transport.startReading(connection)
    transport.setTimer(connection, milliseconds: nextBeat(connection, link))
    guard !conversation.exchange.input.isEmpty else { return }
    link.early = conversation.exchange.takeInput()
    transport.resumeLater(connection)
  }

  /// Begins a conversation that gives everything back.
  func openEcho(
    _ connection: Connection, _ conversation: HTTPConversation,
    _ agreed: ServerHandshake.Acceptance,
    on worker: isolated Worker
  ) {
    let bounds = MessageLimits(
      message: context.limits.echoMessage, inflated: context.limits.echoMessage)
    accept(connection, conversation, agreed, .echo, messages: bounds, on: worker)
  }

  /// The conversation is over; says how it ended.
  func ended(
    _ connection: Connection, _ link: WebSocketLink, _ how: ConnectionEnding
  ) -> ConnectionEnding {
    count -= 1
    let ending = ending(of: link, how)
    connection.ending = ending
    context.counters.dropped.add(connection.sendQueue.dropped)
    link.closing.transportEnded()
    return ending
  }

  /// How a conversation ended, for the presence of its user.
  private func ending(of link: WebSocketLink, _ how: ConnectionEnding) -> ConnectionEnding {
    guard how == .ended, case .closed = link.closing.state, let code = link.closing.outcome else {
      return how
    }
    return .closedByPeer(code.rawValue)
  }
}

// Frames on their way in.
extension WebSocketServer {
  /// Goes on with bytes that came before the upgrade was answered, or while reading was paused.
  func takeEarlyFrames(
    _ connection: Connection, _ link: WebSocketLink, _ buffers: inout IOBuffers,
    on worker: isolated Worker, _ deliver: (Span<UInt8>) -> Void
  ) {
    guard !link.early.isEmpty else { return }
    // The queue goes first, above all the answer to the upgrade: a pong does not queue.
    transport.send(connection, &buffers, on: worker)
    guard !connection.isParting else { return }
    buffers.plaintextIn.removeAll()
    buffers.plaintextIn.append(link.early)
    link.early.removeAll(keepingCapacity: false)
    takeFrames(connection, link, &buffers, on: worker, deliver)
  }

  /// Handles the frames in `buffers.plaintextIn`, and gives `deliver` the text of each message that
  /// is for a session.
  func takeFrames(
    _ connection: Connection, _ link: WebSocketLink, _ buffers: inout IOBuffers,
    on worker: isolated Worker, _ deliver: (Span<UInt8>) -> Void
  ) {
    if link.heartbeat.heard() { turnStable(connection, link, on: worker) }
    var position = 0
    do throws(WebSocketError) {
      while let incoming = try link.assembler.next(
        &buffers.plaintextIn, at: &position, scratch: &buffers.scratch)
      {
        context.counters.framesIn.add(1)
        // Control frames may stand between the fragments of a message.
        if !link.assembler.isInsideMessage { link.messageBegunAt = 0 }
        handle(incoming, connection, link, &buffers, on: worker, deliver)
        if connection.isParting { return }
        // It has sent more than can be dealt with now: what is left of it stays as it came.
        guard connection.isReading else {
          return link.early.append(buffers.plaintextIn.bytes.extracting(position...))
        }
      }
      if link.messageBegunAt == 0, link.assembler.isInsideMessage {
        link.messageBegunAt = context.now
      }
    } catch {
      context.counters.badFrames.add(1)
      closings[error.closeCode, default: 0] += 1
      perform(
        link.closing.failed(error), connection, link, reason: error.reason, &buffers, on: worker)
    }
  }

  private func handle(
    _ incoming: Incoming, _ connection: Connection, _ link: WebSocketLink,
    _ buffers: inout IOBuffers, on worker: isolated Worker, _ deliver: (Span<UInt8>) -> Void
  ) {
    switch incoming.kind {
    case .text, .binary:
      guard link.closing.takesMessages else { return }
      if case .echo = link.speaker {
        return echo(incoming, connection, link, &buffers, on: worker)
      }
      guard incoming.kind == .text else {
        return close(connection, .unsupportedData, reason: "text frames only", on: worker)
      }
      deliver(buffers.scratch.payload(of: incoming, in: buffers.plaintextIn.bytes))
    case .ping:
      buffers.frames.append(
        .pong, of: incoming, buffers.scratch, buffers.plaintextIn, to: &buffers.plaintextOut)
      relieve(connection, &buffers, on: worker)
    case .pong: return
    case .close(let code):
      perform(link.closing.received(code), connection, link, reason: "", &buffers, on: worker)
    }
  }

  private func echo(
    _ incoming: Incoming, _ connection: Connection, _ link: WebSocketLink,
    _ buffers: inout IOBuffers, on worker: isolated Worker
  ) {
    let opcode: Opcode = incoming.kind == .text ? .text : .binary
    if let compression = link.compression, incoming.wasCompressed {
      buffers.text.removeAll()
      buffers.deflater.deflate(
        incoming, buffers.scratch, buffers.plaintextIn, windowBits: compression.serverWindowBits,
        into: &buffers.text)
      buffers.frames.append(opcode, compressed: buffers.text, to: &buffers.plaintextOut)
    } else {
      buffers.frames.append(
        opcode, of: incoming, buffers.scratch, buffers.plaintextIn, to: &buffers.plaintextOut)
    }
    relieve(connection, &buffers, on: worker)
  }

  /// Keeps the buffer from growing when one read holds many messages, and stops reading from a peer
  /// that does not read what it asked for.
  private func relieve(
    _ connection: Connection, _ buffers: inout IOBuffers, on worker: isolated Worker
  ) {
    guard buffers.plaintextOut.count >= IOBuffers.window / 2 else { return }
    transport.sendPlaintext(connection, &buffers, on: worker)
  }
}
