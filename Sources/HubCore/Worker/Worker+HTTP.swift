internal import Bytes
internal import HTTP
internal import Loop
internal import PluginKit

// Requests: parse, find who answers, take in the body, let them answer, in order.
extension Worker {
  func serveRequests(_ connection: Connection, _ exchange: HTTPExchange, _ desk: inout Desk) {
    do throws(HTTPError) {
      while try serveNext(connection, exchange, &desk) {}
    } catch {
      counters.badRequests.add(1)
      refuse(connection, exchange, error)
    }
  }

  /// A body that cannot be taken in is refused in the words of the system it was meant for.
  func refuse(_ connection: Connection, _ exchange: HTTPExchange, _ error: HTTPError) {
    switch exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      exchange.isLast = true
      answer(connection, exchange, head, route.refuse(error, head))
    case .head, .admitting, .body, .working, .sending:
      refuse(connection, error.status, error.reason)
    }
  }

  /// Takes the exchange one step further; false if it has to wait.
  private func serveNext(
    _ connection: Connection, _ exchange: HTTPExchange, _ desk: inout Desk
  ) throws(HTTPError) -> Bool {
    guard case .http(let current) = connection.stage, current === exchange else { return false }
    switch exchange.state {
    case .admitting, .working, .sending:
      if exchange.input.count > HTTPExchange.mostSentAhead { stopReading(connection) }
      return false
    case .head:
      guard connection.outbox.bytes < HTTPExchange.mostOwed else {
        exchange.hasEnough = true
        stopReading(connection)
        return false
      }
      return try serveHead(connection, exchange, &desk)
    case .body(let head, let endpoint):
      return try serveBody(connection, exchange, head, endpoint, &desk)
    }
  }

  private func serveBody(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, _ desk: inout Desk
  ) throws(HTTPError) -> Bool {
    if exchange.intake?.hasFailed == true {
      refuseUpload(connection, exchange, head, endpoint)
      return false
    }
    guard try takeBody(connection, exchange, endpoint) else {
      if exchange.owesContinue { sendContinue(connection, exchange) }
      if connection.isDeaf && exchange.intake == nil { part(connection) }
      return false
    }
    begin(connection, exchange, head, endpoint, &desk)
    return true
  }

  /// Takes in what has arrived of the body; true once it is whole.
  private func takeBody(
    _ connection: Connection, _ exchange: HTTPExchange, _ endpoint: Endpoint
  ) throws(HTTPError) -> Bool {
    if let intake = exchange.intake { return try takeUpload(intake, connection, exchange) }
    let isWhole = try exchange.parser.readBody(&exchange.input, into: &exchange.body)
    // Only plugins take bodies.
    if exchange.admitted == nil { exchange.body.removeAll(keepingCapacity: false) }
    if exchange.input.isEmpty { exchange.input.removeAll(keepingCapacity: false) }
    return isWhole
  }

  private func sendContinue(_ connection: Connection, _ exchange: HTTPExchange) {
    exchange.owesContinue = false
    var out = ByteBuffer(capacity: 32)
    ResponseEncoder.appendContinue(into: &out)
    queue(out, to: connection)
  }

  private func serveHead(
    _ connection: Connection, _ exchange: HTTPExchange, _ desk: inout Desk
  ) throws(HTTPError) -> Bool {
    guard let head = try exchange.parser.nextHead(&exchange.input) else {
      noteArrival(connection, exchange)
      return false
    }
    if exchange.begunAt == 0 { exchange.begunAt = now }
    counters.requests.add(1)
    exchange.number += 1
    if !noteClient(connection, head) { connection.admission = .surplusOfClient }
    if connection.admission != .welcome { return turnAway(connection) }
    guard isCalledByName(connection, head) else {
      misdirect(connection, exchange, head)
      return true
    }
    let outcome = house.table(of: connection.door).match(head.method, head.pathBytes)
    if let endpoint = endpoint(outcome, connection, exchange, head) {
      return try awaitBody(connection, exchange, head, endpoint, &desk)
    }
    // RFC 9110, 10.1.1: who waits to be asked for a body and is not may send it or not.
    exchange.isLast = head.expectsContinue || !exchange.parser.canPassBody
    answer(connection, exchange, head, answerWithoutRoute(outcome, connection, exchange, head))
    return true
  }

  /// Goes on to the body, if there is one. A declared length over the limit is refused before
  /// anything of it is taken in, and before the client is told to go on.
  private func awaitBody(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, _ desk: inout Desk
  ) throws(HTTPError) -> Bool {
    guard head.body != .none else {
      begin(connection, exchange, head, endpoint, &desk)
      return true
    }
    exchange.parser.limitBody(to: endpoint.bodyLimit(default: limits.requestBody))
    exchange.owesContinue = head.expectsContinue
    guard case .route(let unit, let route) = endpoint else {
      exchange.state = .body(head, endpoint)
      return true
    }
    exchange.state = .admitting(head, endpoint)
    var nothing = ByteBuffer()
    _ = try exchange.parser.readBody(&nothing, into: &exchange.body)
    admit(connection, exchange, head, unit, route)
    return true
  }

  /// The clock of a request runs from its first byte.
  private func noteArrival(_ connection: Connection, _ exchange: HTTPExchange) {
    if connection.isDeaf { return part(connection) }
    if exchange.input.isEmpty { exchange.input.removeAll(keepingCapacity: false) }
    if exchange.input.isEmpty && !exchange.parser.isInsideBody {
      exchange.begunAt = 0
      setTimer(connection, seconds: limits.idleSeconds)
    } else if exchange.begunAt == 0 {
      exchange.begunAt = now
      setTimer(connection, seconds: limits.requestHeadSeconds)
    }
  }

  /// The request is whole: hands it to its endpoint.
  private func begin(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, _ desk: inout Desk
  ) {
    exchange.state = .working(head)
    switch endpoint {
    case .asset(let asset): answer(connection, exchange, head, asset.answer(head))
    case .pageOrSocket(_, let kind) where head.wantsUpgrade:
      upgrade(connection, exchange, head, kind, &desk)
    case .pageOrSocket(let asset, _): answer(connection, exchange, head, asset.answer(head))
    case .socket(let kind): upgrade(connection, exchange, head, kind, &desk)
    case .own where connection.door.purpose == .everything && callsTooFast(connection):
      answer(connection, exchange, head, Response.plain(429, "Too many requests.").retryable)
    case .own(let call):
      start(connection, exchange, head) { request in await call.handler(request) }
    case .route(let unit, let route) where exchange.admitted != nil:
      handle(connection, exchange, head, unit, route)
    case .route(_, let route) where callsTooFast(connection):
      answer(connection, exchange, head, tooFast(route, head))
    case .route(let unit, let route):
      let runner = house.runner
      start(connection, exchange, head, for: route) { request in
        await runner.answer(request, route: route, of: unit)
      }
      limitTime(connection, exchange, unit, route)
    }
  }

  private func start(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    for route: Route? = nil, _ handler: @escaping @Sendable (Request) async -> Response
  ) {
    let request: Request
    do throws(HTTPError) {
      request = try makeRequest(connection, exchange, head)
    } catch {
      let refusal =
        route?.refuse(error, head) ?? Response.plain(Int(error.status.code), error.reason)
      return answer(connection, exchange, head, refusal)
    }
    run(connection, exchange) { await handler(request) }
  }

  /// Runs a handler on this loop until it first has to wait.
  func run(
    _ connection: Connection, _ exchange: HTTPExchange,
    _ handler: @escaping @Sendable () async -> Response
  ) {
    let token = connection.token
    let number = exchange.number
    exchange.task = Task.immediate {
      let response = await handler()
      finish(token, number, response)
    }
    // A handler that never waited has answered by now.
    if case .head = exchange.state { exchange.task = nil }
  }

  func finish(_ token: UInt64, _ number: UInt64, _ response: Response) {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .working(let head) = exchange.state
    else { return }
    exchange.task = nil
    answer(connection, exchange, head, response)
    answered.append(connection)
  }
}

extension Route {
  /// The answer to a request whose query or body cannot be read.
  func refuse(_ error: HTTPError, _ head: RequestHead) -> Response {
    let code: PluginError.Code =
      error.status == .contentTooLarge ? .tooLarge : .unreadableBody
    return shape(PluginError(code, error.reason), Request(PluginKit.Method(head.method), head.path))
  }
}
