import Bytes
import Loop
import TLS
import WebSocket

/// One client of the server that is measured.
final class Client {
  /// It only ever moves down this list.
  enum Stage { case connecting, greeting, upgrading, open, over }

  /// Its place among the clients, and what the loop knows it by.
  let index: Int
  let isPublisher: Bool
  let socket: Socket
  let begunAt: UInt64
  let handshake: ClientHandshake
  var tls: TLSConnection
  var assembler: MessageAssembler?
  var stage = Stage.connecting
  /// The answer to the upgrade, while it is not whole.
  var answer = ByteBuffer()
  /// Encrypted bytes that the kernel had no room for.
  var unsent = ByteBuffer()

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
    self.index = index
    self.isPublisher = isPublisher
    self.socket = socket
    self.tls = tls
    self.handshake = handshake
    self.isExpecting = isExpecting
    nextFrom = [Int](repeating: 0, count: publishers)
    begunAt = now
  }
}
