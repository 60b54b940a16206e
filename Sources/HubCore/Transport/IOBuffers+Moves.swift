internal import Bytes
internal import Deflate
internal import Loop
internal import TLS
internal import WebSocket

// Moves from one buffer of `IOBuffers` to another. A span keeps the whole struct borrowed, a borrowed
// buffer only itself, so these take buffers.

extension ByteBuffer {
  @inline(__always) mutating func append(_ other: borrowing ByteBuffer) { append(other.bytes) }
}

extension Socket {
  @inline(__always) func send(_ buffer: borrowing ByteBuffer) -> Transfer { send(buffer.bytes) }
}

extension TLSConnection {
  @inline(__always) mutating func open(
    _ received: borrowing ByteBuffer, plaintext: inout ByteBuffer, reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    try open(received.bytes, plaintext: &plaintext, reply: &reply)
  }

  @inline(__always) mutating func seal(
    _ plaintext: borrowing ByteBuffer, into output: inout ByteBuffer
  ) throws(TLSError) {
    try seal(plaintext.bytes, into: &output)
  }
}

extension FrameEncoder {
  /// Appends a frame with the payload of another one.
  @inline(__always) mutating func append(
    _ opcode: Opcode, of incoming: Incoming, _ scratch: borrowing MessageScratch,
    _ received: borrowing ByteBuffer, to output: inout ByteBuffer
  ) {
    append(opcode, scratch.payload(of: incoming, in: received.bytes), to: &output)
  }

  @inline(__always) mutating func append(
    _ opcode: Opcode, compressed payload: borrowing ByteBuffer, to output: inout ByteBuffer
  ) {
    append(opcode, payload.bytes, isCompressed: true, to: &output)
  }
}

extension Deflater {
  mutating func deflate(
    _ incoming: Incoming, _ scratch: borrowing MessageScratch, _ received: borrowing ByteBuffer,
    windowBits: Int, into output: inout ByteBuffer
  ) {
    let payload = scratch.payload(of: incoming, in: received.bytes)
    deflate(payload, windowBits: windowBits, into: &output)
  }
}
