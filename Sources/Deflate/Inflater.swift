public import Bytes
internal import CZlib

/// Inflates whole messages of permessage-deflate (RFC 7692), one after the other.
///
/// It keeps nothing between messages, so one belongs to an event loop and serves all of its
/// connections. It owns no memory until it is first used.
public struct Inflater: ~Copyable {
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
  /// How far a run of input brought the stream.
  fileprivate enum Progress { case atBlockBoundary, insideBlock, ended }

  fileprivate func inflateMessage(
    _ payload: Span<UInt8>, into output: inout ByteBuffer, limit: Int
  ) throws(DeflateError) {
    _ = unsafe inflateReset(pointer)
    let end = output.count + limit
    // Most JSON shrinks three- or fourfold; a wrong guess costs one more turn of the loop.
    output.reserve(min(limit, payload.count * 4) + 1)
    var progress = try run(payload, into: &output, end: end)
    if progress == .ended { return }
    // RFC 7692, 7.2.2: the sender took the end of the last flush off; it goes back on.
    let tail: [4 of UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    progress = try run(tail.span, into: &output, end: end)
    if progress == .insideBlock { throw DeflateError(.truncated) }
  }

  private func run(
    _ input: Span<UInt8>, into output: inout ByteBuffer, end: Int
  ) throws(DeflateError) -> Progress {
    try unsafe input.withUnsafeBytes { (bytes) throws(DeflateError) in
      unsafe setInput(bytes)
      while true {
        let code = try step(into: &output, end: end)
        if code == Z_STREAM_END {
          guard inputLeft > 0 else { return .ended }
          // RFC 7692, 7.2.3.4: a block with the final bit may be followed by more of the
          // message, which may still refer to what came before: the window is kept.
          _ = unsafe inflateResetKeep(pointer)
        } else if inputLeft == 0 && outputLeft > 0 {
          return boundary
        }
      }
    }
  }

  /// One call of zlib. It may report "no progress" when input and output end together, which
  /// is not an error; the caller sees from what is left whether to go on.
  private func step(into output: inout ByteBuffer, end: Int) throws(DeflateError) -> Int32 {
    var code = Z_OK
    let before = output.count
    // One byte more than allowed tells "exactly the limit" from "more than the limit".
    let allowed = end + 1 - before
    unsafe output.appendUnsafe(minimum: 1) { room in
      unsafe setOutput(room, atMost: allowed)
      let given = outputLeft
      code = unsafe CZlib.inflate(pointer, Z_SYNC_FLUSH)
      return given - outputLeft
    }
    if output.count > end {
      output.truncate(to: end)
      throw DeflateError(.tooLarge)
    }
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
      throw DeflateError(.damaged)
    }
    return code
  }

  /// `data_type` says: bit 7, a block has just ended; bits 0–5, bits of input not used yet.
  private var boundary: Progress {
    let state = unsafe pointer.pointee.data_type
    return state & 128 != 0 && state & 63 == 0 ? .atBlockBoundary : .insideBlock
  }
}
