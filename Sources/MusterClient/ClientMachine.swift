internal import JSON
internal import WebSocket

/// The client's decisions, apart from their effects: a value that is told what happened and
/// answers what to do. It knows no socket, thread or clock; moments are milliseconds.
struct ClientMachine: Sendable {
  enum Phase: Equatable, Sendable {
    /// Before `connect`. Next: `askingToken`, `stopped`.
    case idle
    /// Next: `opening`, `waiting`, `stopped`.
    case askingToken
    /// Socket, encryption and upgrade are under way. Next: `greeting`, `waiting`, `stopped`.
    case opening(until: Int64)
    /// `hello` is out. Next: `live`, `waiting`, `stopped`.
    case greeting(until: Int64)
    /// Next: `waiting`, `stopped`.
    case live(since: Int64)
    /// Next: `askingToken`, `stopped`.
    case waiting(until: Int64)
    /// The end.
    case stopped(MusterError)
  }

  enum Effect: Equatable, Sendable {
    /// Answered with `tokenReady`.
    case askToken(expired: Bool)
    /// Answered with `opened` or `ended`.
    case open
    case send(JSONValue)
    /// End the transport after what was sent. It says nothing more.
    case close(CloseCode)
    case tell(String, TopicNews)
    /// Nothing more is told of this topic.
    case fallSilent(String)
    case published(String, Result<TopicPosition, MusterError>)
    case answered(Int, Result<JSONValue, MusterError>)
    case report(ConnectionState)
  }

  /// The purpose of a request whose answer is awaited.
  enum Purpose: Equatable, Sendable {
    case hello
    case subscribe(String)
    case unsubscribe
    case list(String)
    case caller
  }

  private(set) var effects: [Effect] = []
  var phase = Phase.idle
  var topics: [String: TopicState] = [:]
  var requests: [Int: Purpose] = [:]
  var outbox: Outbox
  var backoff: Backoff
  var pulse: Pulse
  var token: String?
  var isExpired = false
  /// The last words of the server, until the next connection.
  var goodbye: JSONValue?
  /// The content of the last `welcome`.
  var welcome: JSONValue?
  let client: String
  var session: String
  private var lastRequest = 0

  // The time limit of all handshakes together.
  static let patience: Int64 = 10_000
  // A connection that lived for this long ends a series of failures.
  static let steady: Int64 = 10_000

  init(
    session: String, client: String, queue: Int, random: @escaping @Sendable (Int) -> Int
  ) {
    self.session = session
    self.client = client
    outbox = Outbox(capacity: queue)
    backoff = Backoff(random: random)
    pulse = Pulse(now: 0)
  }

  /// Effects to perform, in this order.
  mutating func takeEffects() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  mutating func emit(_ effect: Effect) { effects.append(effect) }

  mutating func send(_ frame: JSONValue, _ now: Int64) {
    pulse.sent(at: now)
    emit(.send(frame))
  }

  /// Sends a frame that is answered; the number of the request.
  @discardableResult
  mutating func request(_ purpose: Purpose, _ frame: JSONObject, _ now: Int64) -> Int {
    lastRequest += 1
    requests[lastRequest] = purpose
    var frame = frame
    frame["id"] = .int(Int64(lastRequest))
    send(.object(frame), now)
    return lastRequest
  }

  var isLive: Bool {
    if case .live = phase { true } else { false }
  }
}
