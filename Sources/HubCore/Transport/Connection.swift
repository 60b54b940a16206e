internal import Bytes
internal import HubProtocol
internal import Loop
internal import PluginKit
internal import TLS

/// One client's line: its socket, its encryption, and what it is owed.
///
/// It never leaves the worker that accepted it. Others name it by its `token`.
final class Connection {
  /// Where a connection is in its life; it only ever moves down this list.
  enum Phase {
    /// The TLS handshake is under way. Next: any other.
    case handshaking
    /// The handler holds a conversation. Next: `parting` or `gone`.
    case open
    /// The queue is still sent, then the connection is closed; received bytes are discarded.
    case parting
    /// The socket is closed; whoever still holds this object must do nothing with it.
    case gone
  }

  let token: UInt64
  /// Never given twice, unlike the token.
  let number: ConnectionID
  let socket: Socket
  let role: ListenerRole
  let peer: PeerAddress
  /// Whether the peer is a trusted proxy, which speaks for clients.
  let isProxied: Bool
  /// The client's address: the peer's own, or the one that a proxy forwarded with the current
  /// request. Nil where no readable one was forwarded.
  var client: IPAddress?
  /// The client that this connection counts for in the limit per address.
  var counted: ClientKey?
  /// Bytes that this connection has of the budget for input.
  var heldInput = 0
  /// The client that this memory is charged to.
  var inputClient: ClientKey?
  var tls: TLSConnection?
  var phase = Phase.handshaking
  /// Whether the handler takes frames for the client now; set by the handler.
  var takesFrames = false
  /// Frames and publications that have not been encrypted yet.
  var sendQueue = SendQueue()
  /// Encrypted bytes that the kernel had no room for; while there are any, nothing is sealed.
  var unsent = ByteBuffer()
  /// Nanoseconds of the loop's clock when the kernel last took any of them.
  var stalledSince: UInt64 = 0
  /// Nanoseconds of the loop's clock when the last byte came.
  var lastHeard: UInt64
  var timer: EventLoop.Timer?
  /// Is it in the transport's list of connections that have something to send?
  var isDirty = false
  var isReading = true
  var isWaitingToWrite = false
  /// Set when the peer has ended its side or the line broke.
  var readClosed = false
  /// How its conversation in frames ended, once it has.
  var ending: ConnectionEnding?
  var admission = ConnectionLimiter.Verdict.welcome
  /// Waits until all that was queued is with the kernel.
  var roomWaiter: CheckedContinuation<Void, Never>?
  /// The state of an open connection's protocol. It belongs to the handler, which alone looks into it.
  var conversation: AnyObject?
  /// The conversation that follows if the handler decides so, and the frames that wait for it.
  var nextConversation: AnyObject?
  var heldFrames: [[UInt8]]?

  init(
    token: UInt64, number: ConnectionID, socket: consuming Socket, role: ListenerRole,
    peer: PeerAddress,
    isProxied: Bool, tls: consuming TLSConnection?, now: UInt64
  ) {
    self.token = token
    self.number = number
    self.socket = socket
    self.role = role
    self.peer = peer
    self.isProxied = isProxied
    client = isProxied ? nil : peer.address
    counted = isProxied ? nil : ClientKey(peer.address)
    self.tls = tls
    lastHeard = now
  }

  var isGone: Bool { phase == .gone }

  var isParting: Bool {
    switch phase {
    case .parting, .gone: true
    case .handshaking, .open: false
    }
  }

  /// Bytes of memory for input that cannot be decrypted yet.
  @inline(__always) var encryptedInput: Int { tls?.inputMemory ?? 0 }

  /// The conversation, if it is of this type. The type has no subclasses.
  @inline(__always) func conversation<State: AnyObject>(as type: State.Type) -> State? {
    Connection.view(conversation, as: type)
  }

  @inline(__always) static func view<State: AnyObject>(
    _ object: AnyObject?, as type: State.Type
  ) -> State? {
    guard let object, Swift.type(of: object) == type else { return nil }
    // The types have just been compared; a checked cast would call the runtime for every read.
    return unsafeDowncast(object, to: type)
  }

  /// The peer does not read what it asked for. It is not heard until it has read all of it;
  /// otherwise a flood of pings could make us hold any amount of pongs.
  var isChoked: Bool { unsent.count > 1 << 20 }

  /// Whether records for this connection may go with those for others: they are encrypted, and
  /// nothing of before is waiting.
  @inline(__always) var takesRecords: Bool {
    unsent.isEmpty && roomWaiter == nil && role.isEncrypted
  }

  var interest: Interest {
    var interest: Interest = []
    if isReading && !isChoked { interest.insert(.read) }
    if isWaitingToWrite { interest.insert(.write) }
    return interest
  }
}
