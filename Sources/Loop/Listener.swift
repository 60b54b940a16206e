internal import CLinux
internal import Glibc
internal import Primitives

/// A socket that connections come in through.
public final class Listener: Sendable {
  private let socket: Socket
  /// Where it listens; the port is the real one, also when any was asked for.
  public let address: PeerAddress
  /// The socket belongs to the service manager, which keeps it open while no server runs.
  public let isInherited: Bool
  // Given up for a moment when there are no descriptors left, so that a connection that cannot be
  // served is closed instead of waiting in the queue, where it would wake the loop again and again.
  private let spare: Locked<FileDescriptor?>

  /// The result of one call of `accept`.
  public struct Acceptance: Hashable, Sendable {
    public enum End: Hashable, Sendable {
      /// The backlog is empty.
      case drained
      /// The limit was reached; somebody else may be waiting.
      case limited
      /// The system cannot give connections now, and those who wait could not be refused either.
      /// Look away for a while: the loop would be told in every turn.
      case stalled(SystemFault)
    }
    public var accepted = 0
    /// Closed at once, because there were no descriptors left.
    public var refused = 0
    public var end = End.drained

    public init(accepted: Int = 0, refused: Int = 0, end: End = .drained) {
      self.accepted = accepted
      self.refused = refused
      self.end = end
    }
  }

  /// Listens wherever `endpoint` says: `localhost` is both loopback addresses on the same port,
  /// `*` is one socket for IPv4 and IPv6.
  /// - Parameters:
  ///   - sharesPort: several listeners, one per loop, may have the same address; the kernel spreads
  ///     the connections over them.
  ///   - backlog: how many connections may wait to be accepted.
  public static func open(
    _ endpoint: Endpoint, sharesPort: Bool = false, backlog: Int = 4096
  ) throws(LoopError) -> [Listener] {
    let rules = Rules(isEverywhere: endpoint.host == "*", sharesPort: sharesPort, backlog: backlog)
    if rules.isEverywhere { return [try openEverywhere(endpoint.port, rules)] }
    let addresses = try endpoint.resolve()
    // The port that the first address got may be taken on the second: then another one is tried.
    var triesLeft = endpoint.port == 0 && addresses.count > 1 ? 16 : 1
    while true {
      triesLeft -= 1
      do { return try openAll(addresses, rules) } catch {
        if error.code != .addressInUse || triesLeft == 0 { throw error }
      }
    }
  }

  struct Rules {
    var isEverywhere: Bool
    var sharesPort: Bool
    var backlog: Int
  }

  private static func openEverywhere(_ port: UInt16, _ rules: Rules) throws(LoopError) -> Listener {
    do { return try Listener(PeerAddress(.anyV6, port: port), rules) } catch {
      // A machine without IPv6.
      guard error.fault?.number == EAFNOSUPPORT else { throw error }
      return try Listener(PeerAddress(.anyV4, port: port), rules)
    }
  }

  private static func openAll(
    _ addresses: [PeerAddress], _ rules: Rules
  ) throws(LoopError) -> [Listener] {
    var open: [Listener] = []
    var absent: LoopError?
    for address in addresses {
      let port = open.first?.address.port ?? address.port
      do { open.append(try Listener(PeerAddress(address.address, port: port), rules)) } catch {
        // `localhost` may lack IPv6 (or IPv4): the other one is enough.
        guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.fault?.number) else { throw error }
        absent = error
      }
    }
    if open.isEmpty, let absent { throw absent }
    return open
  }

  private init(_ wanted: PeerAddress, _ rules: Rules) throws(LoopError) {
    let context = "listen on \(wanted)"
    let raw = clinux_stream_socket(wanted.family)
    guard raw >= 0 else { throw LoopError(.last, context) }
    let socket = Socket(owning: FileDescriptor(owning: raw))
    try Self.prepare(socket, for: wanted, rules)
    let status = unsafe wanted.withSystemForm { unsafe bind(raw, $0, $1) }
    guard status == 0, listen(raw, Int32(clamping: rules.backlog)) == 0 else {
      throw LoopError(.last, context)
    }
    address = socket.localAddress
    self.socket = socket
    isInherited = false
    spare = Locked(Self.openSpare())
  }

  /// Listens at a socket that the service manager opened and listens at itself.
  ///
  /// The descriptor is copied: several loops can have a listener of their own for one socket. The
  /// kernel wakes one of them for each connection.
  public init(inherited descriptor: Int32) throws(LoopError) {
    let context = "take over descriptor \(descriptor)"
    let raw = clinux_copy_descriptor(descriptor)
    guard raw >= 0 else { throw LoopError(.last, context) }
    let socket = Socket(owning: FileDescriptor(owning: raw))
    let domain = socket.option(SO_DOMAIN, level: SOL_SOCKET)
    guard
      domain == AF_INET || domain == AF_INET6,
      socket.option(SO_ACCEPTCONN, level: SOL_SOCKET) == 1,
      socket.option(SO_TYPE, level: SOL_SOCKET) == Int32(SOCK_STREAM.rawValue)
    else { throw LoopError(.notListening, context) }
    guard
      clinux_never_block(raw) == 0,
      socket.set(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1)
    else { throw LoopError(.last, context) }
    address = socket.localAddress
    self.socket = socket
    isInherited = true
    spare = Locked(Self.openSpare())
  }

  /// A listener for another loop at the same inherited socket.
  public func copy() throws(LoopError) -> Listener {
    precondition(isInherited, "a socket of our own is opened once for each loop")
    return try Listener(inherited: socket.descriptor.rawValue)
  }

  private static func prepare(
    _ socket: borrowing Socket, for address: PeerAddress, _ rules: Rules
  ) throws(LoopError) {
    // Accepted sockets inherit this one on Linux, which saves a system call for each.
    var done = socket.set(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1)
    done = socket.set(SO_REUSEADDR, level: SOL_SOCKET, to: 1) && done
    if rules.sharesPort { done = socket.set(SO_REUSEPORT, level: SOL_SOCKET, to: 1) && done }
    if !address.address.isV4 {
      let only: Int32 = rules.isEverywhere ? 0 : 1
      done = socket.set(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6), to: only) && done
    }
    if !done { throw LoopError(.last, "prepare a socket for \(address)") }
  }

  private static func openSpare() -> FileDescriptor? {
    let raw = clinux_open_nothing()
    return raw >= 0 ? FileDescriptor(owning: raw) : nil
  }
}

extension Listener {
  /// Accepts those who wait, at most `limit`, and hands each to `body` with its address.
  public func accept(
    atMost limit: Int, _ body: (consuming Socket, PeerAddress) -> Void
  ) -> Acceptance {
    var result = Acceptance()
    while result.accepted + result.refused < limit {
      switch takeOne() {
      case .taken(let raw, let peer):
        result.accepted += 1
        body(Socket(owning: FileDescriptor(owning: raw)), peer)
      case .gone: continue
      case .nobody: return result
      case .fault(let fault) where fault.isOutOfDescriptors:
        guard let end = refuseOne() else {
          result.refused += 1
          continue
        }
        result.end = end
        return result
      case .fault(let fault):
        result.end = .stalled(fault)
        return result
      }
    }
    result.end = .limited
    return result
  }

  private enum Attempt {
    case taken(Int32, PeerAddress)
    /// Gave up while waiting in the queue.
    case gone
    case nobody
    case fault(SystemFault)
  }

  private func takeOne() -> Attempt {
    var peer = sockaddr_storage()
    let raw = unsafe clinux_accept(socket.descriptor.rawValue, &peer)
    if raw >= 0 { return .taken(raw, PeerAddress(peer)) }
    switch errno {
    case EAGAIN: return .nobody
    // accept(2): network errors of the new connection are reported here and mean nothing to us.
    case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTUNREACH, EPERM: return .gone
    default: return .fault(.last)
    }
  }

  /// Uses the spare descriptor to take one connection out of the queue and close it; says why not.
  private func refuseOne() -> Acceptance.End? {
    spare.withLock { spare in
      spare = nil
      defer { spare = Self.openSpare() }
      switch takeOne() {
      case .taken(let raw, _):
        _ = close(raw)
        return nil
      case .gone: return nil
      // The kernel looks for a free descriptor first and at the queue only then.
      case .nobody: return .drained
      case .fault(let fault): return .stalled(fault)
      }
    }
  }

  /// Lets a loop watch for connections. On that loop.
  public func register(on loop: EventLoop, token: UInt64) throws(LoopError) {
    let interest: Interest = isInherited ? [.read, .exclusive] : .read
    try loop.register(socket.descriptor, token: token, interest: interest)
  }

  /// Takes no more connections; later ones are refused by the kernel. From any thread. Those of an
  /// inherited socket wait in its queue for the next server instead.
  public func refuseAll() {
    guard !isInherited else { return }
    _ = shutdown(socket.descriptor.rawValue, Int32(SHUT_RDWR))
  }

  /// Stops the watching, while the queue of the kernel goes on filling. On that loop.
  public func remove(from loop: EventLoop) { loop.remove(socket.descriptor) }
}
