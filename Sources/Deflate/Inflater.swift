public import Bytes

/// Inflates whole messages of permessage-deflate (RFC 7692), one after the other.
///
/// It keeps nothing between messages, so one belongs to an event loop and serves all of its
/// connections. It owns no memory until it is first used.
public struct Inflater: ~Copyable {
  /// No limit is higher, so that sums with one cannot overflow.
  static let mostBytes = 1 << 40

  private var stream: ZlibStream?

  public init() {}

  /// Appends the message that `payload` (the payloads of all its frames) inflates to.
  ///
  /// Output stops at `limit` bytes: a bomb costs at most that much memory. After an error
  /// `output` holds what was inflated before it.
  public mutating func inflate(
    _ payload: Span<UInt8>, into output: inout ByteBuffer, limit: Int
  ) throws(DeflateError) {
    // An empty payload is not a deflate stream, but senders whose compressor had nothing to
    // flush produce it for an empty message.
    guard payload.count > 0 else { return }
    if stream == nil { stream = .inflating(windowBits: -15) }
    try stream!.inflateMessage(payload, into: &output, limit: limit)
  }
}

extension ZlibStream {
  fileprivate func inflateMessage(
    _ payload: Span<UInt8>, into output: inout ByteBuffer, limit: Int
  ) throws(DeflateError) {
    restartInflating()
    let end = output.count + min(limit, Inflater.mostBytes)
    // RFC 7692, 7.2.3.4: a block with the final bit may be followed by more of the message,
    // which may still refer to what came before.
    var place = try inflate(payload, into: &output, end: end, next: .goesOn)
    if place == .streamEnd { return }
    // RFC 7692, 7.2.2: the sender took the end of the last flush off; it goes back on.
    let tail: [4 of UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    place = try inflate(tail.span, into: &output, end: end, next: .goesOn)
    if place == .insideBlock { throw DeflateError(.truncated) }
  }
}
