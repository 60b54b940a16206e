public import Bytes

/// A status line and its header fields, as a client gets them.
public struct ResponseHead: Sendable {
  public let status: Status
  public let version: Version
  public let headers: Headers
  public let body: BodyLength
  /// Whether the connection can carry another request.
  public let keepsAlive: Bool

  init(
    _ bytes: Span<UInt8>, _ scanner: HeadScanner, answering method: Method
  ) throws(HTTPError) {
    let line = bytes.extracting(0..<scanner.fieldsStart - 2)
    guard line.count >= 12, line[8] == .space, line[9].isDigit, line[10].isDigit,
      line[11].isDigit, line[9] >= UInt8(ascii: "1"), line.count == 12 || line[12] == .space,
      line.extracting(12...).isFieldValue()
    else { throw HTTPError(.malformedStatusLine) }
    version = try Version(line.extracting(0..<8))
    var code = 0
    for index in 9..<12 { code = code * 10 + Int(line[index] &- 0x30) }
    status = Status(code)
    headers = try Headers(parsing: bytes, scanner)
    let facts = try MessageFacts(headers)
    body = ResponseHead.body(status, facts, method)
    keepsAlive =
      !facts.closes && (version == .http11 || facts.keepsAlive) && body != .untilClose
  }

  /// RFC 9112, 6.3.
  private static func body(
    _ status: Status, _ facts: MessageFacts, _ method: Method
  ) -> BodyLength {
    if method == .head || status.forbidsBody { return .none }
    if facts.isChunked { return .chunked }
    guard let length = facts.contentLength else { return .untilClose }
    return length > 0 ? .bytes(length) : .none
  }
}

/// Reads answers off one connection, in the order of the requests; the client's counterpart of
/// `RequestParser`, and as unforgiving.
public struct ResponseParser: Sendable {
  private var stages: MessageStages
  /// The fields behind the last chunk of the latest body.
  public var trailers: Headers { stages.trailers }

  /// The request line's limit bounds the status line here.
  public init(limits: RequestParser.Limits = .init()) { stages = MessageStages(limits: limits) }

  /// The next final head, or 101; nil means "more bytes, please". Interim answers are passed over.
  public mutating func nextHead(
    _ input: inout ByteBuffer, answering method: Method
  ) throws(HTTPError) -> ResponseHead? {
    let limits = stages.limits
    while true {
      let next = try stages.nextHead(&input) { (input, scanner) throws(HTTPError) in
        guard let end = try scanner.end(in: input.bytes, limits: limits) else {
          return ResponseHead?.none
        }
        let head = try ResponseHead(
          input.bytes.extracting(0..<end), scanner, answering: method)
        input.consume(end)
        return head
      }
      guard let head = next else { return nil }
      if head.status.code >= 200 || head.status == .switchingProtocols { return head }
    }
  }

  /// Moves what has arrived of the body from `input` to `body`; true once it is complete.
  public mutating func readBody(
    _ input: inout ByteBuffer, into body: inout ByteBuffer
  ) throws(HTTPError) -> Bool {
    try stages.readBody(&input, into: &body)
  }

  /// Tells the parser that no more bytes will come. Throws if an answer was cut off.
  public mutating func finish() throws(HTTPError) { try stages.finish() }
}
