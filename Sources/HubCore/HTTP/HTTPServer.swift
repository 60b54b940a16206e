internal import Bytes
internal import HTTP
internal import Limits
internal import Loop
internal import PluginHost
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
    connection.conversation = HTTPConversation(bounds)
  }

  /// Requests that came before the peer closed its side are still answered.
  func inputEnded(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    transport.stopReading(connection)
    if conversation.exchange.inputEnded() { transport.part(connection, on: worker) }
  }

  func timerFired(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    let patience = HTTPExchange<Endpoint>.Patience(
      idleSeconds: limits.idleSeconds, headSeconds: limits.requestHeadSeconds,
      requestSeconds: limits.requestSeconds)
    // A client that does not read a file holds it open.
    let isStuck =
      connection.isWaitingToWrite && !transport.isTaking(connection, within: limits.idleSeconds)
    switch conversation.exchange.timerFired(
      at: context.now, lastHeard: connection.lastHeard, isStuck: isStuck, patience)
    {
    case .look(let seconds): transport.setTimer(connection, seconds: seconds)
    case .close: transport.part(connection, on: worker)
    case .drop: transport.drop(connection, .lost, on: worker)
    case .refuse:
      refuse(connection, .requestTimeout, "the request took too long to arrive", on: worker)
    }
  }

  /// Everything is out: goes on with what a peer has sent that had asked for enough.
  func hasRoom(_ connection: Connection, _ conversation: HTTPConversation) {
    guard conversation.exchange.hasRoom() else { return }
    transport.startReading(connection)
    transport.resumeLater(connection)
    // In a turn of its own: others have their turn first.
    context.loop.wake()
  }

  func ended(_ conversation: HTTPConversation, on worker: isolated Worker) {
    conversation.task?.cancel()
    discardUpload(conversation, on: worker)
  }

  /// A worker that drains closes connections between two requests; the others end with the answer.
  func drain(_ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker)
  {
    if case .head = conversation.exchange.state { transport.part(connection, on: worker) }
  }
}

// The memory for input that is not whole or not answered yet.
extension HTTPServer {
  /// Charges what an exchange holds to the budget of all; without room it is refused.
  @inline(__always) func chargeInput(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    if conversation.memory + connection.encryptedInput != connection.heldInput {
      chargeChangedInput(connection, conversation, on: worker)
    }
  }

  private func chargeChangedInput(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    conversation.exchange.trimInput()
    let holds = conversation.memory + connection.encryptedInput
    let isBounded = !conversation.exchange.isWhole
    guard transport.charge(holds, to: connection, isBounded: isBounded) else {
      context.counters.refused.add(1)
      return refuseInput(connection, conversation, on: worker)
    }
  }

  private func refuseInput(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    conversation.exchange.discardInput()
    switch conversation.exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      let error = PluginError(.unavailable, "too much input at once", retryAfterSeconds: 5)
      let request = Request(PluginKit.Method(head.method), head.path)
      conversation.task?.cancel()
      conversation.exchange.end()
      answer(
        connection, conversation, head, route.shape(error, request).with("Retry-After", "5"),
        on: worker)
    case .head, .routing, .admitting, .body:
      refuse(
        connection, .serviceUnavailable, "too much input at once, try again later", on: worker)
    case .working, .sending: return
    }
  }
}
