internal import Bytes
internal import HTTP
internal import Loop
internal import TLS

// Bytes on their way out: frames and answers, encryption, socket.
extension Worker {
  /// Encrypts and sends what lies in the cork. Only while nothing older is waiting.
  func uncork(_ connection: Connection, _ desk: inout Desk) {
    defer { desk.cork.removeAll() }
    guard !connection.isGone else { return }
    guard connection.door.isEncrypted else { return transmit(connection, &desk.cork) }
    desk.sealed.removeAll()
    do {
      try connection.tls!.seal(desk.cork, into: &desk.sealed)
    } catch {
      return drop(connection, .lost)
    }
    transmit(connection, &desk.sealed)
  }

  /// Sends encrypted bytes as far as the kernel takes them, and keeps the rest.
  func transmit(_ connection: Connection, _ bytes: inout ByteBuffer) {
    if !connection.unsent.isEmpty { return delay(connection, bytes) }
    switch connection.socket.send(bytes) {
    case .bytes(let count):
      counters.bytesOut.add(count)
      guard count < bytes.count else { return }
      bytes.consume(count)
      connection.unsent.append(bytes)
    case .wouldBlock: connection.unsent.append(bytes)
    case .closed, .failed: return drop(connection, .lost)
    }
    waitForRoom(connection)
  }

  /// The kernel has taken only a part of what it was given.
  func waitForRoom(_ connection: Connection) {
    connection.isWaitingToWrite = true
    updateInterest(connection)
    watchStall(connection)
  }

  /// Keeps bytes behind those that the kernel has no room for.
  private func delay(_ connection: Connection, _ bytes: borrowing ByteBuffer) {
    let wasChoked = connection.isChoked
    connection.unsent.append(bytes.bytes)
    if connection.isChoked != wasChoked { updateInterest(connection) }
  }

  /// The kernel has room again.
  func resume(_ connection: Connection) {
    while !connection.unsent.isEmpty {
      switch connection.socket.send(connection.unsent) {
      case .bytes(let count):
        counters.bytesOut.add(count)
        connection.unsent.consume(count)
        connection.stalledSince = now
      case .wouldBlock: return
      case .closed, .failed: return drop(connection, .lost)
      }
    }
    connection.unsent.removeAll(keepingCapacity: false)
    connection.isWaitingToWrite = false
    updateInterest(connection)
    mark(connection)
  }

  /// Sends what a connection is owed, in portions that fit the cork.
  func send(_ connection: Connection, _ desk: inout Desk) {
    guard !connection.isGone else { return }
    while connection.unsent.isEmpty,
      connection.outbox.fill(
        &desk.cork, upTo: Desk.window / 2, at: now, limits: limits.outbox)
    {
      uncork(connection, &desk)
      if connection.isGone { return }
    }
    guard connection.unsent.isEmpty else { return }
    connection.roomWaiter.take()?.resume()
    if connection.isParting { hangUp(connection, &desk) }
    goOnAnswering(connection)
  }

  /// Everything is out: goes on with what a peer has sent that had asked for enough.
  private func goOnAnswering(_ connection: Connection) {
    guard case .http(let exchange) = connection.stage, exchange.hasEnough else { return }
    exchange.hasEnough = false
    startReading(connection)
    answered.append(connection)
    // In a turn of its own: others have their turn first.
    loop.wake()
  }

  /// Queues bytes that are ready to be encrypted; they go out at the end of the turn.
  func queue(_ bytes: consuming ByteBuffer, to connection: Connection) {
    guard !connection.isParting else { return }
    _ = connection.outbox.append([UInt8](bytes), at: now)
    mark(connection)
  }
}

// The end of a connection.
extension Worker {
  /// Sends what is queued, then closes.
  func part(_ connection: Connection) {
    guard !connection.isParting else { return }
    leave(connection, .ended)
    connection.stage = .parting
    releaseInput(connection)
    // Bytes that are still on their way here are discarded, lest they be answered with a reset.
    startReading(connection)
    mark(connection)
    setTimer(connection, seconds: limits.closeSeconds)
  }

  /// Everything is out: says goodbye, and waits for the peer to close so that what it still has
  /// in flight does not turn our last bytes into a reset.
  private func hangUp(_ connection: Connection, _ desk: inout Desk) {
    if connection.tls != nil {
      desk.sealed.removeAll()
      connection.tls!.closeNotify(into: &desk.sealed)
      if !desk.sealed.isEmpty { transmit(connection, &desk.sealed) }
      guard !connection.isGone, connection.unsent.isEmpty else { return }
    }
    connection.socket.finishSending()
    if connection.isDeaf { drop(connection, .ended) }
  }

  /// Closes at once.
  func drop(_ connection: Connection, _ how: Ending) {
    guard !connection.isGone else { return }
    leave(connection, how)
    connection.stage = .gone
    releaseInput(connection)
    connection.unsent.removeAll(keepingCapacity: false)
    connection.outbox.removeAll()
    connection.roomWaiter.take()?.resume()
    if let timer = connection.timer { loop.cancel(timer) }
    loop.remove(connection.socket.descriptor)
    connections.remove(connection.token)
    house.admission.leave(connection.counted)
    counters.closed.add(1)
  }

  /// Tells whoever speaks on the connection that it is over; happens once.
  private func leave(_ connection: Connection, _ how: Ending) {
    switch connection.stage {
    case .http(let exchange):
      exchange.task?.cancel()
      discardUpload(exchange)
    case .webSocket(let link): linkEnded(connection, link, how)
    case .greeting, .parting, .gone: return
    }
  }

  /// How a connection came to its end.
  enum Ending: Equatable {
    case lost
    case ended
    case closedByPeer(UInt16)
  }
}
