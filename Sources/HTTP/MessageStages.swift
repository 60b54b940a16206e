internal import Bytes

/// The framing that request and response heads announce.
protocol MessageHead {
  var body: BodyLength { get }
}

extension RequestHead: MessageHead {}
extension ResponseHead: MessageHead {}

/// Heads and bodies in turn, as they come off one connection: what requests and answers share.
///
/// After an error it only repeats it: nobody knows where the next message would begin.
struct MessageStages: Sendable {
  private enum Stage: Sendable {
    case head(HeadScanner)
    case body(BodyReader)
    case failed(HTTPError)

    static var start: Stage { .head(HeadScanner(hasFirstLine: true)) }
  }

  let limits: RequestParser.Limits
  private var stage = Stage.start
  /// The fields behind the last chunk of the latest body.
  private(set) var trailers = Headers()

  init(limits: RequestParser.Limits) { self.limits = limits }

  var isInsideBody: Bool {
    if case .body = stage { true } else { false }
  }

  var canPassBody: Bool {
    if case .body(let reader) = stage { reader.canPass } else { true }
  }

  mutating func limitBody(to limit: Int) {
    guard case .body(var reader) = stage else { return }
    reader.limit = limit
    stage = .body(reader)
  }

  /// The next head that `parse` takes out of `input`, behind what nobody has read of the body
  /// before it; nil while more bytes are needed.
  mutating func nextHead<Head: MessageHead>(
    _ input: inout ByteBuffer,
    _ parse: (inout ByteBuffer, inout HeadScanner) throws(HTTPError) -> Head?
  ) throws(HTTPError) -> Head? {
    do throws(HTTPError) {
      guard var scanner = try passBody(&input) else { return nil }
      guard let head = try parse(&input, &scanner) else {
        stage = .head(scanner)
        return nil
      }
      trailers = Headers()
      stage = BodyReader(head.body, limit: limits.body).map { .body($0) } ?? .start
      return head
    } catch {
      stage = .failed(error)
      throw error
    }
  }

  private mutating func passBody(_ input: inout ByteBuffer) throws(HTTPError) -> HeadScanner? {
    switch stage {
    case .failed(let error): throw error
    case .head(let scanner): return scanner
    case .body(var reader):
      let isOver = try reader.skip(&input, limits: limits)
      stage = isOver ? .start : .body(reader)
      return isOver ? HeadScanner(hasFirstLine: true) : nil
    }
  }

  /// Moves what has arrived of the body from `input` to `body`; true once it is complete.
  mutating func readBody(
    _ input: inout ByteBuffer, into body: inout ByteBuffer
  ) throws(HTTPError) -> Bool {
    switch stage {
    case .failed(let error): throw error
    case .head: return true
    case .body(var reader):
      do throws(HTTPError) {
        let trailers = try reader.read(&input, into: &body, limits: limits)
        stage = trailers == nil ? .body(reader) : .start
        self.trailers = trailers ?? Headers()
        return trailers != nil
      } catch {
        stage = .failed(error)
        throw error
      }
    }
  }

  /// Nothing more will come: throws if a message was cut off.
  mutating func finish() throws(HTTPError) {
    switch stage {
    case .failed(let error): throw error
    case .body(let reader) where reader.endsWithInput: stage = .start
    case .body: throw HTTPError(.truncated)
    case .head(let scanner): if scanner.hasBegun { throw HTTPError(.truncated) }
    }
  }
}
