/// A range of IPv4 or IPv6 addresses, written as `10.0.0.0/8` or `fd00::/8`.
public struct AddressRange: Sendable, Hashable {
  private let bytes: [UInt8]
  private let length: Int

  /// nil if `text` is neither an address nor a range.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let head = parts.first, parts.count <= 2,
      let bytes = AddressRange.v4(head) ?? AddressRange.v6(head)
    else { return nil }
    let longest = bytes.count * 8
    guard parts.count == 2 else {
      self.bytes = bytes
      length = longest
      return
    }
    guard let length = Int(parts[1]), (0...longest).contains(length) else { return nil }
    self.bytes = bytes
    self.length = length
  }

  /// The bytes of the one address in it; nil for a range of several.
  var onlyAddress: [UInt8]? { length == bytes.count * 8 ? bytes : nil }

  /// Does the range contain this address of four or sixteen bytes?
  public func contains(_ address: [UInt8]) -> Bool {
    guard address.count == bytes.count else { return false }
    let whole = length / 8
    guard address[..<whole].elementsEqual(bytes[..<whole]) else { return false }
    let rest = length % 8
    return rest == 0 || (address[whole] ^ bytes[whole]) >> UInt8(8 - rest) == 0
  }

  private static func v4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { UInt8($0) }
    return bytes.count == 4 ? bytes : nil
  }

  private static func v6(_ text: Substring) -> [UInt8]? {
    let gap = text.range(of: "::")
    let head = groups(gap.map { text[..<$0.lowerBound] } ?? text)
    let tail = groups(gap.map { text[$0.upperBound...] } ?? "")
    guard let head, let tail else { return nil }
    let missing = 8 - head.count - tail.count
    guard gap == nil ? missing == 0 : missing > 0 else { return nil }
    return (head + Array(repeating: 0, count: missing) + tail).flatMap {
      [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
    }
  }

  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ (1...4).contains($0.utf8.count) }) else { return nil }
    let groups = parts.compactMap { UInt16($0, radix: 16) }
    return groups.count == parts.count ? groups : nil
  }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
