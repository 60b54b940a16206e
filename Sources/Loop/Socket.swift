public import Bytes
internal import CLinux
internal import Glibc

/// The outcome of one attempt to move bytes.
public enum Transfer: Hashable, Sendable {
  case bytes(Int)
  /// Nothing could be moved now; the loop tells when to try again.
  case wouldBlock
  /// The peer has finished sending.
  case closed
  case failed(SystemFault)
}

/// A stream socket that never blocks, with one owner; it is closed when the owner lets go of it.
public struct Socket: ~Copyable, Sendable {
  public let descriptor: FileDescriptor

  /// Takes over a descriptor that is a non-blocking stream socket.
  public init(owning descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Two sockets that are connected with each other.
  public static func pair() throws(LoopError) -> SocketPair {
    var ends: [2 of Int32] = [-1, -1]
    var span = ends.mutableSpan
    let status = unsafe span.withUnsafeMutableBufferPointer {
      unsafe clinux_socket_pair($0.baseAddress)
    }
    guard status == 0 else { throw LoopError(.last, "open a pair of sockets") }
    return SocketPair(
      one: Socket(owning: FileDescriptor(owning: ends[0])),
      other: Socket(owning: FileDescriptor(owning: ends[1])))
  }

  /// Reads what has arrived, as far as there is room.
  public func receive(into room: UnsafeMutableRawBufferPointer) -> Transfer {
    precondition(room.count > 0, "there must be room to receive into")
    while true {
      let count = unsafe recv(descriptor.rawValue, room.baseAddress, room.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .closed }
      if errno != EINTR { return Self.refusal() }
    }
  }

  /// Appends what has arrived to `buffer`, which first makes room for at least `room` bytes.
  public func receive(into buffer: inout ByteBuffer, room: Int) -> Transfer {
    var outcome = Transfer.wouldBlock
    unsafe buffer.appendUnsafe(minimum: room) { bytes in
      outcome = unsafe receive(into: bytes)
      guard case .bytes(let count) = outcome else { return 0 }
      return count
    }
    return outcome
  }

  /// Hands over as many of the bytes as the kernel takes; that may be a part of them.
  public func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let flags = Int32(MSG_NOSIGNAL)
      let count = unsafe Glibc.send(descriptor.rawValue, bytes.baseAddress, bytes.count, flags)
      if count >= 0 { return .bytes(count) }
      if errno != EINTR { return Self.refusal() }
    }
  }

  public func send(_ bytes: Span<UInt8>) -> Transfer {
    unsafe bytes.withUnsafeBytes { unsafe send($0) }
  }

  public func send(_ bytes: [UInt8]) -> Transfer {
    unsafe bytes.withUnsafeBytes { unsafe send($0) }
  }

  private static func refusal() -> Transfer {
    errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(.last)
  }

  /// Tells the peer that nothing more will come; reading goes on.
  public func finishSending() { _ = shutdown(descriptor.rawValue, Int32(SHUT_WR)) }

  /// Makes the close that follows a hard one: what is unsent is thrown away, the peer sees a reset.
  public func resetOnClose() {
    var rule = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      descriptor.rawValue, SOL_SOCKET, SO_LINGER, &rule, socklen_t(MemoryLayout<linger>.size))
  }
}

/// Two connected sockets, to be taken apart.
@frozen public struct SocketPair: ~Copyable {
  public var one: Socket
  public var other: Socket
}

// Connecting, and who is at the ends.
extension Socket {
  /// Begins to connect. The socket becomes writable when it has; `finishConnecting` then tells how
  /// it went.
  public static func connect(to peer: PeerAddress) throws(LoopError) -> Socket {
    let context = "connect to \(peer)"
    let raw = clinux_stream_socket(peer.family)
    guard raw >= 0 else { throw LoopError(.last, context) }
    let socket = Socket(owning: FileDescriptor(owning: raw))
    _ = socket.set(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1)
    let status = unsafe peer.withSystemForm { unsafe Glibc.connect(raw, $0, $1) }
    guard status == 0 || errno == EINPROGRESS else { throw LoopError(.last, context) }
    return socket
  }

  /// To be called once after the socket has become writable.
  public func finishConnecting() throws(LoopError) {
    var number: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor.rawValue, SOL_SOCKET, SO_ERROR, &number, &size)
    if number != 0 { throw LoopError(SystemFault(number), "connect") }
  }

  /// The far end; `[::]:0` when there is none.
  public var peerAddress: PeerAddress { unsafe address { unsafe getpeername($0, $1, $2) } }

  /// The near end.
  public var localAddress: PeerAddress { unsafe address { unsafe getsockname($0, $1, $2) } }

  /// How much the kernel queues for a reader that does not read. It rounds up; 0 is the least.
  public func limitSendBuffer(to bytes: Int) {
    _ = set(SO_SNDBUF, level: SOL_SOCKET, to: Int32(clamping: bytes))
  }

  private func address(
    _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> PeerAddress {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe ask(descriptor.rawValue, $0, &size)
      }
    }
    return status == 0 ? PeerAddress(storage) : PeerAddress(.anyV6, port: 0)
  }

  func set(_ option: Int32, level: Int32, to value: Int32) -> Bool {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe setsockopt(descriptor.rawValue, level, option, &value, size) == 0
  }

  func option(_ option: Int32, level: Int32) -> Int32 {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor.rawValue, level, option, &value, &size)
    return value
  }
}
