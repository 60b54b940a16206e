import Bytes
import Loop
import TLS
import WebSocket

// Connections: opening, bytes in, bytes out.
extension Generator {
  /// Begins connections until enough are on their way.
  func openMore() {
    while begun < wanted, begun - ready < options.opening, failure == nil {
      clients.append(nil)
      openClient(begun)
      begun += 1
    }
  }

  func openClient(_ index: Int) {
    do {
      let isPublisher = index >= options.connections
      let socket = try Socket.connect(to: address)
      // A storm's clients go as people do: the server shall hear their last frame.
      if options.scenario != .storm { socket.resetOnClose() }
      let path = isPublisher ? target.publishPath ?? target.path : target.path
      let client = Client(
        index, isPublisher: isPublisher, socket,
        try TLSConnection(connecting: tls, to: "localhost", resuming: ticket),
        ClientHandshake(
          host: "\(target.host):\(target.port)", path: Generator.filled(path, index),
          offersCompression: options.deflates),
        publishers: options.publishers, isExpecting: !isPublisher && target.expected != nil,
        at: loop.time.monotonic)
      clients[index] = client
      try loop.register(
        client.socket.descriptor, token: UInt64(index), interest: [.read, .write])
    } catch {
      lost(index, "\(error)")
    }
  }

  static func filled(_ text: String, _ index: Int) -> String {
    text.replacing("{i}", with: "\(index)").replacing("{h}", with: "\(index / 100)")
  }

  func write(_ client: Client) {
    do {
      if client.stage == .connecting {
        try client.socket.finishConnecting()
        client.stage = .greeting
        desk.sealed.removeAll()
        try client.tls.start(reply: &desk.sealed)
        transmit(client, &desk)
      }
      flush(client)
    } catch {
      lost(client.index, "\(error)")
    }
  }

  private func flush(_ client: Client) {
    while !client.unsent.isEmpty {
      guard case .bytes(let count) = client.socket.send(client.unsent) else { return }
      client.unsent.consume(count)
    }
    client.unsent.removeAll(keepingCapacity: false)
    loop.modify(client.socket.descriptor, token: UInt64(client.index), interest: .read)
  }

  func read(_ client: Client) {
    desk.received.removeAll()
    switch client.socket.receive(into: &desk.received, room: Desk.window) {
    case .wouldBlock: return
    case .closed: return lost(client.index, "the server hung up")
    case .failed(let fault): return lost(client.index, "\(fault)")
    case .bytes(let count): if tally.isMeasuring { tally.bytes += count }
    }
    do {
      try take(client, &desk)
    } catch {
      lost(client.index, "\(error)")
    }
  }

  private func take(_ client: Client, _ desk: inout Desk) throws {
    desk.opened.removeAll()
    desk.sealed.removeAll()
    let progress = try client.tls.open(
      desk.received, plaintext: &desk.opened, reply: &desk.sealed)
    if !desk.sealed.isEmpty { transmit(client, &desk) }
    if client.stage == .greeting, progress != .handshaking { upgrade(client, &desk) }
    guard !desk.opened.isEmpty else { return }
    if client.stage == .upgrading {
      client.answer.append(desk.opened.bytes)
      guard let agreed = try client.handshake.read(client.answer) else { return }
      swap(&desk.opened, &client.answer)
      client.answer.removeAll(keepingCapacity: false)
      desk.opened.consume(agreed.length)
      client.assembler = MessageAssembler(
        role: .client, limits: MessageLimits(message: 4 << 20, inflated: 4 << 20),
        allowsCompression: agreed.compression != nil)
      client.stage = .open
      isOpen(client, &desk)
    }
    if client.stage == .open { try takeFrames(client, &desk) }
  }

  private func upgrade(_ client: Client, _ desk: inout Desk) {
    storm?.shook(client.index, at: loop.time.monotonic)
    client.stage = .upgrading
    client.handshake.append(to: &desk.cork)
    uncork(client, &desk)
  }

  /// Encrypts and sends the frames that have gathered for a client.
  func uncork(_ client: Client, _ desk: inout Desk) {
    guard !desk.cork.isEmpty else { return }
    desk.sealed.removeAll()
    do {
      try client.tls.seal(desk.cork, into: &desk.sealed)
    } catch {
      lost(client.index, "\(error)")
    }
    desk.cork.removeAll()
    transmit(client, &desk)
  }

  private func transmit(_ client: Client, _ desk: inout Desk) {
    if client.unsent.isEmpty, case .bytes(let count) = client.socket.send(desk.sealed) {
      desk.sealed.consume(count)
    }
    guard !desk.sealed.isEmpty else { return }
    client.unsent.append(desk.sealed.bytes)
    loop.modify(
      client.socket.descriptor, token: UInt64(client.index), interest: [.read, .write])
  }

  func closeAll() {
    isLoading = false
    for index in clients.indices { clients[index] = nil }
  }
}
