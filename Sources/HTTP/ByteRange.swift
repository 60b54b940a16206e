internal import Bytes

/// Which bytes of a file a request asks for.
public enum RangeOutcome: Sendable, Equatable {
  /// 200 with everything.
  case whole
  /// 206 with these bytes.
  case part(Range<Int>)
  /// 416.
  case unsatisfiable
}

/// The arithmetic of `Range: bytes=…` (RFC 9110, 14).
public enum ByteRange {
  /// A peer could otherwise make us add up thousands.
  private static let mostRanges = 16

  /// The `Content-Range` of a 206.
  public static func contentRange(_ part: Range<Int>, of size: Int) -> String {
    "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
  }

  /// The `Content-Range` of a 416.
  public static func contentRange(unsatisfiedOf size: Int) -> String { "bytes */\(size)" }

  /// A malformed field, another unit or several ranges that can be served mean the whole file,
  /// which a server may always send.
  static func resolve(_ value: Span<UInt8>, size: Int) -> RangeOutcome {
    let unit: StaticString = "bytes="
    guard value.count > 6, value.extracting(0..<6).matches(unit.bytes) else { return .whole }
    var ranges = ListElements(value.extracting(6...))
    var found: Range<Int>?
    var count = 0
    while let range = ranges.next() {
      count += 1
      guard count <= mostRanges, let bounds = Bounds(range) else { return .whole }
      guard let part = bounds.part(of: size) else { continue }
      if found != nil { return .whole }
      found = part
    }
    if count == 0 { return .whole }
    return found.map { .part($0) } ?? .unsatisfiable
  }

  /// `first-last`, `first-` or `-length`.
  private struct Bounds {
    let first: Int?
    let last: Int?

    init?(_ text: Span<UInt8>) {
      guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
      let before = text.extracting(0..<dash)
      let after = text.extracting((dash + 1)...)
      guard before.isNumberOrEmpty, after.isNumberOrEmpty else { return nil }
      first = before.clampedNumber
      last = after.clampedNumber
      if first == nil && last == nil { return nil }
      if let first, let last, last < first { return nil }
    }

    func part(of size: Int) -> Range<Int>? {
      if let first {
        guard first < size else { return nil }
        return first..<min(last ?? .max, size - 1) + 1
      }
      let length = min(last ?? 0, size)
      return length > 0 ? size - length..<size : nil
    }
  }
}

extension RequestHead {
  /// Which bytes of a file of `size` bytes to send. Only GET has ranges.
  ///
  /// Only if `If-Range` names the state that we have does the range count (RFC 9110, 13.1.5):
  /// the rest of an old file behind the start of a new one would be no file at all.
  public func range(
    ofSize size: Int, tag: EntityTag? = nil, modified: HTTPDate? = nil
  ) -> RangeOutcome {
    guard method == .get, headers.count(of: .range) == 1, let value = headers.bytes(of: .range)
    else { return .whole }
    if let condition = headers.bytes(of: .ifRange) {
      if let named = EntityTag(parsing: condition) {
        guard let tag, named.matchesStrongly(tag) else { return .whole }
      } else {
        guard let date = HTTPDate(condition), date == modified else { return .whole }
      }
    }
    return ByteRange.resolve(value, size: size)
  }
}

extension Span where Element == UInt8 {
  fileprivate var isNumberOrEmpty: Bool {
    for index in indices where !self[index].isDigit { return false }
    return true
  }

  /// Nil if empty; too large for a number is as large as one can be.
  fileprivate var clampedNumber: Int? {
    guard !isEmpty else { return nil }
    var number = 0
    for index in indices {
      let (shifted, over) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(self[index] &- 0x30))
      if over || carry { return .max }
      number = sum
    }
    return number
  }
}
