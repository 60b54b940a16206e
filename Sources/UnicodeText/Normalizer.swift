internal import CUTF8Proc

/// A normalization form of Unicode (UAX #15), as libutf8proc makes it.
enum Normalizer {
  case nfc
  /// NFKC_Casefold: compatible characters and letters of either case become one.
  case caseFolded

  private var options: Int32 {
    switch self {
    case .nfc: Int32(CUTF8PROC_NFC)
    case .caseFolded: Int32(CUTF8PROC_NFKC_CASEFOLD)
    }
  }

  /// Scalars that one byte of UTF-8 becomes at most: U+0390 makes three of its two bytes, U+FDFA
  /// eighteen of its three.
  private var growth: Int {
    switch self {
    case .nfc: 2
    case .caseFolded: 6
    }
  }

  /// Whether `text` is UTF-8 and has assigned scalars alone.
  static func assignsAll(of text: Span<UInt8>) -> Bool {
    guard let valid = try? UTF8Span(validating: text) else { return false }
    var scalars = valid.makeUnicodeScalarIterator()
    while let scalar = scalars.next() {
      if cutf8proc_is_unassigned(Int32(scalar.value)) { return false }
    }
    return true
  }

  /// Hands the normalized bytes of `text` to `body`; nil if `text` is not UTF-8.
  func normalized<Result>(
    _ text: Span<UInt8>, _ body: (Span<UInt8>) -> Result
  ) -> Result? {
    // `utf8proc_reencode` writes a NUL behind the text.
    let capacity = text.count * growth + 1
    return unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: capacity) { scalars in
      let length = unsafe text.withUnsafeBufferPointer { bytes in
        unsafe cutf8proc_decompose(
          bytes.baseAddress, bytes.count, scalars.baseAddress, capacity - 1, options)
      }
      guard length >= 0, length < capacity else { return nil }
      let count = unsafe cutf8proc_reencode(scalars.baseAddress, length, options)
      guard count >= 0 else { return nil }
      let bytes = unsafe UnsafeRawBufferPointer(scalars).prefix(count)
      return unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
    }
  }
}
