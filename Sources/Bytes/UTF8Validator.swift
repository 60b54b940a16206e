/// Checks UTF-8 (RFC 3629) that comes in portions, and fails at the first byte that cannot be.
///
/// A portion may end inside a character; `isComplete` says whether it did.
@frozen public struct UTF8Validator: Equatable, Sendable {
  // How many bytes the character under way still lacks, and what the next one may be: only the
  // byte after the first has narrower bounds (no overlong forms, no surrogates, at most U+10FFFF).
  @usableFromInline var missing: UInt8 = 0
  @usableFromInline var low: UInt8 = 0x80
  @usableFromInline var high: UInt8 = 0xBF

  @inlinable public init() {}

  /// Whether everything accepted so far ends at the end of a character.
  @inlinable public var isComplete: Bool { missing == 0 }

  /// Whether `bytes` alone are UTF-8.
  @inlinable public static func isValid(_ bytes: Span<UInt8>) -> Bool {
    var validator = UTF8Validator()
    return validator.accept(bytes) && validator.isComplete
  }

  /// Takes the next portion; `false` once something in it cannot be UTF-8, whatever follows.
  @inlinable public mutating func accept(_ bytes: Span<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBytes { unsafe accept($0) }
  }

  @inlinable public mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = missing == 0 ? unsafe UTF8Validator.asciiPrefix(of: bytes, from: 0) : 0
    return start == bytes.count ? true : unsafe acceptMixed(bytes, from: start)
  }

  @usableFromInline mutating func acceptMixed(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Bool {
    var at = start
    while at < bytes.count {
      let byte = unsafe bytes[at]
      if missing > 0 {
        guard byte >= low && byte <= high else { return false }
        missing -= 1
        low = 0x80
        high = 0xBF
        at += 1
      } else if byte < 0x80 {
        at = unsafe UTF8Validator.asciiPrefix(of: bytes, from: at)
      } else if unsafe UTF8Validator.isPlainTriple(bytes, at: at, lead: byte) {
        at += 3
      } else {
        guard begin(byte) else { return false }
        at += 1
      }
    }
    return true
  }

  /// The usual Chinese character, three bytes without narrower bounds: checked in one go.
  private static func isPlainTriple(
    _ bytes: UnsafeRawBufferPointer, at index: Int, lead: UInt8
  ) -> Bool {
    guard lead & 0xF0 == 0xE0, lead != 0xE0, lead != 0xED, index + 2 < bytes.count else {
      return false
    }
    return unsafe bytes[index + 1] & 0xC0 == 0x80 && bytes[index + 2] & 0xC0 == 0x80
  }

  /// Takes the first byte of a character of several bytes.
  private mutating func begin(_ lead: UInt8) -> Bool {
    switch lead {
    case 0xC2...0xDF: missing = 1
    case 0xE0...0xEF: missing = 2
    case 0xF0...0xF4: missing = 3
    default: return false
    }
    switch lead {
    case 0xE0: low = 0xA0
    case 0xED: high = 0x9F
    case 0xF0: low = 0x90
    case 0xF4: high = 0x8F
    default: break
    }
    return true
  }

  /// The index of the first byte from `start` on that is not ASCII, eight at a step.
  @inlinable static func asciiPrefix(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var at = start
    while at &+ 64 <= bytes.count {
      let block = unsafe bytes.loadUnaligned(fromByteOffset: at, as: SIMD8<UInt64>.self)
      guard block & 0x8080_8080_8080_8080 == .zero else { break }
      at &+= 64
    }
    while at &+ 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      at &+= 8
    }
    while at < bytes.count, unsafe bytes[at] < 0x80 { at &+= 1 }
    return at
  }
}
