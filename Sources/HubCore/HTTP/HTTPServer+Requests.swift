internal import Bytes
internal import HTTP
internal import Loop
internal import PluginKit

/// A request that asks to speak in frames from here on; it is answered by the layer above.
struct Upgrade {
  let head: RequestHead
  let kind: Endpoint.SocketKind
}

// Requests: parse, find the endpoint, take in the body, hand them over, in order.
extension HTTPServer {
  private enum Step {
    case goOn
    case wait
    case upgrade(Upgrade)
  }

  /// Serves what has come, as far as it goes. Returns a request to upgrade; once it is answered,
  /// the caller calls again for what follows it.
  func serve(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) -> Upgrade? {
    do throws(HTTPError) {
      while true {
        switch try serveNext(connection, exchange, on: worker) {
        case .goOn: continue
        case .wait: return nil
        case .upgrade(let upgrade): return upgrade
        }
      }
    } catch {
      context.counters.badRequests.add(1)
      refuse(connection, exchange, error, on: worker)
      return nil
    }
  }

  /// A body that cannot be taken in is refused in the words of the system it was meant for.
  func refuse(
    _ connection: Connection, _ exchange: HTTPExchange, _ error: HTTPError,
    on worker: isolated Worker
  ) {
    switch exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      exchange.isLast = true
      answer(connection, exchange, head, route.refuse(error, head), on: worker)
    case .head, .admitting, .body, .working, .sending:
      refuse(connection, error.status, error.reason, on: worker)
    }
  }

  /// Takes the exchange one step further.
  private func serveNext(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) throws(HTTPError) -> Step {
    guard connection.exchange === exchange else { return .wait }
    switch exchange.state {
    case .admitting, .working, .sending:
      if exchange.input.count > HTTPExchange.mostSentAhead { transport.stopReading(connection) }
      return .wait
    case .head:
      guard connection.sendQueue.bytes < HTTPExchange.mostOwed else {
        exchange.hasEnough = true
        transport.stopReading(connection)
        return .wait
      }
      return try serveHead(connection, exchange, on: worker)
    case .body(let head, let endpoint):
      return try serveBody(connection, exchange, head, endpoint, on: worker)
    }
  }

  private func serveBody(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) throws(HTTPError) -> Step {
    if exchange.intake?.hasFailed == true {
      refuseUpload(connection, exchange, head, endpoint, on: worker)
      return .wait
    }
    guard try takeBody(connection, exchange, on: worker) else {
      if exchange.owesContinue { sendContinue(connection, exchange) }
      if connection.readClosed && exchange.intake == nil {
        transport.part(connection, on: worker)
      }
      return .wait
    }
    return begin(connection, exchange, head, endpoint, on: worker)
  }

  /// Takes in what has arrived of the body; true once it is whole.
  private func takeBody(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) throws(HTTPError) -> Bool {
    if let intake = exchange.intake {
      return try takeUpload(intake, connection, exchange, on: worker)
    }
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
    transport.queue(out, to: connection)
  }

  private func serveHead(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) throws(HTTPError) -> Step {
    guard let head = try exchange.parser.nextHead(&exchange.input) else {
      noteArrival(connection, exchange, on: worker)
      return .wait
    }
    if exchange.begunAt == 0 { exchange.begunAt = context.now }
    context.counters.requests.add(1)
    exchange.number += 1
    if !clients.note(connection, head, limits) { connection.admission = .surplusOfClient }
    if connection.admission != .welcome {
      refuseSurplus(connection, on: worker)
      return .wait
    }
    guard reader.isCalledByName(connection, head) else {
      answerUnread(
        connection, exchange, head, Response.plain(421, "This server does not go by that name."),
        on: worker)
      return .goOn
    }
    switch router.target(of: head, connection, exchange) {
    case .endpoint(let endpoint):
      return try awaitBody(connection, exchange, head, endpoint, on: worker)
    case .answer(let response):
      answerUnread(connection, exchange, head, response, on: worker)
      return .goOn
    }
  }

  /// There are too many connections already; this one is told so and closed.
  private func refuseSurplus(_ connection: Connection, on worker: isolated Worker) {
    context.counters.refused.add(1)
    if connection.admission == .surplusOfClient {
      refuse(
        connection, .tooManyRequests, "too many connections from this address", on: worker)
    } else {
      refuse(
        connection, .serviceUnavailable, "too many connections, try again later", on: worker)
    }
  }

  /// Goes on to the body, if there is one. A declared length over the limit is refused before
  /// anything of it is taken in, and before the client is told to go on.
  private func awaitBody(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) throws(HTTPError) -> Step {
    guard head.body != .none else {
      return begin(connection, exchange, head, endpoint, on: worker)
    }
    exchange.parser.limitBody(to: endpoint.bodyLimit(default: limits.requestBody))
    exchange.owesContinue = head.expectsContinue
    guard case .route(let unit, let route) = endpoint else {
      exchange.state = .body(head, endpoint)
      return .goOn
    }
    exchange.state = .admitting(head, endpoint)
    var nothing = ByteBuffer()
    _ = try exchange.parser.readBody(&nothing, into: &exchange.body)
    admit(connection, exchange, head, unit, route, on: worker)
    return .goOn
  }

  /// The clock of a request runs from its first byte.
  private func noteArrival(
    _ connection: Connection, _ exchange: HTTPExchange, on worker: isolated Worker
  ) {
    if connection.readClosed { return transport.part(connection, on: worker) }
    if exchange.input.isEmpty { exchange.input.removeAll(keepingCapacity: false) }
    if exchange.input.isEmpty && !exchange.parser.isInsideBody {
      exchange.begunAt = 0
      transport.setTimer(connection, seconds: limits.idleSeconds)
    } else if exchange.begunAt == 0 {
      exchange.begunAt = context.now
      transport.setTimer(connection, seconds: limits.requestHeadSeconds)
    }
  }

  /// The request is whole: hands it to its endpoint.
  private func begin(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) -> Step {
    exchange.state = .working(head)
    switch endpoint {
    case .pageOrSocket(_, let kind) where head.wantsUpgrade:
      return .upgrade(Upgrade(head: head, kind: kind))
    case .socket(let kind): return .upgrade(Upgrade(head: head, kind: kind))
    case .asset(let asset), .pageOrSocket(let asset, _):
      answer(connection, exchange, head, asset.answer(head), on: worker)
    case .own where connection.door.purpose == .everything && callsTooFast(connection):
      answer(
        connection, exchange, head, Response.plain(429, "Too many requests.").retryable,
        on: worker)
    case .own(let call):
      start(connection, exchange, head, on: worker) { request in await call.handler(request) }
    case .route(let unit, let route) where exchange.admitted != nil:
      handle(connection, exchange, head, unit, route, on: worker)
    case .route(_, let route) where callsTooFast(connection):
      answer(connection, exchange, head, tooFast(route, head), on: worker)
    case .route(let unit, let route):
      let runner = shared.runner
      start(connection, exchange, head, for: route, on: worker) { request in
        await runner.answer(request, route: route, of: unit)
      }
      limitTime(connection, exchange, unit, route, on: worker)
    }
    return .goOn
  }
}

// Forms with files: to disk while they arrive.
extension HTTPServer {
  /// Prepares for a form with files, where the route takes one and the client sends one.
  func makeIntake(_ head: RequestHead, _ endpoint: Endpoint) throws(HTTPError) -> UploadIntake? {
    guard endpoint.takesUploads else { return nil }
    var bounds = MultipartParser.Limits()
    bounds.total = endpoint.bodyLimit(default: limits.requestBody)
    bounds.fieldBytes = limits.requestBody
    guard let parser = try MultipartParser(head.headers, limits: bounds) else { return nil }
    return UploadIntake(parser: parser, disk: shared.disk, folder: shared.uploadFolder)
  }

  /// Takes in what has arrived; true once the form is whole and on disk.
  private func takeUpload(
    _ intake: UploadIntake, _ connection: Connection, _ exchange: HTTPExchange,
    on worker: isolated Worker
  ) throws(HTTPError) -> Bool {
    let isWhole = try exchange.parser.readBody(&exchange.input, into: &exchange.body)
    while let event = try intake.parser.next(&exchange.body) { try intake.add(event) }
    if isWhole && !intake.isFinished { throw HTTPError(.malformedMultipart) }
    if intake.waitingBytes > UploadIntake.mostWaiting { transport.stopReading(connection) }
    let token = connection.token
    let number = exchange.number
    // Without the second half an upload that waits for the network would call itself for ever.
    if !intake.isWorking && intake.hasWork {
      Task.immediate {
        await intake.work()
        uploadProgressed(token, number, on: worker)
      }
    }
    return isWhole && !intake.isWorking && !intake.hasWork
  }

  /// The disk does not take a form: not its sender's fault.
  private func refuseUpload(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) {
    guard case .route(let unit, let route) = endpoint else { return }
    shared.log.error("an upload cannot be stored", ["plugin": unit.name, "path": head.path])
    let error = PluginError(.unavailable, "the upload cannot be stored", retryAfterSeconds: 5)
    exchange.isLast = true
    answer(
      connection, exchange, head, route.shape(error, Request(.post, head.path)), on: worker)
  }

  /// Deletes what is left of an upload.
  func discardUpload(_ exchange: HTTPExchange, on worker: isolated Worker) {
    guard let intake = exchange.intake.take() else { return }
    Task.immediate {
      _ = worker
      await intake.discard()
    }
  }

  private func uploadProgressed(_ token: UInt64, _ number: UInt64, on worker: isolated Worker) {
    guard let (connection, exchange) = current(token, number), case .body = exchange.state else {
      return
    }
    transport.startReading(connection)
    transport.resumeLater(connection)
  }
}
