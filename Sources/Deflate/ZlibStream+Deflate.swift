internal import Bytes
internal import CZlib

extension ZlibStream {
  /// The flush mode after the last byte of input.
  enum Ending {
    /// An empty block that brings everything out, and ends at a whole byte.
    case flush
    /// The end of the stream.
    case finish
  }

  /// Starts anew and appends `input` deflated.
  func deflate(_ input: Span<UInt8>, ending: Ending, into output: inout ByteBuffer) {
    _ = unsafe deflateReset(pointer)
    let flush = ending == .flush ? Z_SYNC_FLUSH : Z_FINISH
    unsafe input.withUnsafeBytes { bytes in
      unsafe setInput(bytes)
      // The bound is for a finished stream; a flush in its place adds at most a few bytes.
      let bound = unsafe Int(deflateBound(pointer, UInt(bytes.count))) + 16
      repeat {
        unsafe output.appendUnsafe(minimum: bound) { room in
          unsafe setOutput(room, atMost: room.count)
          let given = outputLeft
          let code = unsafe CZlib.deflate(pointer, flush)
          precondition(code >= Z_OK || code == Z_BUF_ERROR, "zlib's compressor failed")
          return given - outputLeft
        }
        // Once it leaves room over, it is done.
      } while outputLeft == 0
    }
  }
}
