internal import Bytes
internal import HTTP
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit

/// A request that asks to speak in frames from here on; it is answered by the layer above.
struct Upgrade {
  let head: RequestHead
  let kind: Endpoint.SocketKind
}

// Requests: parse, find the endpoint, take in the body, hand them over, in order.
extension HTTPServer {
  /// Serves what has come, as far as it goes. Returns a request to upgrade; once it is answered,
  /// the caller calls again for what follows it.
  func serve(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) -> Upgrade? {
    do throws(HTTPError) {
      while connection.http === conversation {
        switch try conversation.exchange.next(
          owed: connection.sendQueue.bytes, at: context.now)
        {
        case .wait: return nil
        case .pause:
          transport.stopReading(connection)
          return nil
        case .awaitRequest:
          transport.setTimer(connection, seconds: limits.idleSeconds)
          return nil
        case .awaitHead:
          transport.setTimer(connection, seconds: limits.requestHeadSeconds)
          return nil
        case .close:
          transport.part(connection, on: worker)
          return nil
        case .route(let head):
          if let upgrade = try route(head, connection, conversation, on: worker) { return upgrade }
        case .body(let head, let endpoint, let isWhole):
          guard try takeBody(isWhole, head, endpoint, connection, conversation, on: worker) else {
            return nil
          }
          conversation.exchange.begin()
          if let upgrade = begin(connection, conversation, head, endpoint, on: worker) {
            return upgrade
          }
        }
      }
    } catch {
      context.counters.badRequests.add(1)
      refuse(connection, conversation, error, on: worker)
    }
    return nil
  }

  /// A body that cannot be taken in is refused in the words of the system it was meant for.
  func refuse(
    _ connection: Connection, _ conversation: HTTPConversation, _ error: HTTPError,
    on worker: isolated Worker
  ) {
    switch conversation.exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      conversation.exchange.end()
      answer(connection, conversation, head, route.refuse(error, head), on: worker)
    case .head, .routing, .admitting, .body, .working, .sending:
      refuse(connection, error.status, error.reason, on: worker)
    }
  }

  /// Deals with what has arrived of the body; true once it is whole and taken in.
  private func takeBody(
    _ isWhole: Bool, _ head: RequestHead, _ endpoint: Endpoint, _ connection: Connection,
    _ conversation: HTTPConversation, on worker: isolated Worker
  ) throws(HTTPError) -> Bool {
    if conversation.upload?.hasFailed == true {
      refuseUpload(connection, conversation, head, endpoint, on: worker)
      return false
    }
    let isTaken: Bool
    if let upload = conversation.upload {
      isTaken = try takeUpload(isWhole, upload, connection, conversation, on: worker)
    } else {
      // Only plugins take bodies.
      if conversation.admitted == nil { conversation.exchange.discardBody() }
      isTaken = isWhole
    }
    if isTaken { return true }
    if conversation.exchange.takeContinue() { sendContinue(connection) }
    if !conversation.exchange.canGrow && conversation.upload == nil {
      transport.part(connection, on: worker)
    }
    return false
  }

  private func sendContinue(_ connection: Connection) {
    var out = ByteBuffer(capacity: 32)
    ResponseEncoder.appendContinue(into: &out)
    transport.queue(out, to: connection)
  }

  /// Finds the endpoint of a request, and goes on to its body if there is one.
  private func route(
    _ head: RequestHead, _ connection: Connection, _ conversation: HTTPConversation,
    on worker: isolated Worker
  ) throws(HTTPError) -> Upgrade? {
    context.counters.requests.add(1)
    if !clients.note(connection, head, limits) { connection.admission = .surplusOfClient }
    if connection.admission != .welcome {
      refuseSurplus(connection, on: worker)
      return nil
    }
    guard reader.isCalledByName(connection, head) else {
      answerUnread(
        connection, conversation, head,
        Response.plain(421, "This server does not go by that name."), on: worker)
      return nil
    }
    switch router.target(of: head, connection, conversation) {
    case .endpoint(let endpoint):
      return try proceed(to: endpoint, head, connection, conversation, on: worker)
    case .answer(let response):
      answerUnread(connection, conversation, head, response, on: worker)
      return nil
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

  private func proceed(
    to endpoint: Endpoint, _ head: RequestHead, _ connection: Connection,
    _ conversation: HTTPConversation, on worker: isolated Worker
  ) throws(HTTPError) -> Upgrade? {
    let asksFirst = if case .route = endpoint { true } else { false }
    let isWhole = try conversation.exchange.proceed(
      to: endpoint, bodyLimit: endpoint.bodyLimit(default: limits.requestBody),
      asksFirst: asksFirst)
    if isWhole { return begin(connection, conversation, head, endpoint, on: worker) }
    if case .route(let unit, let route) = endpoint {
      admit(connection, conversation, head, unit, route, on: worker)
    }
    return nil
  }

  /// The request is whole: hands it to its endpoint.
  private func begin(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) -> Upgrade? {
    switch endpoint {
    case .pageOrSocket(_, let kind) where head.wantsUpgrade:
      return Upgrade(head: head, kind: kind)
    case .socket(let kind): return Upgrade(head: head, kind: kind)
    case .asset(let asset), .pageOrSocket(let asset, _):
      answer(connection, conversation, head, asset.answer(head), on: worker)
    case .own where connection.role.purpose == .everything && callsTooFast(connection):
      answer(
        connection, conversation, head, Response.plain(429, "Too many requests.").retryable,
        on: worker)
    case .own(let call):
      start(connection, conversation, head, on: worker) { request in await call.handler(request) }
    case .route(let unit, let route) where conversation.admitted != nil:
      handle(connection, conversation, head, unit, route, on: worker)
    case .route(_, let route) where callsTooFast(connection):
      answer(connection, conversation, head, tooFast(route, head), on: worker)
    case .route(let unit, let route):
      let runner = shared.runner
      start(connection, conversation, head, for: route, on: worker) { request in
        await runner.answer(request, route: route, of: unit)
      }
      limitTime(connection, conversation, unit, route, on: worker)
    }
    return nil
  }
}

// Forms with files: to disk while they arrive.
extension HTTPServer {
  /// Prepares for a form with files, where the route takes one and the client sends one.
  func makeUpload(_ head: RequestHead, _ endpoint: Endpoint) throws(HTTPError) -> UploadReceiver? {
    guard endpoint.takesUploads else { return nil }
    var bounds = MultipartParser.Limits()
    bounds.total = endpoint.bodyLimit(default: limits.requestBody)
    bounds.fieldBytes = limits.requestBody
    guard let parser = try MultipartParser(head.headers, limits: bounds) else { return nil }
    return UploadReceiver(parser: parser, disk: shared.disk, folder: shared.uploadFolder)
  }

  /// Takes in what has arrived; true once the form is whole and on disk.
  private func takeUpload(
    _ isWhole: Bool, _ upload: UploadReceiver, _ connection: Connection,
    _ conversation: HTTPConversation, on worker: isolated Worker
  ) throws(HTTPError) -> Bool {
    while let event = try upload.parser.next(&conversation.exchange.body) { try upload.add(event) }
    if isWhole && !upload.isFinished { throw HTTPError(.malformedMultipart) }
    if upload.waitingBytes > UploadReceiver.mostWaiting { transport.stopReading(connection) }
    let token = connection.token
    let number = conversation.exchange.number
    // Without the second half an upload that waits for the network would call itself for ever.
    if !upload.isWorking && upload.hasWork {
      Task.immediate {
        await upload.work()
        uploadProgressed(token, number, on: worker)
      }
    }
    return isWhole && !upload.isWorking && !upload.hasWork
  }

  /// The disk does not take a form: not its sender's fault.
  private func refuseUpload(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ endpoint: Endpoint, on worker: isolated Worker
  ) {
    guard case .route(let unit, let route) = endpoint else { return }
    shared.log.error("an upload cannot be stored", ["plugin": unit.name, "path": head.path])
    let error = PluginError(.unavailable, "the upload cannot be stored", retryAfterSeconds: 5)
    conversation.exchange.end()
    answer(
      connection, conversation, head, route.shape(error, Request(.post, head.path)), on: worker)
  }

  /// Deletes what is left of an upload.
  func discardUpload(_ conversation: HTTPConversation, on worker: isolated Worker) {
    guard let upload = conversation.upload.take() else { return }
    Task.immediate {
      _ = worker
      await upload.discard()
    }
  }

  private func uploadProgressed(_ token: UInt64, _ number: UInt64, on worker: isolated Worker) {
    guard let (connection, conversation) = current(token, number),
      case .body = conversation.exchange.state
    else {
      return
    }
    transport.startReading(connection)
    transport.resumeLater(connection)
  }
}
