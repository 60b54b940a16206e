internal import Bytes
internal import HubProtocol
internal import Limits
internal import Loop
internal import TLS

// Frames and answers on their way to a connection's queue.
extension Transport {
  /// Puts a whole frame behind what a connection is owed already.
  ///
  /// - Parameter topic: the frame's topic if only its newest event matters to a slow reader.
  func enqueue(
    _ frame: [UInt8], to connection: Connection, conflating topic: TopicName? = nil,
    on handler: isolated Handler
  ) {
    guard connection.takesFrames else {
      connection.heldFrames?.append(frame)
      return
    }
    switch connection.sendQueue.append(
      frame, conflating: topic, at: context.now, limits: context.limits.sendQueue)
    {
    case .keep: mark(connection)
    case .close: handler.fellBehind(connection, .unread)
    }
  }

  /// Puts what a client has asked for behind what it is owed already, however long it is.
  func enqueueAnswer(
    _ frame: [UInt8], to connection: Connection, on handler: isolated Handler
  ) {
    guard connection.takesFrames else { return }
    switch connection.sendQueue.appendAnswer(
      frame, at: context.now, limits: context.limits.sendQueue)
    {
    case .keep: mark(connection)
    case .close: handler.fellBehind(connection, .unread)
    }
  }

  /// Puts a frame in front of what the client has not read yet; behind it if so many came in front
  /// already that this is a flood.
  func enqueueFirst(
    _ frame: [UInt8], to connection: Connection, on handler: isolated Handler
  ) {
    guard connection.takesFrames else { return }
    if connection.sendQueue.appendUrgent(frame) {
      mark(connection)
    } else {
      enqueue(frame, to: connection, on: handler)
    }
  }

  /// Tells the handler of what waits for a connection elsewhere.
  func reportBacklog(
    of connection: Connection, _ backlog: Backlog, on handler: isolated Handler
  ) {
    handler.fellBehind(connection, backlog)
  }

  /// Puts the last frame of a conversation behind everything.
  func enqueueLast(_ frame: [UInt8], to connection: Connection) {
    guard !connection.isParting else { return }
    connection.sendQueue.appendLast(frame)
    mark(connection)
  }

  /// Queues bytes that are ready to be encrypted; they go out at the end of the turn.
  func queue(_ bytes: consuming [UInt8], to connection: Connection) {
    guard !connection.isParting else { return }
    _ = connection.sendQueue.append(bytes, at: context.now)
    mark(connection)
  }

  func queue(_ bytes: consuming ByteBuffer, to connection: Connection) {
    queue([UInt8](bytes), to: connection)
  }

  /// Waits until everything that was queued for a connection is with the kernel, or it is gone.
  func drained(_ connection: Connection, on handler: isolated Handler) async {
    guard !connection.isGone else { return }
    await withCheckedContinuation { connection.roomWaiter = $0 }
  }
}

// Encryption, socket.
extension Transport {
  /// Encrypts and sends what lies in `plaintextOut`. Only while nothing older is waiting.
  func sendPlaintext(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    defer { buffers.plaintextOut.removeAll() }
    guard !connection.isGone else { return }
    guard connection.role.isEncrypted else {
      return transmit(connection, &buffers.plaintextOut, on: handler)
    }
    buffers.ciphertext.removeAll()
    do {
      try connection.tls!.seal(buffers.plaintextOut, into: &buffers.ciphertext)
    } catch {
      return drop(connection, .lost, on: handler)
    }
    transmit(connection, &buffers.ciphertext, on: handler)
  }

  /// Sends encrypted bytes as far as the kernel takes them, and keeps the rest.
  func transmit(
    _ connection: Connection, _ bytes: inout ByteBuffer, on handler: isolated Handler
  ) {
    if !connection.unsent.isEmpty { return delay(connection, bytes) }
    switch connection.socket.send(bytes) {
    case .bytes(let count):
      context.counters.bytesOut.add(count)
      guard count < bytes.count else { return }
      bytes.consume(count)
      connection.unsent.append(bytes)
    case .wouldBlock: connection.unsent.append(bytes)
    case .closed, .failed: return drop(connection, .lost, on: handler)
    }
    waitForRoom(connection, on: handler)
  }

  /// The kernel has taken only a part of what it was given.
  func waitForRoom(_ connection: Connection, on handler: isolated Handler) {
    connection.isWaitingToWrite = true
    updateInterest(connection)
    connection.stalledSince = context.now
    if connection.phase == .open { handler.stalled(connection) }
  }

  /// Keeps bytes behind those that the kernel has no room for.
  private func delay(_ connection: Connection, _ bytes: borrowing ByteBuffer) {
    let wasChoked = connection.isChoked
    connection.unsent.append(bytes.bytes)
    if connection.isChoked != wasChoked { updateInterest(connection) }
  }

  /// The kernel has room again.
  func resume(_ connection: Connection, on handler: isolated Handler) {
    while !connection.unsent.isEmpty {
      switch connection.socket.send(connection.unsent) {
      case .bytes(let count):
        context.counters.bytesOut.add(count)
        connection.unsent.consume(count)
        connection.stalledSince = context.now
      case .wouldBlock: return
      case .closed, .failed: return drop(connection, .lost, on: handler)
      }
    }
    connection.unsent.removeAll(keepingCapacity: false)
    connection.isWaitingToWrite = false
    updateInterest(connection)
    mark(connection)
  }

  /// Sends what a connection is owed, in portions that fit the buffer.
  func send(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    guard !connection.isGone else { return }
    while connection.unsent.isEmpty,
      connection.sendQueue.fill(
        &buffers.plaintextOut, upTo: IOBuffers.window / 2, at: context.now,
        limits: context.limits.sendQueue)
    {
      sendPlaintext(connection, &buffers, on: handler)
      if connection.isGone { return }
    }
    guard connection.unsent.isEmpty else { return }
    connection.roomWaiter.take()?.resume()
    if connection.isParting { hangUp(connection, &buffers, on: handler) }
    if connection.phase == .open { handler.hasRoom(connection) }
  }
}

// The end of a connection.
extension Transport {
  /// Sends what is queued, then closes.
  func part(_ connection: Connection, on handler: isolated Handler) {
    guard !connection.isParting else { return }
    end(connection, .ended, next: .parting, on: handler)
    // Bytes that are still on their way here are discarded, lest they be answered with a reset.
    startReading(connection)
    mark(connection)
    setTimer(connection, seconds: context.limits.closeSeconds)
  }

  /// Everything is out: says goodbye, and waits for the peer to close so that what it still has
  /// in flight does not turn our last bytes into a reset.
  private func hangUp(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    if connection.tls != nil {
      buffers.ciphertext.removeAll()
      connection.tls!.closeNotify(into: &buffers.ciphertext)
      if !buffers.ciphertext.isEmpty { transmit(connection, &buffers.ciphertext, on: handler) }
      guard !connection.isGone, connection.unsent.isEmpty else { return }
    }
    connection.socket.finishSending()
    if connection.readClosed { drop(connection, .ended, on: handler) }
  }

  /// Closes at once.
  func drop(_ connection: Connection, _ how: ConnectionEnding, on handler: isolated Handler) {
    guard !connection.isGone else { return }
    end(connection, how, next: .gone, on: handler)
    connection.unsent.removeAll(keepingCapacity: false)
    connection.sendQueue.removeAll()
    connection.roomWaiter.take()?.resume()
    if let timer = connection.timer { context.loop.cancel(timer) }
    context.loop.remove(connection.socket.descriptor)
    connections.remove(connection.token)
    shared.limiter.leave(connection.counted)
    context.counters.closed.add(1)
  }

  /// Tells the handler, once, that its conversation is over, and forgets it.
  private func end(
    _ connection: Connection, _ how: ConnectionEnding, next phase: Connection.Phase,
    on handler: isolated Handler
  ) {
    if connection.phase == .open { handler.ended(connection, how) }
    connection.phase = phase
    connection.takesFrames = false
    connection.conversation = nil
    releaseInput(connection)
  }
}
