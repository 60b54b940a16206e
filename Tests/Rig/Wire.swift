import Bytes
import Glibc
package import Loop
package import TLS

/// A line to a server, byte by byte: what is sent and what comes back is up to the test.
package actor Wire {
  private struct Waiter {
    /// True once it has found what it waits for.
    let look: () -> Bool
    let giveUp: () -> Void
  }

  /// All lines of the process share one thread.
  package static let loop: EventLoop = {
    let loop = EventLoop()
    loop.start(name: "test-wires")
    return loop
  }()
  private static let context = Result { try TLSContext.client(trusting: .anyone) }
  /// Real time, and much of it: only a test that fails waits for it.
  private static let patience = Duration.seconds(15)

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    Wire.loop.asUnownedSerialExecutor()
  }

  private var socket: Socket?
  private var tls: TLSConnection?
  private var watch: EventLoop.Watch?
  private var received: [UInt8] = []
  /// Whether something has come that was not taken yet.
  package var hasReceived: Bool { !received.isEmpty }
  private var unsent = ByteBuffer()
  package private(set) var hasEnded = false
  private var isReading = true
  /// Is the handshake done?
  private var isSafe = false
  private var waiters: [Int: Waiter] = [:]
  private var lastWaiter = 0

  private init() {}

  /// - Parameters:
  ///   - trust: whose certificates are accepted; everybody's by itself.
  ///   - receiveBuffer: how many bytes the kernel keeps for a reader that does not read.
  package static func connect(
    _ address: PeerAddress, encrypted: Bool = true, trusting trust: TLSTrust? = nil,
    receiveBuffer: Int? = nil
  ) async throws -> Wire {
    let wire = Wire()
    let context = try trust.map { try TLSContext.client(trusting: $0) } ?? Wire.context.get()
    try await wire.open(address, encrypted ? context : nil, receiveBuffer)
    return wire
  }

  private func open(
    _ address: PeerAddress, _ context: TLSContext?, _ receiveBuffer: Int?
  ) async throws {
    let socket = try Socket.connect(to: address)
    if var bytes = receiveBuffer.map({ Int32(clamping: $0) }) {
      setsockopt(
        socket.descriptor.rawValue, SOL_SOCKET, SO_RCVBUF, &bytes,
        socklen_t(MemoryLayout<Int32>.size))
    }
    let descriptor = socket.descriptor.rawValue
    self.socket = consume socket
    if let context {
      tls = try TLSConnection(connecting: context, to: "localhost")
      try tls!.start(reply: &unsent)
    }
    watch = try Wire.loop.watch(descriptor, interest: [.read, .write]) { [weak self] _, ready in
      self?.assumeIsolated { $0.serve(ready) }
    }
    if context == nil { return }
    let isReady = try await wait { $0.isSafe ? true : $0.hasEnded ? false : nil }
    guard isReady else { throw Fault("no handshake") }
  }

  package func send(_ bytes: [UInt8]) throws { try send(bytes, andEnd: false) }

  private func send(_ bytes: [UInt8], andEnd isLast: Bool) throws {
    guard !hasEnded else { throw Fault("the line has ended") }
    if tls != nil {
      try tls!.seal(bytes.span, into: &unsent)
      if isLast { tls!.closeNotify(into: &unsent) }
    } else {
      unsent.append(bytes)
    }
    flush()
    if isLast && unsent.isEmpty { socket?.finishSending() }
  }

  /// Sends the beginning of a record whose end never comes.
  package func sendBeginning(of record: [UInt8], bytes count: Int) throws {
    var sealed = ByteBuffer()
    try tls?.seal(record.span, into: &sealed)
    sealed.truncate(to: min(count, sealed.count))
    unsent.append(sealed.bytes)
    flush()
  }

  package func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Sends, and says in the same breath that nothing follows; reading goes on.
  package func sendLast(_ text: String) throws {
    try send(Array(text.utf8), andEnd: true)
  }

  /// Waits until `parse` finds what it wants at the front of what has come, and takes it away.
  package func take<Found: Sendable>(
    _ parse: @escaping @Sendable (inout [UInt8]) throws -> Found?
  ) async throws -> Found {
    let found = try await wait { wire -> Result<Found, any Error>? in
      do {
        if let found = try parse(&wire.received) { return .success(found) }
      } catch {
        return .failure(error)
      }
      let left = String(decoding: wire.received.prefix(2000), as: UTF8.self)
      return wire.hasEnded ? .failure(Fault("the line ended; left: \(left)")) : nil
    }
    return try found.get()
  }

  /// Waits for the end of the line; everything that came before it.
  package func rest() async throws -> [UInt8] {
    try await wait { wire in wire.hasEnded ? wire.received : nil }
  }

  /// What has come and was not taken.
  package var waiting: [UInt8] { received }

  /// What the peer has not taken yet.
  package var unsentBytes: Int { unsent.count }

  /// Reads nothing any more: what the peer sends stays in the kernel.
  package func stopReading() {
    isReading = false
    update()
  }

  package func startReading() {
    isReading = true
    update()
  }

  /// Ends with a reset, as a line that breaks does.
  package func reset() {
    socket?.resetOnClose()
    end()
  }

  /// Ends without a word, as the kernel does for a program that is killed.
  package func drop() { end() }
}

// Bytes.
extension Wire {
  private func serve(_ ready: Readiness) {
    if ready.isWritable { flush() }
    if ready.isReadable && isReading { read() }
    look()
  }

  private func read() {
    guard !hasEnded else { return }
    var bytes = ByteBuffer()
    var outcome = Transfer.closed
    if socket != nil { outcome = socket!.receive(into: &bytes, room: 64 << 10) }
    switch outcome {
    case .wouldBlock: return
    case .closed, .failed: return end()
    case .bytes: break
    }
    guard tls != nil else { return received.append(contentsOf: [UInt8](bytes)) }
    var plain = ByteBuffer()
    let isOver: Bool
    do {
      let progress = try tls!.open(bytes.bytes, plaintext: &plain, reply: &unsent)
      isSafe = progress != .handshaking
      isOver = progress == .closed
    } catch {
      isOver = true
    }
    received.append(contentsOf: [UInt8](plain))
    flush()
    if isOver { end() }
  }

  private func flush() {
    while !unsent.isEmpty && socket != nil {
      switch socket!.send(unsent.bytes) {
      case .bytes(let count): unsent.consume(count)
      case .wouldBlock: return update()
      case .closed, .failed: return end()
      }
    }
    update()
  }

  private func update() {
    guard let watch else { return }
    var interest: Interest = []
    if isReading { interest.insert(.read) }
    if !unsent.isEmpty { interest.insert(.write) }
    Wire.loop.modify(watch, interest: interest)
  }

  private func end() {
    if let watch { Wire.loop.unwatch(watch) }
    watch = nil
    socket = nil
    hasEnded = true
    look()
  }
}

// Waiting.
extension Wire {
  private func look() {
    for (number, waiter) in waiters where waiter.look() { waiters[number] = nil }
  }

  private func wait<Found: Sendable>(
    _ search: @escaping @Sendable (isolated Wire) -> Found?
  ) async throws -> Found {
    if let found = search(self) { return found }
    lastWaiter += 1
    let number = lastWaiter
    let timer = Wire.loop.schedule(after: Wire.patience) { [weak self] in
      self?.assumeIsolated { wire in wire.waiters.removeValue(forKey: number)?.giveUp() }
    }
    defer { Wire.loop.cancel(timer) }
    return try await withCheckedThrowingContinuation { continuation in
      waiters[number] = Waiter(
        look: { [unowned self] in
          guard let found = search(self) else { return false }
          continuation.resume(returning: found)
          return true
        },
        giveUp: { [unowned self] in
          let left = String(decoding: self.received.prefix(2000), as: UTF8.self)
          continuation.resume(throwing: Fault("nothing came in time; left: \(left)"))
        })
    }
  }
}
