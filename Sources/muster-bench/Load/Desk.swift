import Bytes
import Loop
import TLS
import WebSocket

/// The buffers that all clients share while one of them is served.
struct Desk: ~Copyable {
  var received = ByteBuffer(capacity: Desk.window)
  var opened = ByteBuffer(capacity: Desk.window)
  var text = ByteBuffer()
  /// Frames for the client that is being served.
  var cork = ByteBuffer()
  var sealed = ByteBuffer()
  var scratch = MessageScratch()
  var frames = FrameEncoder(role: .client)

  static let window = 512 << 10

  /// A copy of a message that has just been opened.
  borrowing func text(of incoming: Incoming) -> [UInt8] {
    scratch.payload(of: incoming, in: opened.bytes).withUnsafeBufferPointer { Array($0) }
  }
}

// A span keeps the whole desk borrowed, a borrowed buffer only itself.
extension TLSConnection {
  mutating func open(
    _ received: borrowing ByteBuffer, plaintext: inout ByteBuffer, reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    try open(received.bytes, plaintext: &plaintext, reply: &reply)
  }

  mutating func seal(
    _ plaintext: borrowing ByteBuffer, into output: inout ByteBuffer
  ) throws(TLSError) {
    try seal(plaintext.bytes, into: &output)
  }
}

extension Socket {
  func send(_ buffer: borrowing ByteBuffer) -> Transfer { send(buffer.bytes) }
}

extension ClientHandshake {
  func read(_ answer: borrowing ByteBuffer) throws(WebSocketError) -> Agreement? {
    try read(answer.bytes)
  }
}

extension FrameEncoder {
  mutating func append(text: borrowing ByteBuffer, to output: inout ByteBuffer) {
    append(.text, text.bytes, to: &output)
  }

  mutating func append(
    _ opcode: Opcode, of incoming: Incoming, _ scratch: borrowing MessageScratch,
    _ received: borrowing ByteBuffer, to output: inout ByteBuffer
  ) {
    append(opcode, scratch.payload(of: incoming, in: received.bytes), to: &output)
  }
}

extension Payload {
  static func find(
    _ incoming: Incoming, _ scratch: borrowing MessageScratch, _ received: borrowing ByteBuffer,
    size: Int
  ) -> Verdict {
    find(in: scratch.payload(of: incoming, in: received.bytes), size: size)
  }
}
