internal import Bytes
internal import Crypto

/// The masking key of a frame, kept in the order of its bytes on the wire.
@frozen public struct MaskKey: Equatable, Sendable {
  // The first byte on the wire is the lowest: what a little-endian machine loads.
  @usableFromInline let bits: UInt32

  /// The key that the four `bytes` make.
  @inlinable public init(_ bytes: Span<UInt8>) {
    precondition(bytes.count == 4, "a masking key has four bytes")
    let word = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt32.self) }
    bits = UInt32(littleEndian: word)
  }

  func append(to output: inout ByteBuffer) {
    for shift: UInt32 in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }

  /// Masks (or unmasks: it is the same) `bytes[range]`, which begins `phase` bytes into the
  /// payload of its frame.
  @inlinable public func apply(
    to bytes: inout MutableSpan<UInt8>, in range: Range<Int>, phase: Int = 0
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    let shift = UInt32(truncatingIfNeeded: phase & 3) * 8
    let turned = bits >> shift | bits << ((32 - shift) & 31)
    let word = UInt64(turned) << 32 | UInt64(turned)
    unsafe bytes.withUnsafeMutableBytes { raw in
      var at = range.lowerBound
      // Inside `range`, which was checked above: the index needs no check of its own.
      while at &+ 8 <= range.upperBound {
        let value = unsafe raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        unsafe raw.storeBytes(
          of: value ^ word.littleEndian, toByteOffset: at, as: UInt64.self)
        at &+= 8
      }
      var rest = word
      while at < range.upperBound {
        unsafe raw[at] ^= UInt8(truncatingIfNeeded: rest)
        rest >>= 8
        at &+= 1
      }
    }
  }
}

/// Where a client takes its masking keys from: RFC 6455, 5.3 wants them unpredictable.
struct MaskKeys: Sendable {
  // Drawn many at a time: one draw costs as much as forty frames.
  private var pool: [UInt8] = []
  private var at = 0

  mutating func next() -> MaskKey {
    if at == pool.count {
      pool = Random.bytes(256)
      at = 0
    }
    at += 4
    return MaskKey(pool.span.extracting((at - 4)..<at))
  }
}
