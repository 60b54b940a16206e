internal import Bytes
internal import Loop
internal import TLS
internal import WebSocket

/// One connection to the hub: socket, encryption, upgrade, frames. On its loop's thread only.
final class Transport {
  enum Happening {
    case opened
    case text([UInt8])
    case ended(CloseCode)
  }

  private enum Stage {
    case connecting, shakingHands, upgrading, open
    /// Our close frame is out or everything was heard; what comes is thrown away.
    case closing
    case gone
  }

  private let loop: EventLoop
  private let socket: Socket
  private let tell: (Happening) -> Void
  private var tls: TLSConnection?
  private let handshake: ClientHandshake
  private var assembler = MessageAssembler(role: .client, limits: Transport.limits)
  private var scratch = MessageScratch()
  private var frames = FrameEncoder(role: .client)
  private var stage = Stage.connecting
  private var watch: EventLoop.Watch?
  private var isWaitingToWrite = true
  private var received = ByteBuffer()
  private var input = ByteBuffer()
  private var unsent = ByteBuffer()

  // The server decides how much it sends at once: 300 missed events of 64 KiB are possible.
  private static let limits = MessageLimits(message: 32 << 20, inflated: 64 << 20)
  private static let window = 64 << 10
  // How long the peer has to close after us.
  private static let patience = Duration.seconds(2)

  init(
    to peer: PeerAddress, tls: consuming TLSConnection?, handshake: ClientHandshake,
    on loop: EventLoop, tell: @escaping (Happening) -> Void
  ) throws {
    self.loop = loop
    self.tls = tls
    self.handshake = handshake
    self.tell = tell
    socket = try Socket.connect(to: peer)
    watch = try loop.watch(socket.descriptor.rawValue, interest: [.read, .write]) {
      [weak self] _, readiness in self?.serve(readiness)
    }
  }

  /// Sends one message of text.
  func send(_ text: [UInt8]) {
    guard case .open = stage else { return }
    var frame = ByteBuffer(capacity: text.count + 16)
    frames.append(.text, text.span, to: &frame)
    write(frame.bytes)
  }

  /// Says why, then ends; nothing more is told.
  func close(_ code: CloseCode) {
    guard case .open = stage else { return drop() }
    var frame = ByteBuffer(capacity: 16)
    frames.appendClose(code, to: &frame)
    write(frame.bytes)
    guard case .open = stage else { return }
    stage = .closing
    // The closure keeps this object until the end; the peer's close ends it sooner.
    loop.schedule(after: Transport.patience) { self.drop() }
  }

  /// Ends at once, without a word.
  func drop() {
    if case .gone = stage { return }
    stage = .gone
    if let watch { loop.unwatch(watch) }
    watch = nil
    socket.finishSending()
  }

  private func end(_ code: CloseCode) {
    let isNews = if case .closing = stage { false } else { true }
    if case .gone = stage { return }
    drop()
    if isNews { tell(.ended(code)) }
  }
}

// Bytes in.
extension Transport {
  private func serve(_ readiness: Readiness) {
    if case .connecting = stage {
      guard readiness.isWritable || readiness.isBroken else { return }
      return beginConversation()
    }
    if readiness.isWritable && isWaitingToWrite { flush() }
    if readiness.isReadable { read() }
  }

  private func beginConversation() {
    do {
      try socket.finishConnecting()
      setWaiting(false)
      guard tls != nil else { return upgrade() }
      stage = .shakingHands
      var reply = ByteBuffer()
      try tls!.start(reply: &reply)
      transmit(reply.bytes)
    } catch {
      end(.abnormal)
    }
  }

  private func read() {
    if case .gone = stage { return }
    received.removeAll()
    switch socket.receive(into: &received, room: Transport.window) {
    case .wouldBlock: return
    case .closed, .failed: return end(.abnormal)
    case .bytes: break
    }
    do {
      try decrypt()
    } catch {
      end(.abnormal)
    }
  }

  private func decrypt() throws(TLSError) {
    guard tls != nil else {
      input.append(received.bytes)
      return take()
    }
    var reply = ByteBuffer()
    // A failure's alert is sent, too: it tells the server why.
    defer { if !reply.isEmpty { transmit(reply.bytes) } }
    let progress = try tls!.open(received, plaintext: &input, reply: &reply)
    if !reply.isEmpty {
      transmit(reply.bytes)
      reply.removeAll()
    }
    if case .shakingHands = stage, progress != .handshaking { upgrade() }
    take()
    if progress == .closed { end(.abnormal) }
  }

  private func upgrade() {
    stage = .upgrading
    var request = ByteBuffer()
    handshake.append(to: &request)
    write(request.bytes)
  }

  private func take() {
    do throws(WebSocketError) {
      if case .upgrading = stage, let agreement = try handshake.read(input.bytes) {
        input.consume(agreement.length)
        assembler = MessageAssembler(
          role: .client, limits: Transport.limits,
          allowsCompression: agreement.compression != nil)
        stage = .open
        tell(.opened)
      }
      if case .open = stage { try takeFrames() }
      if case .closing = stage { input.removeAll() }
    } catch {
      if case .open = stage { answer(.close, Transport.words(for: error.closeCode)) }
      end(.abnormal)
    }
  }

  private func takeFrames() throws(WebSocketError) {
    var position = 0
    while case .open = stage,
      let incoming = try assembler.next(&input, at: &position, scratch: &scratch)
    {
      let payload = [UInt8](scratch.payload(of: incoming, in: input.bytes))
      switch incoming.kind {
      case .text: tell(.text(payload))
      case .binary, .pong: continue
      case .ping: answer(.pong, payload)
      case .close(let code): return closedByPeer(code)
      }
    }
    input.removeAll(keepingCapacity: input.capacity <= 4 * Transport.window)
  }

  private func closedByPeer(_ code: CloseCode) {
    // RFC 6455, 5.5.1: the answer echoes the code.
    var frame = ByteBuffer(capacity: 16)
    frames.appendClose(code.isAllowedOnWire ? code : .noStatus, to: &frame)
    write(frame.bytes)
    end(code)
  }

  private static func words(for code: CloseCode) -> [UInt8] {
    [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
  }

  private func answer(_ opcode: Opcode, _ payload: [UInt8]) {
    var frame = ByteBuffer(capacity: payload.count + 16)
    frames.append(opcode, payload.span, to: &frame)
    write(frame.bytes)
  }
}

// Bytes out.
extension Transport {
  private func write(_ bytes: Span<UInt8>) {
    guard tls != nil else { return transmit(bytes) }
    var sealed = ByteBuffer(capacity: bytes.count + 64)
    do {
      try tls!.seal(bytes, into: &sealed)
      transmit(sealed.bytes)
    } catch {
      end(.abnormal)
    }
  }

  private func transmit(_ bytes: Span<UInt8>) {
    if case .gone = stage { return }
    unsent.append(bytes)
    flush()
  }

  private func flush() {
    if case .gone = stage { return }
    while !unsent.isEmpty {
      switch socket.send(unsent.bytes) {
      case .bytes(let count): unsent.consume(count)
      case .wouldBlock: return setWaiting(true)
      case .closed, .failed: return end(.abnormal)
      }
    }
    setWaiting(false)
  }

  private func setWaiting(_ waits: Bool) {
    guard waits != isWaitingToWrite, let watch else { return }
    isWaitingToWrite = waits
    loop.modify(watch, interest: waits ? [.read, .write] : .read)
  }
}

// A span keeps the whole transport borrowed, a borrowed buffer only itself.
extension TLSConnection {
  fileprivate mutating func open(
    _ received: borrowing ByteBuffer, plaintext: inout ByteBuffer, reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    try open(received.bytes, plaintext: &plaintext, reply: &reply)
  }
}
