internal import Bytes
internal import HTTP
internal import Loop
internal import TLS

// Bytes on their way in: socket, decryption, then whoever speaks on the connection.
extension Worker {
  func read(_ connection: Connection, _ desk: inout Desk) {
    desk.received.removeAll()
    switch connection.socket.receive(into: &desk.received, room: Desk.window) {
    case .wouldBlock: return
    case .closed: return hearEnd(connection)
    case .failed: return drop(connection, .lost)
    case .bytes(let count):
      counters.bytesIn.add(count)
      connection.lastHeard = now
    }
    if connection.isParting && connection.tls == nil { return }
    if connection.door.isEncrypted {
      decrypt(connection, &desk)
    } else {
      swap(&desk.received, &desk.opened)
      take(connection, &desk)
    }
  }

  private func decrypt(_ connection: Connection, _ desk: inout Desk) {
    desk.opened.removeAll()
    desk.sealed.removeAll()
    do {
      let progress = try connection.tls!.open(
        desk.received, plaintext: &desk.opened, reply: &desk.sealed)
      if !desk.sealed.isEmpty { transmit(connection, &desk.sealed) }
      if connection.isGone { return }
      if case .greeting = connection.stage, progress != .handshaking { greet(connection) }
      if !desk.opened.isEmpty { take(connection, &desk) }
      if progress == .closed { hearEnd(connection) }
    } catch {
      fail(connection, error, &desk)
    }
  }

  private func greet(_ connection: Connection) {
    counters.handshakes.add(1)
    if connection.tls?.facts?.isResumed == true { counters.resumptions.add(1) }
    connection.stage = .http(makeExchange())
    setTimer(connection, seconds: limits.requestHeadSeconds)
  }

  /// The peer's side of the encryption is broken, or it never was encryption.
  private func fail(_ connection: Connection, _ error: TLSError, _ desk: inout Desk) {
    if error.code == .plainHTTP {
      desk.sealed.removeAll()
      plainEncoder.setDate(unixSeconds: Int(loop.unixMilliseconds / 1000))
      plainEncoder.append(
        .badRequest, sayingPlainText, body: Worker.httpsOnly.span, for: .unreadable,
        into: &desk.sealed)
      transmit(connection, &desk.sealed)
      connection.tls = nil
      return part(connection)
    }
    counters.failedHandshakes.add(1)
    if !desk.sealed.isEmpty { transmit(connection, &desk.sealed) }
    if !connection.isGone { drop(connection, .lost) }
  }

  private static var httpsOnly: [UInt8] {
    Array("This port speaks HTTPS only: begin the address with https://\n".utf8)
  }

  /// Hands decrypted bytes to whoever speaks.
  private func take(_ connection: Connection, _ desk: inout Desk) {
    switch connection.stage {
    case .http(let exchange):
      exchange.input.append(desk.opened)
      serveRequests(connection, exchange, &desk)
    case .webSocket(let link) where !link.early.isEmpty:
      link.early.append(desk.opened)
    case .webSocket(let link):
      takeFrames(connection, link, &desk)
    case .greeting, .parting, .gone: return
    }
    if !desk.cork.isEmpty { uncork(connection, &desk) }
    chargeInput(connection)
  }

  /// A connection whose handler has answered, or that may read again.
  func goOn(_ connection: Connection, _ desk: inout Desk) {
    switch connection.stage {
    case .http(let exchange): serveRequests(connection, exchange, &desk)
    case .webSocket(let link):
      guard !link.early.isEmpty else { return }
      // The queue goes first, above all the answer to the upgrade: a pong does not queue.
      send(connection, &desk)
      guard !connection.isParting else { return }
      desk.opened.removeAll()
      desk.opened.append(link.early)
      link.early.removeAll(keepingCapacity: false)
      takeFrames(connection, link, &desk)
    case .greeting, .parting, .gone: return
    }
    if !desk.cork.isEmpty { uncork(connection, &desk) }
    chargeInput(connection)
  }

  /// The peer will send nothing more; what it asked for before is still answered.
  private func hearEnd(_ connection: Connection) {
    connection.isDeaf = true
    switch connection.stage {
    case .http(let exchange):
      stopReading(connection)
      switch exchange.state {
      // The received bytes may be a whole body.
      case .admitting, .working, .sending: return
      case .head where exchange.hasEnough: return
      case .head, .body: part(connection)
      }
    case .parting where !connection.outbox.isEmpty || !connection.unsent.isEmpty:
      stopReading(connection)
    case .webSocket, .greeting, .parting: drop(connection, .lost)
    case .gone: return
    }
  }

  func stopReading(_ connection: Connection) {
    guard connection.isReading else { return }
    connection.isReading = false
    updateInterest(connection)
  }

  func startReading(_ connection: Connection) {
    guard !connection.isReading, !connection.isDeaf else { return }
    connection.isReading = true
    updateInterest(connection)
  }

  /// There is room for more messages of a client that was not heard for a while.
  func hearAgain(_ connection: Connection) {
    startReading(connection)
    if let link = connection.link, !link.early.isEmpty { answered.append(connection) }
  }

  func updateInterest(_ connection: Connection) {
    loop.modify(
      connection.socket.descriptor, token: connection.token, interest: connection.interest)
  }
}
