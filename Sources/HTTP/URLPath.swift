internal import Bytes

/// A path that was decoded once and cannot leave its root: it begins with a slash and holds no
/// empty, `.` or `..` segment, no control character, no backslash, and no slash that was encoded.
public struct URLPath: Sendable, Hashable {
  public let bytes: [UInt8]

  /// `raw` is the path of a request target as it was sent, without query.
  public init(decoding raw: Span<UInt8>) throws(HTTPError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    try URLPath.decode(raw, into: &bytes)
    self.bytes = bytes
  }

  public var text: String { String(bytes.span) }

  /// Appends the decoded form of `raw` to `bytes`.
  ///
  /// Encoded slashes are refused instead of kept, so that everything behind this line may split
  /// at slashes; `..` is resolved as RFC 3986, 5.2.4 does, but one too many is an error there.
  static func decode(_ raw: Span<UInt8>, into bytes: inout [UInt8]) throws(HTTPError) {
    guard !raw.isEmpty, raw[0] == UInt8(ascii: "/") else { throw HTTPError(.malformedTarget) }
    let root = bytes.count
    bytes.append(UInt8(ascii: "/"))
    var position = 1
    while position < raw.count {
      let segment = bytes.count
      position = try decodeSegment(raw, from: position, into: &bytes)
      let isLast = position == raw.count
      try normalise(&bytes, segment: segment, root: root)
      if !isLast {
        position += 1
        if bytes.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
      }
    }
    guard (try? UTF8Span(validating: bytes.span.extracting(root...))) != nil else {
      throw HTTPError(.malformedEncoding)
    }
  }

  /// Decodes up to the next slash or the end, and says where that is.
  private static func decodeSegment(
    _ raw: Span<UInt8>, from start: Int, into bytes: inout [UInt8]
  ) throws(HTTPError) -> Int {
    var index = start
    while index < raw.count, raw[index] != UInt8(ascii: "/") {
      var byte = raw[index]
      guard ByteSet.path.contains(byte) else { throw HTTPError(.malformedTarget) }
      if byte == UInt8(ascii: "%") {
        byte = try percentDecoded(raw, at: index)
        index += 2
        try check(decoded: byte)
      }
      bytes.append(byte)
      index += 1
    }
    return index
  }

  private static func check(decoded byte: UInt8) throws(HTTPError) {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "\\"): throw HTTPError(.pathEscapes)
    case 0..<0x20, 0x7F: throw HTTPError(.malformedEncoding)
    default: return
    }
  }

  /// Takes a dot segment that was just decoded back out, and with `..` the one before it.
  private static func normalise(
    _ bytes: inout [UInt8], segment: Int, root: Int
  ) throws(HTTPError) {
    let length = bytes.count - segment
    let dot = UInt8(ascii: ".")
    if length == 1 && bytes[segment] == dot {
      bytes.removeLast()
    } else if length == 2 && bytes[segment] == dot && bytes[segment + 1] == dot {
      guard segment - root > 1 else { throw HTTPError(.pathEscapes) }
      bytes.removeLast(3)
      while bytes.last != UInt8(ascii: "/") { bytes.removeLast() }
    }
  }

  /// Whether decoding would change nothing, which is so for nearly every request.
  static func isPlain(_ raw: Span<UInt8>) -> Bool {
    var afterSlash = false
    for index in raw.indices {
      let byte = raw[index]
      if byte == UInt8(ascii: "/") {
        if afterSlash { return false }
        afterSlash = true
      } else {
        if afterSlash && byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%") { return false }
        guard ByteSet.path.contains(byte) else { return false }
        afterSlash = false
      }
    }
    return !raw.isEmpty && raw[0] == UInt8(ascii: "/")
  }
}

/// The byte that the triplet at `index` stands for.
func percentDecoded(_ raw: Span<UInt8>, at index: Int) throws(HTTPError) -> UInt8 {
  guard index + 2 < raw.count, let high = raw[index + 1].hexValue,
    let low = raw[index + 2].hexValue
  else { throw HTTPError(.malformedEncoding) }
  return high << 4 | low
}
