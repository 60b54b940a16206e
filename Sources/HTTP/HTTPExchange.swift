public import Bytes

/// A connection that speaks HTTP, as a state machine: one request after another, each answered
/// before the next is read.
///
/// It takes bytes and times, and gives steps that its owner performs; it knows no socket, no clock
/// and no handler. `Target` is what a request is for. Times are nanoseconds that never go back.
public struct HTTPExchange<Target>: ~Copyable {
  public enum State {
    /// Waiting for a request, or for the rest of its head. Next: `routing`.
    case head
    /// The owner looks for the target. Next: any other.
    case routing(RequestHead)
    /// The owner asks whether the caller may make this call. The body is not read before. Next:
    /// `body`, or `head` once it is answered.
    case admitting(RequestHead, Target)
    /// Taking in the body. Next: `working`, or `head` once it is answered.
    case body(RequestHead, Target)
    /// A handler is at work; what the client sends ahead waits. Next: `sending` or `head`.
    case working(RequestHead)
    /// The beginning of the answer is on its way, and the rest follows. Next: `head`.
    case sending(RequestHead)
  }

  /// The next thing for the owner to do.
  public enum Step {
    /// Nothing before more happens.
    case wait
    /// Stop reading: more has come ahead, or more answers wait for the peer, than is good.
    case pause
    /// Nothing of a request has come: wait for one as long as a connection may idle.
    case awaitRequest
    /// A request has begun to arrive: its head has to be there in time.
    case awaitHead
    /// Find the target of a request: `proceed`, or answer it.
    case route(RequestHead)
    /// The body has grown, and is whole or not: `begin` once it is.
    case body(RequestHead, Target, isWhole: Bool)
    /// The peer sends nothing more, and nothing is left to be answered.
    case close
  }

  /// How long a connection may take for what.
  public struct Patience: Sendable {
    public var idleSeconds: Int
    public var headSeconds: Int
    public var requestSeconds: Int

    public init(idleSeconds: Int, headSeconds: Int, requestSeconds: Int) {
      self.idleSeconds = idleSeconds
      self.headSeconds = headSeconds
      self.requestSeconds = requestSeconds
    }
  }

  /// The consequence of a timer that fired.
  public enum Verdict: Equatable, Sendable {
    case look(afterSeconds: Int)
    case close
    /// The peer does not take the answer.
    case drop
    /// The request took too long to arrive.
    case refuse
  }

  public private(set) var state = State.head
  private var parser: RequestParser
  /// Bytes that have come but are not parsed yet.
  public private(set) var input = ByteBuffer()
  /// The part of the body that has been taken in.
  public var body = ByteBuffer()
  /// Counts the requests; an answer that comes too late finds another number.
  public private(set) var number: UInt64 = 0
  /// When the current request began to arrive; 0 between requests.
  public private(set) var begunAt: UInt64 = 0
  /// The start of the next request is unknown: the answer to this one ends the connection.
  private var isLast = false
  /// The client waits with its body until it is told to go on.
  private var owesContinue = false
  /// No next request is read until the peer has taken the answers to earlier ones.
  private var hasEnough = false
  /// The peer sends nothing more.
  private var hasEnded = false
  /// Bytes of the body that the handler has.
  public private(set) var handedOver = 0

  /// Sent ahead of answers, more than this stops the reading until they are out.
  public static var mostSentAhead: Int { 64 << 10 }
  /// This many bytes of answers may wait for a peer that asks on and on; a request is two dozen
  /// bytes and its answer may be a page.
  public static var mostOwed: Int { 256 << 10 }

  public init(_ limits: RequestParser.Limits = .init()) { parser = RequestParser(limits: limits) }

  /// Bytes of memory for a request that is not answered yet.
  public var memory: Int { input.capacity + body.capacity + handedOver }

  /// Whether the request came whole: it is answered, however much others hold. Bytes that are sent
  /// ahead of the answer have a bound of their own.
  public var isWhole: Bool {
    switch state {
    case .working, .sending: true
    case .head, .routing, .admitting, .body: false
    }
  }
}

// Input.
extension HTTPExchange {
  public mutating func received(_ bytes: Span<UInt8>) { input.append(bytes) }

  /// Takes the exchange one step further.
  ///
  /// - Parameter owed: bytes of answers that the peer has not taken yet.
  public mutating func next(owed: Int, at now: UInt64) throws(HTTPError) -> Step {
    switch state {
    case .routing, .admitting, .working, .sending:
      return input.count > Self.mostSentAhead ? .pause : .wait
    case .head:
      guard owed < Self.mostOwed else {
        hasEnough = true
        return .pause
      }
      return try nextHead(at: now)
    case .body(let head, let target):
      let isWhole = try parser.readBody(&input, into: &body)
      if input.isEmpty { input.removeAll(keepingCapacity: false) }
      return .body(head, target, isWhole: isWhole)
    }
  }

  private mutating func nextHead(at now: UInt64) throws(HTTPError) -> Step {
    guard let head = try parser.nextHead(&input) else { return arrival(at: now) }
    if begunAt == 0 { begunAt = now }
    number += 1
    state = .routing(head)
    return .route(head)
  }

  /// The clock of a request runs from its first byte.
  private mutating func arrival(at now: UInt64) -> Step {
    if hasEnded { return .close }
    if input.isEmpty { input.removeAll(keepingCapacity: false) }
    if input.isEmpty && !parser.isInsideBody {
      begunAt = 0
      return .awaitRequest
    }
    guard begunAt == 0 else { return .wait }
    begunAt = now
    return .awaitHead
  }

  /// Gives up what has come, because there is no memory for it.
  public mutating func discardInput() {
    input.removeAll(keepingCapacity: false)
    body.removeAll(keepingCapacity: false)
  }

  /// Gives up what has come of the body: the target takes none.
  public mutating func discardBody() { body.removeAll(keepingCapacity: false) }

  /// Gives back memory that holds nothing.
  public mutating func trimInput() {
    if input.isEmpty { input.removeAll(keepingCapacity: false) }
  }

  /// Hands out the bytes behind the last request, for another protocol.
  public mutating func takeInput() -> ByteBuffer {
    var rest = ByteBuffer()
    swap(&rest, &input)
    return rest
  }

  /// The peer sends nothing more. True if the connection is to be closed: what it asked for before
  /// is still answered.
  public mutating func inputEnded() -> Bool {
    hasEnded = true
    switch state {
    // The received bytes may be a whole body.
    case .routing, .admitting, .working, .sending: return false
    case .head: return !hasEnough
    case .body: return true
    }
  }

  /// Everything that was owed is out. True if reading goes on now.
  public mutating func hasRoom() -> Bool {
    guard hasEnough else { return false }
    hasEnough = false
    return true
  }
}

// From the head to the handler.
extension HTTPExchange {
  /// The target of the current request is known.
  ///
  /// - Parameter isAdmitted: whether the caller is asked for first, in which case `admit` follows.
  /// - Returns: true if the request is whole and `working`. A declared length over the limit throws
  ///   before anything of the body is taken in, and before the client is told to go on.
  public mutating func proceed(
    to target: Target, bodyLimit: Int, asksFirst: Bool
  ) throws(HTTPError) -> Bool {
    guard case .routing(let head) = state else { return false }
    guard head.body != .none else {
      state = .working(head)
      return true
    }
    parser.limitBody(to: bodyLimit)
    owesContinue = head.expectsContinue
    guard asksFirst else {
      state = .body(head, target)
      return false
    }
    state = .admitting(head, target)
    var nothing = ByteBuffer()
    _ = try parser.readBody(&nothing, into: &body)
    return false
  }

  /// The caller may make the call: its body is taken in from here on.
  public mutating func admit() {
    guard case .admitting(let head, let target) = state else { return }
    state = .body(head, target)
  }

  /// The body is whole and taken in.
  public mutating func begin() {
    guard case .body(let head, _) = state else { return }
    state = .working(head)
  }

  /// True once, if the client waits to be told to go on with its body.
  public mutating func takeContinue() -> Bool {
    defer { owesContinue = false }
    return owesContinue
  }

  /// Whether the body can still become whole.
  public var canGrow: Bool { !hasEnded }

  /// Gives the whole body to the handler.
  public mutating func takeBody() -> [UInt8] {
    defer { body.removeAll(keepingCapacity: false) }
    handedOver = body.count
    return [UInt8](body)
  }
}

// Answers.
extension HTTPExchange {
  /// The request is answered before its body was read. A short one is passed over; after any other
  /// the connection ends.
  public mutating func leaveBody() {
    switch state {
    case .routing(let head), .admitting(let head, _):
      // RFC 9110, 10.1.1: a client that waits to be asked for its body may send it or not.
      isLast = head.expectsContinue || !parser.canPassBody
    case .head, .body, .working, .sending: isLast = true
    }
  }

  /// The connection ends with the answer to this request.
  public mutating func end() { isLast = true }

  /// How the answer to `head` is to be written.
  public func context(for head: RequestHead, isDraining: Bool) -> ResponseContext {
    var response = ResponseContext(head)
    response.keepsAlive =
      response.keepsAlive && !isDraining && !isLast && !(hasEnded && input.isEmpty)
    return response
  }

  /// The head of an answer is on its way, the rest follows.
  public mutating func beginSending() {
    guard case .working(let head) = state else { return }
    state = .sending(head)
  }

  /// The answer is on its way: the next request may come.
  public mutating func answered() {
    state = .head
    begunAt = 0
    owesContinue = false
    handedOver = 0
  }
}

// Time.
extension HTTPExchange {
  /// - Parameters:
  ///   - lastHeard: when the last byte came.
  ///   - isStuck: whether an answer waits for a peer that has taken nothing of it for long.
  public func timerFired(
    at now: UInt64, lastHeard: UInt64, isStuck: Bool, _ patience: Patience
  ) -> Verdict {
    switch state {
    case .routing, .admitting, .working: return .look(afterSeconds: patience.requestSeconds)
    case .sending: return isStuck ? .drop : .look(afterSeconds: patience.idleSeconds)
    case .head where begunAt == 0:
      let idle = seconds(since: lastHeard, now)
      return idle >= patience.idleSeconds
        ? .close : .look(afterSeconds: patience.idleSeconds - idle)
    case .head:
      // A body that no target takes has been answered already.
      let isPassing = parser.isInsideBody
      let allowed = isPassing ? patience.requestSeconds : patience.headSeconds
      let age = seconds(since: begunAt, now)
      if age < allowed { return .look(afterSeconds: allowed - age) }
      return isPassing ? .close : .refuse
    case .body:
      let age = seconds(since: begunAt, now)
      return age < patience.requestSeconds
        ? .look(afterSeconds: patience.requestSeconds - age) : .refuse
    }
  }

  private func seconds(since start: UInt64, _ now: UInt64) -> Int {
    Int((now &- start) / 1_000_000_000)
  }
}
