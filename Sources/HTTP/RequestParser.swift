public import Bytes

/// Reads requests off one connection, one after the other, without knowing where bytes come from.
///
/// Heads and bodies alternate: `nextHead`, then `readBody` until it says true, then the next
/// head; what a peer has sent ahead stays in the input meanwhile. Whoever answers without the
/// body just asks for the next head. After an error the parser only
/// repeats it: nobody knows where the next request would begin, so the connection has to end.
public struct RequestParser: Sendable {
  /// What a peer may make us keep.
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

  private enum State: Sendable {
    case head(HeadScanner)
    case body(BodyReader)
    case failed(HTTPError)
  }

  private let limits: Limits
  private var state = State.head(HeadScanner(hasFirstLine: true))
  private var skippedEmptyLine = false
  /// The fields behind the last chunk of the latest body, if there were any.
  public private(set) var trailers = Headers()

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Whether a request has begun and not yet ended: an input that ends now is cut off.
  public var isInsideBody: Bool {
    if case .body = state { true } else { false }
  }

  /// The next head, taken out of `input`; nil means "more bytes, please". What nobody has read of
  /// the body before it is passed over, within that body's limit.
  public mutating func nextHead(_ input: inout ByteBuffer) throws(HTTPError) -> RequestHead? {
    do throws(HTTPError) {
      switch state {
      case .failed(let error): throw error
      case .head(var scanner): return try parseHead(&input, &scanner)
      case .body(var reader):
        guard try reader.skip(&input, limits: limits) else {
          state = .body(reader)
          return nil
        }
        var scanner = HeadScanner(hasFirstLine: true)
        return try parseHead(&input, &scanner)
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  private mutating func parseHead(
    _ input: inout ByteBuffer, _ scanner: inout HeadScanner
  ) throws(HTTPError) -> RequestHead? {
    skipEmptyLine(&input)
    // What no request begins with is refused at once: TLS or noise on a plain port.
    guard input.isEmpty || input.bytes[0] == .carriageReturn || input.startsWithToken else {
      throw HTTPError(.malformedRequestLine)
    }
    guard let end = try scanner.end(in: input.bytes, limits: limits) else {
      state = .head(scanner)
      return nil
    }
    let head = try RequestHead(input.bytes.extracting(0..<end), scanner)
    input.consume(end)
    trailers = Headers()
    skippedEmptyLine = false
    if let body = BodyReader(head.body, limit: limits.body) {
      state = .body(body)
    } else {
      state = .head(HeadScanner(hasFirstLine: true))
    }
    return head
  }

  /// RFC 9112, 2.2: one empty line in front of a request is forgiven, old clients end bodies so.
  private mutating func skipEmptyLine(_ input: inout ByteBuffer) {
    guard !skippedEmptyLine, input.count >= 2, input.bytes[0] == .carriageReturn,
      input.bytes[1] == .lineFeed
    else { return }
    input.consume(2)
    skippedEmptyLine = true
  }

  /// Sets how large the body of the current request may be, once its route is known.
  public mutating func limitBody(to limit: Int) {
    guard case .body(var body) = state else { return }
    body.limit = limit
    state = .body(body)
  }

  /// Moves what has arrived of the body from `input` to `body`; true once it is complete, which
  /// it is at once if the request has none.
  ///
  /// A declared length over the limit throws before anything is read, so call it once before
  /// answering `100 Continue`.
  public mutating func readBody(
    _ input: inout ByteBuffer, into body: inout ByteBuffer
  ) throws(HTTPError) -> Bool {
    switch state {
    case .failed(let error): throw error
    case .head: return true
    case .body(var reader):
      do throws(HTTPError) {
        let trailers = try reader.read(&input, into: &body, limits: limits)
        state = trailers == nil ? .body(reader) : .head(HeadScanner(hasFirstLine: true))
        self.trailers = trailers ?? Headers()
        return trailers != nil
      } catch {
        state = .failed(error)
        throw error
      }
    }
  }
}

extension ByteBuffer {
  fileprivate var startsWithToken: Bool { ByteSet.token.contains(bytes[0]) }
}
