internal import Bytes
internal import HTTP
internal import Loop

/// A connection that speaks HTTP: one request after another, each answered before the next is read.
final class HTTPExchange {
  enum State {
    /// Waiting for a request, or for the rest of its head.
    case head
    /// Asking whether the caller may make this call. Its body is not read before that is known.
    case admitting(RequestHead, Endpoint)
    /// Taking in the body of a request whose endpoint is known.
    case body(RequestHead, Endpoint)
    /// A handler is at work; what the client sends ahead waits.
    case working(RequestHead)
    /// The beginning of the answer is on its way, and the rest follows from a file.
    case sending(RequestHead)
  }

  var parser: RequestParser
  var state = State.head
  /// Bytes that have come but are not parsed yet.
  var input = ByteBuffer()
  var body = ByteBuffer()
  /// The admitted request whose body is being taken in.
  var admitted: RouteRunner.AdmittedCall?
  /// The client waits with its body until it is told to go on.
  var owesContinue = false
  /// Bytes of the body that the handler has.
  var handedOver = 0
  /// A form with files that is being taken in.
  var intake: UploadIntake?
  var closesAfterAnswer = false
  /// The start of the next request is unknown: the answer to this one ends the connection.
  var isLast = false
  /// Counts the requests of this connection; an answer that comes too late finds another number.
  var number: UInt64 = 0
  /// Where the current request leads, with the places of its path parameters.
  var match: RouteMatch?
  /// The methods that its path takes, if the request asked for them.
  var methods: MethodSet = []
  var task: Task<Void, Never>?
  /// When the current request began to arrive; 0 between requests.
  var begunAt: UInt64 = 0

  init(_ limits: RequestParser.Limits) { parser = RequestParser(limits: limits) }

  /// Does it wait with the next request until its peer has taken the answers to earlier ones?
  var hasEnough = false

  /// Sent ahead of answers, more than this stops the reading until they are out.
  static let mostSentAhead = 64 << 10
  /// So many bytes of answers may wait for a peer that asks on and on; a request is two dozen bytes
  /// and its answer may be a page.
  static let mostOwed = 256 << 10

  /// Whether the request came whole: a handler is at work on it, and it is answered however much
  /// others hold. Bytes that are sent ahead of the answer have a bound of their own.
  var isWhole: Bool {
    switch state {
    case .working, .sending: true
    case .head, .admitting, .body: false
    }
  }

  /// Bytes of memory for a request that is not answered yet.
  var memory: Int {
    input.capacity + body.capacity + handedOver + (intake?.waitingBytes ?? 0)
  }
}

extension Connection {
  /// The requests of this connection, while it speaks HTTP.
  @inline(__always) var exchange: HTTPExchange? { conversation(as: HTTPExchange.self) }
}
