public import Bytes

/// Deflates whole messages for permessage-deflate (RFC 7692), each for itself.
///
/// It keeps nothing between messages (`server_no_context_takeover`), so one belongs to an event
/// loop and its result can be sent to every subscriber. It owns no memory until first used.
public struct Deflater: ~Copyable {
  /// Payloads below this many bytes are not worth a compressor's time.
  public static let worthwhileLength = 512

  public let level: Int
  public let windowBits: Int
  public let memLevel: Int
  private var stream: ZlibStream?

  /// - Parameters:
  ///   - level: 1 (fast) to 9 (small).
  ///   - windowBits: The longest distance back is 2^windowBits, 8 to 15.
  ///   - memLevel: Size of zlib's tables, 1 to 9. They are cleared for every message: 5 takes 15 %
  ///     less time than zlib's own 8 for 512 bytes of JSON, and loses nothing at 64 KiB.
  public init(level: Int = 1, windowBits: Int = 15, memLevel: Int = 5) {
    precondition((1...9).contains(level) && (1...9).contains(memLevel))
    precondition((8...15).contains(windowBits))
    self.level = level
    self.windowBits = windowBits
    self.memLevel = memLevel
  }

  /// Appends `payload` deflated, without the four bytes that RFC 7692 takes off the end.
  public mutating func deflate(_ payload: Span<UInt8>, into output: inout ByteBuffer) {
    if stream == nil { stream = makeStream() }
    stream!.deflate(payload, ending: .flush, into: &output)
    // RFC 7692, 7.2.1: what a sync flush ends with (00 00 FF FF) is not sent.
    output.truncate(to: output.count - 4)
  }

  /// Appends `payload` deflated if that pays: at least `worthwhileLength` bytes long and at
  /// least a tenth shorter afterwards. Otherwise `output` stays as it was, and it is `false`.
  public mutating func compressIfWorth(
    _ payload: Span<UInt8>, into output: inout ByteBuffer
  ) -> Bool {
    guard payload.count >= Deflater.worthwhileLength else { return false }
    let before = output.count
    deflate(payload, into: &output)
    guard (output.count - before) * 10 <= payload.count * 9 else {
      output.truncate(to: before)
      return false
    }
    return true
  }

  private func makeStream() -> ZlibStream {
    // zlib has no raw window of 256 bytes. Its window of 512 does instead: the compressor keeps
    // 262 bytes of lookahead in it, so that it never refers back further than 250 bytes.
    let bits = Int32(max(windowBits, 9))
    return .deflating(level: Int32(level), windowBits: -bits, memLevel: Int32(memLevel))
  }
}
