internal import Bytes
internal import Deflate
internal import WebSocket

/// The buffers that a worker's connections share, each needed only while one of them is served.
///
/// An idle connection owns no buffer at all because of this one.
struct IOBuffers: ~Copyable {
  /// As received from the socket.
  var received = ByteBuffer(capacity: IOBuffers.window)
  /// The same, decrypted.
  var plaintextIn = ByteBuffer(capacity: IOBuffers.window)
  /// Frames and answers for the connection that is being served, before encryption.
  var plaintextOut = IOBuffers.makePlaintextOut()
  /// Encrypted bytes on their way to the socket.
  var ciphertext = ByteBuffer(capacity: IOBuffers.window)
  /// Text that a frame is about to be made of.
  var text = ByteBuffer(capacity: 4096)
  var scratch = MessageScratch()
  var frames = FrameEncoder(role: .server)
  var deflater = Deflater()

  // One `recv` takes what the kernel has for a connection; more than a few records at once gains
  // nothing, and a quarter of a megabyte stays within the second-level cache.
  static let window = 256 << 10

  init() {}

  /// Buffers of this size all begin at the same place of a page, where messages are copied from one
  /// to the other. AMD's processors take twenty times as long for 16 KiB when the two places are
  /// close to each other within a page, so this one begins half a page away.
  private static func makePlaintextOut() -> ByteBuffer {
    ByteBuffer(capacity: IOBuffers.window, alignment: 2048)
  }

  /// Gives back what an unusually large message made the buffers grow to.
  mutating func shrink() {
    if plaintextOut.capacity > 2 * IOBuffers.window { plaintextOut = IOBuffers.makePlaintextOut() }
    if ciphertext.capacity > 2 * IOBuffers.window {
      ciphertext = ByteBuffer(capacity: IOBuffers.window)
    }
    if plaintextIn.capacity > 2 * IOBuffers.window {
      plaintextIn = ByteBuffer(capacity: IOBuffers.window)
    }
    if text.capacity > IOBuffers.window { text = ByteBuffer(capacity: 4096) }
  }
}
