internal import Bytes

/// The three parts of a request line with exactly one space between them (RFC 9112, 3).
struct RequestLine {
  let method: Method
  let target: Range<Int>
  let version: Version

  init(_ bytes: Span<UInt8>, length: Int) throws(HTTPError) {
    let line = bytes.extracting(0..<length)
    guard let first = line.firstIndex(of: .space),
      let second = line.firstIndex(of: .space, from: first + 1),
      line.extracting(0..<first).isToken()
    else { throw HTTPError(.malformedRequestLine) }
    version = try Version(line.extracting((second + 1)...))
    method = Method(line.extracting(0..<first))
    target = first + 1..<second
  }
}

extension Version {
  /// `HTTP/` and two digits around a dot.
  init(_ bytes: Span<UInt8>) throws(HTTPError) {
    let prefix: StaticString = "HTTP/"
    guard bytes.count == 8, bytes.extracting(0..<5).elementsEqual(prefix.bytes),
      bytes[5].isDigit, bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
    else { throw HTTPError(.malformedRequestLine) }
    guard bytes[5] == UInt8(ascii: "1") else { throw HTTPError(.unsupportedVersion) }
    self = bytes[7] == UInt8(ascii: "0") ? .http10 : .http11
  }
}
