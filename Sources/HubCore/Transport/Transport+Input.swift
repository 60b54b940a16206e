internal import Bytes
internal import Limits
internal import Loop
internal import PluginKit
internal import TLS

// New connections.
extension Transport {
  /// Begins to accept connections.
  func listen() throws(LoopError) {
    for (number, acceptor) in shared.listeners(of: context.index).enumerated() {
      try acceptor.listener.register(on: context.loop, token: UInt64(number))
    }
  }

  func acceptWaiting(at number: Int, on handler: isolated Handler) {
    let acceptor = shared.listeners(of: context.index)[number]
    // New connections wait for the next server, which gets the same socket.
    if context.isDraining, acceptor.listener.isInherited {
      return acceptor.listener.remove(from: context.loop)
    }
    let most = context.limits.acceptsPerTurn
    let acceptance = acceptor.listener.accept(atMost: most) { socket, peer in
      admit(socket, peer, acceptor.role, on: handler)
    }
    context.counters.refused.add(acceptance.refused)
    guard case .stalled(let fault) = acceptance.end else { return }
    // The listeners have been closed.
    if context.isDraining { return acceptor.listener.remove(from: context.loop) }
    shared.log.warning("cannot accept connections", ["reason": "\(fault)"])
    pause(acceptor.listener, number)
  }

  /// The kernel would tell of the waiting connections in every turn; the rest gets some air.
  private func pause(_ listener: Listener, _ number: Int) {
    listener.remove(from: context.loop)
    context.loop.schedule(after: .milliseconds(100)) { [unowned self] in
      do { try listener.register(on: context.loop, token: UInt64(number)) } catch {
        shared.log.error("a listener is lost", ["address": "\(listener.address)"])
      }
    }
  }

  private func admit(
    _ socket: consuming Socket, _ peer: PeerAddress, _ role: ListenerRole,
    on handler: isolated Handler
  ) {
    let isProxied = role.purpose == .everything && peer.isIn(shared.proxies)
    let client = isProxied ? nil : ClientKey(peer.address)
    let verdict = shared.limiter.enter(client, context.limits)
    guard verdict != .refused else {
      context.counters.refused.add(1)
      socket.resetOnClose()
      return
    }
    let tls: TLSConnection?
    do {
      tls = try role.certificates.map { certificates in
        try TLSConnection(accepting: certificates.current)
      }
    } catch {
      shared.limiter.leave(client)
      shared.log.error("cannot begin a handshake", ["reason": "\(error)"])
      return
    }
    let connection = Connection(
      token: connections.makeToken(), number: nextNumber(), socket: socket, role: role, peer: peer,
      isProxied: isProxied, tls: tls, now: context.now)
    do {
      try context.loop.register(
        connection.socket.descriptor, token: connection.token, interest: .read)
    } catch {
      shared.limiter.leave(client)
      return
    }
    connection.admission = verdict
    connections.insert(connection)
    context.counters.accepted.add(1)
    if !role.isEncrypted { open(connection, on: handler) }
    setTimer(connection, seconds: context.limits.handshakeSeconds)
  }

  private func open(_ connection: Connection, on handler: isolated Handler) {
    connection.phase = .open
    handler.opened(connection)
  }
}

// Bytes on their way in: socket, decryption, handler.
extension Transport {
  func read(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    buffers.received.removeAll()
    switch connection.socket.receive(into: &buffers.received, room: IOBuffers.window) {
    case .wouldBlock: return
    case .closed: return inputEnded(connection, on: handler)
    case .failed: return drop(connection, .lost, on: handler)
    case .bytes(let count):
      context.counters.bytesIn.add(count)
      connection.lastHeard = context.now
    }
    if connection.isParting && connection.tls == nil { return }
    if connection.role.isEncrypted {
      decrypt(connection, &buffers, on: handler)
    } else {
      swap(&buffers.received, &buffers.plaintextIn)
      if connection.phase == .open { handler.received(connection, &buffers) }
    }
  }

  private func decrypt(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    buffers.plaintextIn.removeAll()
    buffers.ciphertext.removeAll()
    do {
      let progress = try connection.tls!.open(
        buffers.received, plaintext: &buffers.plaintextIn, reply: &buffers.ciphertext)
      if !buffers.ciphertext.isEmpty { transmit(connection, &buffers.ciphertext, on: handler) }
      if connection.isGone { return }
      if connection.phase == .handshaking, progress != .handshaking {
        finishHandshake(connection, on: handler)
      }
      deliver(connection, &buffers, on: handler)
      if progress == .closed { inputEnded(connection, on: handler) }
    } catch {
      fail(connection, error, &buffers, on: handler)
    }
  }

  private func deliver(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) {
    switch connection.phase {
    case .handshaking:
      guard !charge(connection.encryptedInput, to: connection, isBounded: true) else { return }
      context.counters.refused.add(1)
      drop(connection, .lost, on: handler)
    case .open where !buffers.plaintextIn.isEmpty: handler.received(connection, &buffers)
    case .open where connection.encryptedInput > 0 || connection.heldInput > 0:
      handler.heldInputChanged(connection)
    case .open, .parting, .gone: return
    }
  }

  private func finishHandshake(_ connection: Connection, on handler: isolated Handler) {
    context.counters.handshakes.add(1)
    if connection.tls?.facts?.isResumed == true { context.counters.resumptions.add(1) }
    open(connection, on: handler)
    setTimer(connection, seconds: context.limits.requestHeadSeconds)
  }

  /// The peer's side of the encryption is broken, or it never was encryption.
  private func fail(
    _ connection: Connection, _ error: TLSError, _ buffers: inout IOBuffers,
    on handler: isolated Handler
  ) {
    if error.code == .plainHTTP {
      buffers.ciphertext.removeAll()
      handler.answerPlainHTTP(into: &buffers.ciphertext)
      transmit(connection, &buffers.ciphertext, on: handler)
      connection.tls = nil
      return part(connection, on: handler)
    }
    context.counters.failedHandshakes.add(1)
    if !buffers.ciphertext.isEmpty { transmit(connection, &buffers.ciphertext, on: handler) }
    if !connection.isGone { drop(connection, .lost, on: handler) }
  }

  /// The peer will send nothing more.
  private func inputEnded(_ connection: Connection, on handler: isolated Handler) {
    connection.readClosed = true
    switch connection.phase {
    case .open: handler.inputEnded(connection)
    case .parting where !connection.sendQueue.isEmpty || !connection.unsent.isEmpty:
      stopReading(connection)
    case .handshaking, .parting: drop(connection, .lost, on: handler)
    case .gone: return
    }
  }
}
