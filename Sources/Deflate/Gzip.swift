public import Bytes

/// Compresses the bodies of HTTP answers (RFC 1952), each for itself.
public struct GzipEncoder: ~Copyable {
  public let level: Int
  private var stream: ZlibStream?

  /// - Parameter level: 1 (fast) to 9 (small).
  public init(level: Int = 6) {
    precondition((1...9).contains(level))
    self.level = level
  }

  /// Appends `body` as one gzip member.
  public mutating func encode(_ body: Span<UInt8>, into output: inout ByteBuffer) {
    if stream == nil {
      // 16 more than the window: zlib writes the gzip header and the check value.
      stream = .deflating(level: Int32(level), windowBits: 15 + 16, memLevel: 8)
    }
    stream!.deflate(body, ending: .finish, into: &output)
  }
}

/// Reads what a gzip encoder made.
public struct GzipDecoder: ~Copyable {
  private var stream: ZlibStream?

  public init() {}

  /// Appends what the members in `bytes` hold, `limit` bytes at the most.
  public mutating func decode(
    _ bytes: Span<UInt8>, into output: inout ByteBuffer, limit: Int
  ) throws(DeflateError) {
    if stream == nil { stream = .inflating(windowBits: 15 + 16) }
    stream!.restartInflating()
    let end = output.count + min(limit, Inflater.mostBytes)
    let place = try stream!.inflate(bytes, into: &output, end: end, next: .startsAnew)
    guard place == .streamEnd else { throw DeflateError(.truncated) }
  }
}
