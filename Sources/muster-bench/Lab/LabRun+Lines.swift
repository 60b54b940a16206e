import Bytes
import Loop
import TLS
import WebSocket

// Connections: opening, bytes in, bytes out.
extension LabRun {
  /// Opens dashboards and doors until there are as many as are wanted.
  func openMore() {
    while begun < wanted, begun - ready < options.opening, failure == nil {
      do {
        let socket = try Socket.connect(to: address)
        socket.resetOnClose()
        let tls = try TLSConnection(connecting: tls, to: "localhost")
        // The doors come first: the students are imported through one of them.
        let client =
          begun < options.doors ? Door(begun, socket, tls) : Dashboard(begun, socket, tls)
        clients.append(client)
        try loop.register(
          client.socket.descriptor, token: UInt64(begun), interest: [.read, .write])
        begun += 1
      } catch {
        fail("\(error)")
      }
    }
  }

  func isReady() {
    ready += 1
    openMore()
  }

  func write(_ client: LabClient) {
    do {
      if !client.isConnected {
        try client.socket.finishConnecting()
        client.isConnected = true
        desk.sealed.removeAll()
        try client.tls.start(reply: &desk.sealed)
        transmit(client, &desk)
      }
      while !client.unsent.isEmpty {
        guard case .bytes(let count) = client.socket.send(client.unsent) else { return }
        client.unsent.consume(count)
      }
      client.unsent.removeAll(keepingCapacity: false)
      loop.modify(client.socket.descriptor, token: UInt64(client.index), interest: .read)
    } catch {
      fail("client \(client.index): \(error)")
    }
  }

  func read(_ client: LabClient) {
    desk.received.removeAll()
    switch client.socket.receive(into: &desk.received, room: Desk.window) {
    case .wouldBlock: return
    case .closed: return fail("the server hung up on client \(client.index)")
    case .failed(let fault): return fail("client \(client.index): \(fault)")
    case .bytes(let count): if loadBegan != nil { outcome.bytes += count }
    }
    do {
      try take(client, &desk)
    } catch {
      fail("client \(client.index): \(error)")
    }
  }

  private func take(_ client: LabClient, _ desk: inout Desk) throws {
    desk.opened.removeAll()
    desk.sealed.removeAll()
    let progress = try client.tls.open(
      desk.received, plaintext: &desk.opened, reply: &desk.sealed)
    if !desk.sealed.isEmpty { transmit(client, &desk) }
    if !client.isSecure, progress != .handshaking {
      client.isSecure = true
      if let dashboard = client as? Dashboard { upgrade(dashboard, &desk) } else { isReady() }
    }
    guard !desk.opened.isEmpty else { return }
    // What has come in one piece is read where it lies.
    if !client.partial.isEmpty {
      client.partial.append(desk.opened.bytes)
      swap(&client.partial, &desk.opened)
      client.partial.removeAll()
    }
    if let door = client as? Door {
      try takeAnswer(door, &desk)
    } else if let dashboard = client as? Dashboard {
      try takeFrames(dashboard, &desk)
    }
    if !desk.opened.isEmpty { client.partial.append(desk.opened.bytes) }
  }

  /// Encrypts and sends what lies in the cork.
  func uncork(_ client: LabClient, _ desk: inout Desk) {
    guard !desk.cork.isEmpty else { return }
    desk.sealed.removeAll()
    do {
      try client.tls.seal(desk.cork, into: &desk.sealed)
    } catch {
      fail("client \(client.index): \(error)")
    }
    desk.cork.removeAll()
    transmit(client, &desk)
  }

  private func transmit(_ client: LabClient, _ desk: inout Desk) {
    if client.unsent.isEmpty, case .bytes(let count) = client.socket.send(desk.sealed) {
      desk.sealed.consume(count)
    }
    guard !desk.sealed.isEmpty else { return }
    client.unsent.append(desk.sealed.bytes)
    loop.modify(
      client.socket.descriptor, token: UInt64(client.index), interest: [.read, .write])
  }

  func closeAll() {
    for index in clients.indices { clients[index] = nil }
  }
}
