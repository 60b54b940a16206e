import Bytes
import Loop
import TLS

/// An encrypted line to the server, whatever is said on it. It lives on one loop.
class Line {
  /// Its place among the lines of its run, and what the loop knows it by.
  let index: Int
  let socket: Socket
  var tls: TLSConnection
  private var isConnected = false
  /// Is the handshake done?
  private(set) var isSecure = false
  /// Encrypted bytes that the kernel had no room for.
  private var unsent = ByteBuffer()

  init(_ index: Int, _ socket: consuming Socket, _ tls: consuming TLSConnection) {
    self.index = index
    self.socket = socket
    self.tls = tls
  }

  /// The kernel has room: goes on to connect, or to send what waits.
  func goOn(_ desk: inout Desk, on loop: EventLoop) throws {
    if !isConnected {
      try socket.finishConnecting()
      isConnected = true
      desk.sealed.removeAll()
      try tls.start(reply: &desk.sealed)
      transmit(&desk, on: loop)
    }
    while !unsent.isEmpty {
      guard case .bytes(let count) = socket.send(unsent) else { return }
      unsent.consume(count)
    }
    unsent.removeAll(keepingCapacity: false)
    loop.modify(socket.descriptor, token: UInt64(index), interest: .read)
  }

  /// Takes what has come, decrypted, into `desk.opened`; says how many bytes it was on the wire.
  func receive(_ desk: inout Desk, on loop: EventLoop) throws -> Int {
    desk.received.removeAll()
    desk.opened.removeAll()
    desk.sealed.removeAll()
    switch socket.receive(into: &desk.received, room: Desk.window) {
    case .wouldBlock: return 0
    case .closed: throw RunError("the server hung up")
    case .failed(let fault): throw RunError("\(fault)")
    case .bytes(let count):
      let progress = try tls.open(desk.received, plaintext: &desk.opened, reply: &desk.sealed)
      if progress != .handshaking { isSecure = true }
      if !desk.sealed.isEmpty { transmit(&desk, on: loop) }
      return count
    }
  }

  /// Encrypts and sends what lies in the cork.
  func uncork(_ desk: inout Desk, on loop: EventLoop) throws {
    guard !desk.cork.isEmpty else { return }
    defer { desk.cork.removeAll() }
    desk.sealed.removeAll()
    try tls.seal(desk.cork, into: &desk.sealed)
    transmit(&desk, on: loop)
  }

  private func transmit(_ desk: inout Desk, on loop: EventLoop) {
    if unsent.isEmpty, case .bytes(let count) = socket.send(desk.sealed) {
      desk.sealed.consume(count)
    }
    guard !desk.sealed.isEmpty else { return }
    unsent.append(desk.sealed.bytes)
    loop.modify(socket.descriptor, token: UInt64(index), interest: [.read, .write])
  }
}
