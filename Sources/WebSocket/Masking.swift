/// The masking key of a frame, kept in the order of its bytes on the wire.
@frozen public struct MaskKey: Equatable, Sendable {
  // The first byte on the wire is the lowest: what a little-endian machine loads.
  @usableFromInline let bits: UInt32

  @inlinable public init(_ bytes: [4 of UInt8]) {
    bits =
      UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 24
  }

  @inlinable public init(littleEndian bits: UInt32) { self.bits = bits }

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
