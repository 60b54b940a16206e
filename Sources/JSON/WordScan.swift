/// Finds the end of a run of plain ASCII, eight bytes at a time.
///
/// The word tricks are the usual ones: subtracting one from each byte borrows into the top bit
/// exactly where the byte was too small. A borrow can only spoil bytes above the first hit, and
/// the first hit is all that is used (bytes are little-endian here).
enum WordScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The top bit of each byte that is a quote, a backslash or a control character.
  @inline(__always)
  private static func escapes(in word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    return (word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote
      | (backslash &- ones) & ~backslash
  }

  /// The first position from `start` on that holds a byte which cannot stand unescaped in a
  /// string, or (with `stopAtNonASCII`) one that is not ASCII; the end of `bytes` if none does.
  @inline(__always)
  static func endOfPlainRun(
    in bytes: Span<UInt8>, from start: Int, stopAtNonASCII: Bool
  ) -> Int {
    let raw = bytes.bytes
    var position = start
    while position &+ 8 <= bytes.count {
      let word = UInt64(
        littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
      let hits = (escapes(in: word) | (stopAtNonASCII ? word : 0)) & tops
      if hits != 0 { return position &+ hits.trailingZeroBitCount / 8 }
      position &+= 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C || stopAtNonASCII && byte >= 0x80 { break }
      position &+= 1
    }
    return position
  }
}
