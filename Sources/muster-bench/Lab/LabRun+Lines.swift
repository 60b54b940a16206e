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
    do { try client.goOn(&desk, on: loop) } catch { lost(client, error) }
  }

  func read(_ client: LabClient) {
    do {
      let wasSecure = client.isSecure
      let count = try client.receive(&desk, on: loop)
      if loadBegan != nil { outcome.bytes += count }
      if client.isSecure && !wasSecure { isSafe(client, &desk) }
      try take(client, &desk)
    } catch {
      lost(client, error)
    }
  }

  private func isSafe(_ client: LabClient, _ desk: inout Desk) {
    if let dashboard = client as? Dashboard { upgrade(dashboard, &desk) } else { isReady() }
  }

  private func take(_ client: LabClient, _ desk: inout Desk) throws {
    guard !desk.opened.isEmpty else { return }
    // A message in one piece is read in place.
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
    do { try client.uncork(&desk, on: loop) } catch { lost(client, error) }
  }

  private func lost(_ client: LabClient, _ error: any Error) {
    fail("client \(client.index): \(error)")
  }

  func closeAll() {
    for index in clients.indices { clients[index] = nil }
  }
}
