internal import Bytes
internal import CZlib

extension ZlibStream {
  /// Where in the stream the input ended.
  enum Place { case insideBlock, betweenBlocks, streamEnd }

  /// The meaning of bytes after the end of a stream.
  enum Continuation {
    /// More of the same, which may refer to what was inflated before.
    case goesOn
    /// A stream of its own.
    case startsAnew
  }

  func restartInflating() { _ = unsafe inflateReset(pointer) }

  /// Inflates all of `input`, until `output` has `end` bytes at the most.
  func inflate(
    _ input: Span<UInt8>, into output: inout ByteBuffer, end: Int, next: Continuation
  ) throws(DeflateError) -> Place {
    // Most JSON shrinks three- or fourfold; a wrong guess costs one more turn of the loop.
    output.reserve(min(end - output.count, input.count * 4) + 1)
    return try unsafe input.withUnsafeBytes { (bytes) throws(DeflateError) in
      unsafe setInput(bytes)
      while true {
        let code = try inflateStep(into: &output, end: end)
        if code == Z_STREAM_END {
          guard inputLeft > 0 else { return .streamEnd }
          restart(next)
        } else if inputLeft == 0 && outputLeft > 0 {
          return place
        }
      }
    }
  }

  private func restart(_ next: Continuation) {
    switch next {
    case .goesOn: _ = unsafe inflateResetKeep(pointer)
    case .startsAnew: _ = unsafe inflateReset(pointer)
    }
  }

  /// One call of zlib. It may report "no progress" when input and output end together, which
  /// is not an error; the caller sees from what is left whether to go on.
  private func inflateStep(
    into output: inout ByteBuffer, end: Int
  ) throws(DeflateError) -> Int32 {
    var code = Z_OK
    // One byte more than allowed tells "exactly the limit" from "more than the limit".
    let allowed = end + 1 - output.count
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
  private var place: Place {
    let state = unsafe pointer.pointee.data_type
    return state & 128 != 0 && state & 63 == 0 ? .betweenBlocks : .insideBlock
  }
}
