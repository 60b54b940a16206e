internal import Bytes

/// Where the parts of a request target lie (RFC 9112, 3.2), before anything is decoded.
struct RequestTarget {
  var authority: Range<Int>?
  var path: Range<Int>
  var query: Range<Int>?
  /// `*`, which asks about the server as a whole.
  var isAsterisk = false

  init(_ bytes: Span<UInt8>, in range: Range<Int>, method: Method) throws(HTTPError) {
    guard !range.isEmpty else { throw HTTPError(.malformedTarget) }
    path = range
    if bytes[range.lowerBound] == UInt8(ascii: "*") {
      guard range.count == 1, method == .options else { throw HTTPError(.malformedTarget) }
      isAsterisk = true
      return
    }
    if bytes[range.lowerBound] != UInt8(ascii: "/") { try takeAuthority(bytes) }
    try takeQuery(bytes)
  }

  /// RFC 9112, 3.2.2: absolute-form, which a server has to accept although only proxies get it.
  private mutating func takeAuthority(_ bytes: Span<UInt8>) throws(HTTPError) {
    let whole = bytes.extracting(path)
    let length: Int
    if whole.count > 7, whole.extracting(0..<7).matches(("http://" as StaticString).bytes) {
      length = 7
    } else if whole.count > 8, whole.extracting(0..<8).matches(("https://" as StaticString).bytes) {
      length = 8
    } else {
      throw HTTPError(.malformedTarget)
    }
    let start = path.lowerBound + length
    var end = start
    while end < path.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") {
      end += 1
    }
    guard isAuthority(bytes.extracting(start..<end)) else { throw HTTPError(.malformedTarget) }
    authority = start..<end
    path = end..<path.upperBound
  }

  private mutating func takeQuery(_ bytes: Span<UInt8>) throws(HTTPError) {
    guard let mark = bytes.extracting(path).firstIndex(of: UInt8(ascii: "?")) else { return }
    let start = path.lowerBound + mark + 1
    for index in start..<path.upperBound where !ByteSet.query.contains(bytes[index]) {
      throw HTTPError(.malformedTarget)
    }
    query = start..<path.upperBound
    path = path.lowerBound..<start - 1
  }
}

/// Whether the bytes name a host and perhaps a port, and nothing else: no user, no list.
func isAuthority(_ bytes: Span<UInt8>) -> Bool {
  var index = 0
  if !bytes.isEmpty, bytes[0] == UInt8(ascii: "[") {
    index = 1
    while index < bytes.count, bytes[index].isAddressPart { index += 1 }
    guard index > 2, index < bytes.count, bytes[index] == UInt8(ascii: "]") else { return false }
    index += 1
  } else {
    while index < bytes.count, ByteSet.unreserved.contains(bytes[index]) { index += 1 }
    guard index > 0 else { return false }
  }
  if index == bytes.count { return true }
  guard bytes[index] == UInt8(ascii: ":"), bytes.count - index <= 6 else { return false }
  for place in index + 1..<bytes.count where !bytes[place].isDigit { return false }
  return true
}

extension UInt8 {
  /// The bytes of an IPv6 address between brackets.
  fileprivate var isAddressPart: Bool {
    hexValue != nil || self == UInt8(ascii: ":") || self == UInt8(ascii: ".")
  }
}
