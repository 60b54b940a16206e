internal import Bytes

/// A request line and its header fields, checked.
public struct RequestHead: Sendable {
  public let method: Method
  public let version: Version
  public let headers: Headers
  /// The body that follows the head.
  public let body: BodyLength
  /// Whether the connection can carry another request after this one (RFC 9112, 9.3).
  public let keepsAlive: Bool
  /// Whether the peer waits for `100 Continue` before it sends the body (RFC 9110, 10.1.1).
  public let expectsContinue: Bool
  /// Whether the peer asks to change protocols: `Connection: upgrade` beside an `Upgrade` field.
  /// Which protocol it wants is `headers.contains(.upgrade, element:)`.
  public let wantsUpgrade: Bool
  /// `OPTIONS *`; the path is `*` then.
  public let isAsterisk: Bool
  // All three lie in the bytes of `headers`, behind which a path is put that had to be decoded.
  private let pathRange: Range<Int>
  private let queryRange: Range<Int>?
  private let hostRange: Range<Int>?

  /// The path, decoded and normalised as `URLPath` describes it.
  public var pathBytes: Span<UInt8> {
    @_lifetime(borrow self) get { headers.bytes.span.extracting(pathRange) }
  }

  public var path: String { String(pathBytes) }

  /// The query after the question mark, as it was sent; empty also if there is none.
  public var queryBytes: Span<UInt8> {
    @_lifetime(borrow self) get { headers.bytes.span.extracting(queryRange ?? 0..<0) }
  }

  /// The host that is meant, perhaps with a port: from the target if it names one, else from
  /// `Host`. Empty only in HTTP/1.0.
  public var host: String { String(headers.bytes.span.extracting(hostRange ?? 0..<0)) }

  /// A path parameter or another part of the path.
  public func path(_ part: Range<Int>) -> String { String(pathBytes.extracting(part)) }
}

extension RequestHead {
  /// `bytes` is a whole head with its last empty line, and `scanner` has seen all of its lines.
  init(_ bytes: Span<UInt8>, _ scanner: HeadScanner) throws(HTTPError) {
    let line = try RequestLine(bytes, length: scanner.fieldsStart - 2)
    let fields = try Headers.parseFields(
      bytes, from: scanner.fieldsStart, count: scanner.fieldCount)
    let target = try RequestTarget(bytes, in: line.target, method: line.method)
    var storage = Headers(bytes: [UInt8](bytes), fields: fields)
    let facts = try MessageFacts(storage)

    hostRange = try RequestHead.host(target, facts, storage, line.version)
    pathRange = try RequestHead.decodePath(of: target, bytes, into: &storage.bytes)
    queryRange = target.query
    isAsterisk = target.isAsterisk
    method = line.method
    version = line.version
    headers = storage
    body = try RequestHead.body(facts, line.version)
    let isModern = version == .http11
    keepsAlive = !facts.closes && (isModern || facts.keepsAlive)
    expectsContinue = facts.expectsContinue && isModern && body != .none
    wantsUpgrade = facts.upgrades && isModern
  }

  /// Where the decoded path lies: in place if it was plain, else behind everything.
  private static func decodePath(
    of target: RequestTarget, _ bytes: Span<UInt8>, into storage: inout [UInt8]
  ) throws(HTTPError) -> Range<Int> {
    let raw = bytes.extracting(target.path)
    if target.isAsterisk || URLPath.isPlain(raw) { return target.path }
    let start = storage.count
    if raw.isEmpty && target.authority != nil {
      storage.append(UInt8(ascii: "/"))
    } else {
      try URLPath.decode(raw, into: &storage)
    }
    return start..<storage.count
  }

  /// RFC 9112, 3.2: exactly one valid Host in HTTP/1.1; a target that names a host wins over it.
  private static func host(
    _ target: RequestTarget, _ facts: MessageFacts, _ headers: Headers, _ version: Version
  ) throws(HTTPError) -> Range<Int>? {
    if facts.hosts == 0 && version == .http10 { return target.authority }
    guard facts.hosts == 1, isAuthority(headers.value(at: facts.host)) else {
      throw HTTPError(.malformedHost)
    }
    let field = headers.fields[facts.host]
    return target.authority ?? Int(field.value)..<Int(field.value + field.valueLength)
  }

  /// RFC 9112, 6.1: chunks in an HTTP/1.0 message mean that its framing is wrong.
  private static func body(
    _ facts: MessageFacts, _ version: Version
  ) throws(HTTPError) -> BodyLength {
    if facts.isChunked {
      guard version == .http11 else { throw HTTPError(.ambiguousLength) }
      return .chunked
    }
    guard let length = facts.contentLength, length > 0 else { return .none }
    return .bytes(length)
  }
}
