internal import HTTP
internal import Loop
internal import PluginKit
internal import TLS

// New connections.
extension Worker {
  func acceptWaiting(at number: Int) {
    let entrance = house.listeners(of: index)[number]
    let acceptance = entrance.listener.accept(atMost: limits.acceptsPerTurn) { socket, peer in
      admit(socket, peer, entrance.door)
    }
    counters.refused.add(acceptance.refused)
    guard case .stalled(let fault) = acceptance.end else { return }
    // The doors have been closed.
    if isDraining { return entrance.listener.remove(from: loop) }
    house.log.warning("cannot accept connections", ["reason": "\(fault)"])
    lookAway(from: entrance.listener, number)
  }

  /// The kernel would tell of the waiting connections in every turn: give the rest some air.
  private func lookAway(from listener: Listener, _ number: Int) {
    listener.remove(from: loop)
    loop.schedule(after: .milliseconds(100)) { [unowned self] in
      do { try listener.register(on: loop, token: UInt64(number)) } catch {
        house.log.error("a listener is lost", ["address": "\(listener.address)"])
      }
    }
  }

  private func admit(_ socket: consuming Socket, _ peer: PeerAddress, _ door: Door) {
    let isProxied = door.purpose == .everything && peer.isIn(house.proxies)
    let client = isProxied ? nil : ClientKey(peer.address)
    let verdict = house.admission.enter(client, limits)
    guard verdict != .refused else {
      counters.refused.add(1)
      socket.resetOnClose()
      return
    }
    let tls: TLSConnection?
    do {
      tls = try door.certificates.map { certificates in
        try TLSConnection(accepting: certificates.current)
      }
    } catch {
      house.admission.leave(client)
      house.log.error("cannot begin a handshake", ["reason": "\(error)"])
      return
    }
    let connection = Connection(
      token: connections.makeToken(), number: nextNumber(), socket: socket, door: door, peer: peer,
      isProxied: isProxied, tls: tls, now: now)
    do {
      try loop.register(
        connection.socket.descriptor, token: connection.token, interest: .read)
    } catch {
      house.admission.leave(client)
      return
    }
    connection.admission = verdict
    connections.insert(connection)
    counters.accepted.add(1)
    if !door.isEncrypted { connection.stage = .http(makeExchange()) }
    setTimer(connection, seconds: limits.handshakeSeconds)
  }

  func makeExchange() -> HTTPExchange {
    var bounds = RequestParser.Limits()
    bounds.body = limits.requestBody
    bounds.headerBytes = limits.requestHeader
    return HTTPExchange(bounds)
  }
}
