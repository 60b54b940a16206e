internal import Bytes
internal import HubProtocol
internal import Loop
internal import PluginKit
internal import TLS
internal import WebSocket

/// One client's line: its socket, its encryption, what it is in the middle of, and what it is owed.
///
/// It never leaves the worker that accepted it. Others name it by its `token`.
final class Connection {
  /// Where a connection is in its life; it only ever moves down this list.
  enum Stage {
    /// The TLS handshake is under way. Next: any other.
    case greeting
    /// Requests and answers. Next: `webSocket` or `parting`.
    case http(HTTPExchange)
    /// Frames. Next: `parting`.
    case webSocket(WebSocketLink)
    /// The queue is still sent, then the connection is closed; received bytes are discarded.
    case parting
    /// The socket is closed; whoever still holds this object must do nothing with it.
    case gone
  }

  let token: UInt64
  /// Never given twice, unlike the token.
  let number: ConnectionID
  let socket: Socket
  let door: Door
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
  var stage: Stage
  /// Frames and publications that have not been encrypted yet.
  var outbox = Outbox()
  /// Encrypted bytes that the kernel had no room for; while there are any, nothing is sealed.
  var unsent = ByteBuffer()
  /// Nanoseconds of the loop's clock when the kernel last took any of them.
  var stalledSince: UInt64 = 0
  /// Nanoseconds of the loop's clock when the last byte came.
  var lastHeard: UInt64
  var timer: EventLoop.Timer?
  /// Is it in the worker's list of connections that have something to send?
  var isDirty = false
  var isReading = true
  var isWaitingToWrite = false
  /// Set when the peer has ended its side or the line broke.
  var isDeaf = false
  /// How its conversation in frames ended, once it has.
  var ending: Worker.Ending?
  var admission = Admission.Verdict.welcome
  /// Waits until all that was queued is with the kernel.
  var roomWaiter: CheckedContinuation<Void, Never>?
  /// A dialect's client whose upgrade is not answered yet.
  var arriving: DialectLink?

  init(
    token: UInt64, number: ConnectionID, socket: consuming Socket, door: Door, peer: PeerAddress,
    isProxied: Bool, tls: consuming TLSConnection?, now: UInt64
  ) {
    self.token = token
    self.number = number
    self.socket = socket
    self.door = door
    self.peer = peer
    self.isProxied = isProxied
    client = isProxied ? nil : peer.address
    counted = isProxied ? nil : ClientKey(peer.address)
    self.tls = tls
    lastHeard = now
    stage = .greeting
  }

  var isGone: Bool {
    if case .gone = stage { true } else { false }
  }

  var isParting: Bool {
    switch stage {
    case .parting, .gone: true
    case .greeting, .http, .webSocket: false
    }
  }

  /// Bytes of memory for input that is not whole or not answered yet.
  @inline(__always) var inputMemory: Int {
    switch stage {
    case .webSocket(let link): link.early.capacity + link.assembler.memory
    case .http(let exchange): exchange.memory
    case .greeting, .parting, .gone: 0
    }
  }

  /// The conversation in frames, once it is one.
  var link: WebSocketLink? {
    if case .webSocket(let link) = stage { link } else { nil }
  }

  /// Whether its conversation in frames goes on: neither side has begun to end it.
  var isConversing: Bool { link?.closing.takesMessages ?? false }

  /// Whether its client may still come into topics: its conversation goes on, or a dialect is about
  /// to begin it.
  var mayComeIn: Bool { isConversing || !isParting && arriving != nil }

  /// The version-2 client's side, if it is one.
  var hub: HubSession? {
    if case .hub(let session) = link?.speaker { session } else { nil }
  }

  var dialect: DialectLink? {
    if let arriving { return arriving }
    if case .dialect(let dialect) = link?.speaker { return dialect }
    return nil
  }

  /// The peer does not read what it asked for. It is not heard until it has read all of it;
  /// otherwise a flood of pings could make us hold any amount of pongs.
  var isChoked: Bool { unsent.count > 1 << 20 }

  /// Whether records for this connection may go with those for others: they are encrypted, and
  /// nothing of before is waiting.
  @inline(__always) var takesRecords: Bool {
    unsent.isEmpty && roomWaiter == nil && door.isEncrypted
  }

  var interest: Interest {
    var interest: Interest = []
    if isReading && !isChoked { interest.insert(.read) }
    if isWaitingToWrite { interest.insert(.write) }
    return interest
  }
}
