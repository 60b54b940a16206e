internal import Bytes
internal import HTTP
internal import Loop
internal import PluginKit
internal import Primitives

/// The HTTP side of one worker's connections: requests are parsed, admitted, answered by their
/// endpoint, in order.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class HTTPServer {
  let context: WorkerContext
  let transport: Transport<Worker>
  let shared: SharedHTTP
  let router: RequestRouter
  let reader: RequestReader
  let writer: ResponseWriter
  let clients: ProxiedClients
  /// How fast each address makes calls.
  private var callRates: [ClientKey: TokenBucket] = [:]

  init(_ context: WorkerContext, _ transport: Transport<Worker>, _ shared: SharedHTTP) {
    self.context = context
    self.transport = transport
    self.shared = shared
    router = RequestRouter(shared: shared)
    reader = RequestReader(shared: shared)
    writer = ResponseWriter(shared, context.loop)
    clients = ProxiedClients(transport: transport.shared, shared: shared)
  }

  var limits: ServerLimits { context.limits }

  /// Does this client make more calls than it may?
  func callsTooFast(_ connection: Connection) -> Bool {
    guard limits.requestsPerSecond > 0 else { return false }
    if shared.runner.isExempt(Peer(connection.client)) { return false }
    let fresh = TokenBucket(perSecond: limits.requestsPerSecond, burst: limits.requestBurst)
    let key = connection.client.map { ClientKey($0) } ?? .unknown
    return callRates[key, default: fresh].take(at: context.now) != nil
  }

  /// Forgets, now and then, addresses whose rate would start anew anyway.
  func sweep(at now: UInt64) { callRates = callRates.filter { !$0.value.isFull(at: now) } }
}

// Reports of the transport.
extension HTTPServer {
  func opened(_ connection: Connection) {
    var bounds = RequestParser.Limits()
    bounds.body = limits.requestBody
    bounds.headerBytes = limits.requestHeader
    connection.conversation = HTTPExchange(bounds)
  }

  /// Requests that came before the peer closed its side are still answered.
  func inputEnded(_ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker) {
    transport.stopReading(connection)
    switch exchange.state {
    // The received bytes may be a whole body.
    case .admitting, .working, .sending: return
    case .head where exchange.hasEnough: return
    case .head, .body: transport.part(connection, on: worker)
    }
  }

  func timerFired(_ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker) {
    switch exchange.state {
    case .admitting, .working: transport.setTimer(connection, seconds: limits.requestSeconds)
    case .sending:
      // A client that does not read a file holds it open.
      if connection.isWaitingToWrite,
        !transport.isTaking(connection, within: limits.idleSeconds)
      {
        return transport.drop(connection, .lost, on: worker)
      }
      transport.setTimer(connection, seconds: limits.idleSeconds)
    case .head where exchange.begunAt == 0:
      let idle = Int((context.now &- connection.lastHeard) / 1_000_000_000)
      if idle >= limits.idleSeconds { return transport.part(connection, on: worker) }
      transport.setTimer(connection, seconds: limits.idleSeconds - idle)
    case .head, .body:
      let age = Int((context.now &- exchange.begunAt) / 1_000_000_000)
      let isHead = if case .head = exchange.state { true } else { false }
      // A body that no endpoint takes has been answered already.
      let isPassing = isHead && exchange.parser.isInsideBody
      let allowed = isHead && !isPassing ? limits.requestHeadSeconds : limits.requestSeconds
      if age < allowed { return transport.setTimer(connection, seconds: allowed - age) }
      if isPassing { return transport.part(connection, on: worker) }
      refuse(
        connection, .requestTimeout, "the request took too long to arrive", on: worker)
    }
  }

  /// Everything is out: goes on with what a peer has sent that had asked for enough.
  func hasRoom(_ connection: Connection, _ exchange: HTTPExchange) {
    guard exchange.hasEnough else { return }
    exchange.hasEnough = false
    transport.startReading(connection)
    transport.resumeLater(connection)
    // In a turn of its own: others have their turn first.
    context.loop.wake()
  }

  func ended(_ exchange: HTTPExchange, on worker: isolated Worker) {
    exchange.task?.cancel()
    discardUpload(exchange, on: worker)
  }

  /// A worker that drains closes connections between two requests; the others end with the answer.
  func drain(_ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker) {
    if case .head = exchange.state { transport.part(connection, on: worker) }
  }
}

// The memory for input that is not whole or not answered yet.
extension HTTPServer {
  /// Charges what an exchange holds to the budget of all; without room it is refused.
  @inline(__always) func chargeInput(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) {
    if exchange.memory + connection.encryptedInput != connection.heldInput {
      chargeChangedInput(connection, exchange, on: worker)
    }
  }

  private func chargeChangedInput(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) {
    if exchange.input.isEmpty { exchange.input.removeAll(keepingCapacity: false) }
    let holds = exchange.memory + connection.encryptedInput
    guard transport.charge(holds, to: connection, isBounded: !exchange.isWhole) else {
      context.counters.refused.add(1)
      return refuseInput(connection, exchange, on: worker)
    }
  }

  private func refuseInput(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) {
    exchange.input.removeAll(keepingCapacity: false)
    exchange.body.removeAll(keepingCapacity: false)
    switch exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      let error = PluginError(.unavailable, "too much input at once", retryAfterSeconds: 5)
      let request = Request(PluginKit.Method(head.method), head.path)
      exchange.task?.cancel()
      exchange.isLast = true
      answer(
        connection, exchange, head, route.shape(error, request).with("Retry-After", "5"),
        on: worker)
    case .head, .admitting, .body:
      refuse(
        connection, .serviceUnavailable, "too much input at once, try again later", on: worker)
    case .working, .sending: return
    }
  }
}
