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
    do { try client.goOn(&desk, on: loop) } catch { lost(client.index, "\(error)") }
  }

  func read(_ client: Client) {
    do {
      let count = try client.receive(&desk, on: loop)
      if tally.isMeasuring { tally.bytes += count }
      try take(client, &desk)
    } catch {
      lost(client.index, "\(error)")
    }
  }

  private func take(_ client: Client, _ desk: inout Desk) throws {
    if client.stage == .greeting, client.isSecure { upgrade(client, &desk) }
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
    do { try client.uncork(&desk, on: loop) } catch { lost(client.index, "\(error)") }
  }

  func closeAll() {
    isLoading = false
    for index in clients.indices { clients[index] = nil }
  }
}
