import Bytes
import Loop
import TLS
import WebSocket

/// One client of the server that is measured.
final class Client: Line {
  /// It only ever moves down this list.
  enum Stage { case greeting, upgrading, open, over }

  let isPublisher: Bool
  let begunAt: UInt64
  let handshake: ClientHandshake
  var assembler: MessageAssembler?
  var stage = Stage.greeting
  /// The answer to the upgrade, while it is not whole.
  var answer = ByteBuffer()

  /// The number of the message it sends next, and of the one it is sent next by each publisher.
  var nextToSend = 0
  var nextFrom: [Int]
  /// Messages it owes the server.
  var due = 0
  /// Has it been sent what it waits for before the load begins?
  var isExpecting: Bool

  init(
    _ index: Int, isPublisher: Bool, _ socket: consuming Socket, _ tls: consuming TLSConnection,
    _ handshake: ClientHandshake, publishers: Int, isExpecting: Bool, at now: UInt64
  ) {
    self.isPublisher = isPublisher
    self.handshake = handshake
    self.isExpecting = isExpecting
    nextFrom = [Int](repeating: 0, count: publishers)
    begunAt = now
    super.init(index, socket, tls)
  }
}
