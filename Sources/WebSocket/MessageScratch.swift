public import Bytes
internal import Deflate

/// Buffers that an event loop lends to the receiving connection: the inflater, and the place
/// for messages that do not lie in one piece in the received bytes.
///
/// One is enough for all connections of a loop. Its content lasts until the next call of
/// `MessageAssembler.next`.
public struct MessageScratch: ~Copyable {
  // A single long message must not make the loop keep its memory for good.
  private static let keptCapacity = 256 << 10

  @usableFromInline var message = ByteBuffer()
  private var inflater = Inflater()

  public init() {}

  /// The payload of `incoming`, which `MessageAssembler.next` found in `received`.
  @inlinable @_lifetime(borrow self, copy received)
  public func payload(of incoming: Incoming, in received: Span<UInt8>) -> Span<UInt8> {
    if let range = incoming.range { return received.extracting(range) }
    return message.bytes
  }

  /// Takes over what a connection has gathered, and leaves it without memory.
  mutating func take(_ gathered: inout ByteBuffer) {
    swap(&message, &gathered)
    gathered.removeAll(keepingCapacity: false)
  }

  mutating func inflate(_ payload: Span<UInt8>, limit: Int) throws(WebSocketError) {
    message.removeAll(keepingCapacity: message.capacity <= MessageScratch.keptCapacity)
    do {
      try inflater.inflate(payload, into: &message, limit: limit)
    } catch {
      throw WebSocketError(error.code == .tooLarge ? .inflatedTooBig : .badCompression)
    }
  }

  var isUTF8: Bool { UTF8Validator.isValid(message.bytes) }
}
