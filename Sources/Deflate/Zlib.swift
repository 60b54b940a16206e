public import Bytes
internal import CZlib

/// Compresses into the zlib format (RFC 1950), which PNG files hold.
public struct ZlibEncoder: ~Copyable {
  private let stream: ZlibStream

  /// - Parameter level: 1 (fast) to 9 (small).
  public init(level: Int = 6) {
    precondition((1...9).contains(level))
    stream = .deflating(level: Int32(level), windowBits: 15, memLevel: 8)
  }

  /// Appends `bytes` as one stream.
  public mutating func encode(_ bytes: Span<UInt8>, into output: inout ByteBuffer) {
    stream.deflate(bytes, ending: .finish, into: &output)
  }
}

/// The check value of a PNG chunk or a gzip member (RFC 1952, 8).
public func crc32(_ bytes: Span<UInt8>) -> UInt32 {
  unsafe bytes.withUnsafeBytes { bytes in
    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    return unsafe UInt32(truncatingIfNeeded: CZlib.crc32_z(0, start, bytes.count))
  }
}
