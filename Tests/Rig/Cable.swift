import Glibc
import Loop
import Primitives

/// A cable between a client and the server that a test can pull and plug in again.
package actor Cable {
  private enum State { case plugged, pulled, swallowing, holding, gone }

  /// Where the client has to connect.
  package nonisolated let port: UInt16
  private nonisolated let state = Locked(State.plugged)
  private nonisolated let thread = BlockingThread(name: "test-cable")

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  package init(to target: UInt16) throws {
    let listener = try Cable.listen()
    port = Cable.port(of: listener)
    Task { await carry(Strands(listener, target)) }
  }

  private func carry(_ strands: consuming Strands) {
    while true {
      switch state.withLock({ $0 }) {
      case .plugged: strands.carry()
      case .pulled: strands.cut()
      case .swallowing: strands.swallow()
      case .holding: strands.hold()
      case .gone: return strands.end()
      }
    }
  }

  /// Breaks all connections, and refuses those who come until it is plugged in again.
  package nonisolated func pull() { state.withLock { $0 = .pulled } }

  /// Lets every byte disappear from now on, and tells nobody.
  package nonisolated func swallow() { state.withLock { $0 = .swallowing } }

  /// Keeps every byte back until it is plugged in again: no end notices, as with a short failure.
  package nonisolated func hold() { state.withLock { $0 = .holding } }

  package nonisolated func plug() { state.withLock { $0 = .plugged } }

  package nonisolated func remove() {
    state.withLock { $0 = .gone }
    thread.stop()
    thread.join()
  }

  private static func listen() throws -> Int32 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port: 0)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeSockets(&address) { bind(listener, $0, size) }
    guard status == 0, Glibc.listen(listener, 64) == 0 else { throw Fault("no port for a cable") }
    return listener
  }

  private static func port(of listener: Int32) -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeSockets(&address) { getsockname(listener, $0, &size) }
    return UInt16(bigEndian: address.sin_port)
  }

  fileprivate static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  fileprivate static func withUnsafeSockets<Result>(
    _ address: inout sockaddr_in, _ call: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0) }
    }
  }
}

/// The connections in a cable, each with its two ends.
private struct Strands: ~Copyable {
  // A change of the cable's state is seen after so long.
  private static let turn: Int32 = 10

  private let listener: Int32
  private let target: UInt16
  private var ends: [(near: Int32, far: Int32)] = []
  /// Of those that are swallowed, which have nothing to say any more.
  private var ended: Set<Int32> = []

  init(_ listener: Int32, _ target: UInt16) {
    self.listener = listener
    self.target = target
  }

  /// Carries what has come, for one turn.
  mutating func carry() {
    let watched = [listener] + ends.flatMap { [$0.near, $0.far] }
    let ready = Strands.ready(watched)
    ends = ends.filter { near, far in
      let isWhole =
        (!ready.contains(near) || Strands.move(from: near, to: far))
        && (!ready.contains(far) || Strands.move(from: far, to: near))
      if !isWhole { Strands.close(near, far) }
      return isWhole
    }
    guard ready.contains(listener) else { return }
    let near = accept(listener, nil, nil)
    let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Cable.loopback(port: target)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard Cable.withUnsafeSockets(&address, { connect(far, $0, size) }) == 0 else {
      return Strands.close(near, far)
    }
    ends.append((near, far))
  }

  /// Takes what comes and carries it nowhere, the ends of connections neither.
  mutating func swallow() {
    let ready = Strands.ready(ends.flatMap { [$0.near, $0.far] }.filter { !ended.contains($0) })
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    for end in ready where recv(end, &buffer, buffer.count, 0) <= 0 { ended.insert(end) }
  }

  mutating func hold() { poll(nil, 0, Strands.turn) }

  /// Breaks all connections, and refuses those who come.
  mutating func cut() {
    for (near, far) in ends { Strands.close(near, far) }
    ends = []
    if Strands.ready([listener]).contains(listener) {
      _ = Glibc.close(accept(listener, nil, nil))
    }
  }

  mutating func end() {
    for (near, far) in ends { Strands.close(near, far) }
    _ = Glibc.close(listener)
  }

  private static func ready(_ watched: [Int32]) -> Set<Int32> {
    var polled = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&polled, nfds_t(polled.count), turn)
    return Set(polled.filter { $0.revents != 0 }.map(\.fd))
  }

  /// False when the connection is over.
  private static func move(from source: Int32, to target: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(source, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    var sent = 0
    while sent < count {
      let moved = buffer[sent..<count].withUnsafeBytes {
        send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard moved > 0 else { return false }
      sent += moved
    }
    return true
  }

  private static func close(_ near: Int32, _ far: Int32) {
    _ = Glibc.close(near)
    _ = Glibc.close(far)
  }
}
