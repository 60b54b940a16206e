extension Span where Element == UInt8 {
  /// The eight bytes from `index` on in the machine's order, wherever they lie in memory.
  @inlinable public func word(at index: Int) -> UInt64 {
    unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
  }

  /// Where `byte` first appears at or after `start`; looks at eight bytes at a time.
  @inlinable public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var index = start
    let wanted = UInt64(byte) &* 0x0101_0101_0101_0101
    while index &+ 8 <= count {
      let word = word(at: index) ^ wanted
      // A zero byte is where subtracting one borrows although the top bit was clear.
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if zeros != 0 {
        return index &+ UInt64(littleEndian: zeros).trailingZeroBitCount >> 3
      }
      index &+= 8
    }
    while index < count {
      if self[index] == byte { return index }
      index &+= 1
    }
    return nil
  }

  @inlinable public func elementsEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}

extension StaticString {
  /// The text's bytes, which live as long as the program.
  @inlinable public var bytes: Span<UInt8> {
    @_lifetime(immortal) get {
      let span = unsafe Span(_unsafeStart: utf8Start, count: utf8CodeUnitCount)
      return unsafe _overrideLifetime(span, copying: ())
    }
  }
}

extension Array where Element == UInt8 {
  /// A copy of the bytes.
  @inlinable public init(_ bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }

  @inlinable public mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension String {
  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  @inlinable public init(_ bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes as text, or nil if they are not UTF-8.
  @inlinable public init?(validating bytes: Span<UInt8>) {
    guard let text = try? UTF8Span(validating: bytes) else { return nil }
    self.init(copying: text)
  }
}
