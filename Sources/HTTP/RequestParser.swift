public import Bytes

/// Reads requests off one connection, one after the other, without knowing where bytes come from.
///
/// Heads and bodies alternate: `nextHead`, then `readBody` until it says true, then the next
/// head; bytes that a peer has sent ahead stay in the input meanwhile. A caller that answers without
/// the body asks for the next head. After an error the parser only repeats it: the start of the next
/// request is unknown, so the connection has to end.
public struct RequestParser: Sendable {
  /// Limits on the memory that a peer can occupy.
  public struct Limits: Sendable {
    /// Bytes of a request line without its end; more is 414.
    public var requestLine = 8 * 1024
    /// Bytes of all header lines with their ends; more is 431. Holds for trailers as well.
    public var headerBytes = 32 * 1024
    /// Header lines; more is 431.
    public var headerCount = 100
    /// Bytes of a body until `limitBody(to:)` says otherwise; more is 413.
    public var body = 1024 * 1024

    public init() {}
  }

  private var stages: MessageStages
  /// The fields behind the last chunk of the latest body, if there were any.
  public var trailers: Headers { stages.trailers }

  public init(limits: Limits = Limits()) { stages = MessageStages(limits: limits) }

  /// Whether a request has begun and not yet ended: an input that ends now is cut off.
  public var isInsideBody: Bool { stages.isInsideBody }

  /// Whether the end of the current body is sure to be found though nobody reads it: there is none,
  /// or it was announced and is within its limit. A caller that answers without reading any other
  /// body has to end the connection: an error in its rest would look like a second answer.
  public var canPassBody: Bool { stages.canPassBody }

  /// The next head, taken out of `input`; nil means "more bytes, please". Unread bytes of the body
  /// are skipped, within that body's limit.
  public mutating func nextHead(_ input: inout ByteBuffer) throws(HTTPError) -> RequestHead? {
    let limits = stages.limits
    return try stages.nextHead(&input) { (input, scanner) throws(HTTPError) in
      scanner.skipEmptyLine(&input)
      // A byte that begins no request is refused at once: TLS or noise on a plain port.
      guard input.isEmpty || input.bytes[0] == .carriageReturn || input.startsWithToken else {
        throw HTTPError(.malformedRequestLine)
      }
      guard let end = try scanner.end(in: input.bytes, limits: limits) else { return nil }
      let head = try RequestHead(input.bytes.extracting(0..<end), scanner)
      input.consume(end)
      return head
    }
  }

  /// Sets how large the body of the current request may be, once its route is known.
  public mutating func limitBody(to limit: Int) { stages.limitBody(to: limit) }

  /// Moves what has arrived of the body from `input` to `body`; true once it is complete, which
  /// it is at once if the request has none.
  ///
  /// A declared length over the limit throws before anything is read, so call it once before
  /// answering `100 Continue`.
  public mutating func readBody(
    _ input: inout ByteBuffer, into body: inout ByteBuffer
  ) throws(HTTPError) -> Bool {
    try stages.readBody(&input, into: &body)
  }
}

extension ByteBuffer {
  fileprivate var startsWithToken: Bool { ByteSet.token.contains(bytes[0]) }
}
