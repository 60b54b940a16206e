internal import HTTP
internal import Loop
internal import PluginHost
internal import PluginKit

// Whether a caller may make a call is found out on the head: nothing of a body is kept before.
extension HTTPServer {
  func admit(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ unit: LoadedPlugin,
    _ route: Route, on worker: isolated Worker
  ) {
    if callsTooFast(connection) {
      return answerUnread(connection, conversation, head, tooFast(route, head), on: worker)
    }
    let request: Request
    do throws(HTTPError) {
      request = try makeRequest(connection, conversation, head)
    } catch {
      return answerUnread(connection, conversation, head, route.refuse(error, head), on: worker)
    }
    let token = connection.token
    let number = conversation.exchange.number
    let runner = shared.runner
    conversation.task = Task.immediate {
      let verdict = await runner.judge(request, route: route, of: unit)
      judged(token, number, verdict, on: worker)
    }
    guard case .admitting = conversation.exchange.state else {
      conversation.task = nil
      return
    }
    limitTime(connection, conversation, unit, route, on: worker)
  }

  private func judged(
    _ token: UInt64, _ number: UInt64, _ verdict: RouteRunner.Verdict, on worker: isolated Worker
  ) {
    guard let (connection, conversation) = current(token, number),
      case .admitting(let head, let endpoint) = conversation.exchange.state
    else { return }
    conversation.task = nil
    switch verdict {
    case .refused(let response):
      answerUnread(connection, conversation, head, response, on: worker)
    case .admitted(let call):
      receive(call, connection, conversation, head, endpoint, on: worker)
    }
    transport.resumeLater(connection)
  }

  private func receive(
    _ call: RouteRunner.AdmittedCall, _ connection: Connection, _ conversation: HTTPConversation,
    _ head: RequestHead, _ endpoint: Endpoint, on worker: isolated Worker
  ) {
    conversation.admitted = call
    conversation.exchange.admit()
    transport.startReading(connection)
    do throws(HTTPError) {
      conversation.upload = try makeUpload(head, endpoint)
    } catch {
      context.counters.badRequests.add(1)
      refuse(connection, conversation, error, on: worker)
    }
  }

  func tooFast(_ route: Route, _ head: RequestHead) -> Response {
    let error = PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: 1)
    return route.shape(error, Request(.get, head.path)).retryable
  }
}

// Handlers.
extension HTTPServer {
  func makeRequest(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead
  ) throws(HTTPError) -> Request {
    try reader.request(head, connection, conversation, at: context.loop.unixMilliseconds)
  }

  /// The request that wants to speak in frames, as plugins see it. Nil if it cannot be read; then it
  /// is answered.
  func request(
    of upgrade: Upgrade, _ connection: Connection, _ conversation: HTTPConversation,
    on worker: isolated Worker
  ) -> Request? {
    do throws(HTTPError) {
      return try makeRequest(connection, conversation, upgrade.head)
    } catch {
      answer(
        connection, conversation, upgrade.head,
        Response.plain(Int(error.status.code), error.reason), on: worker)
      return nil
    }
  }

  /// Hands an admitted request to its handler, now that its body is whole.
  func handle(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ unit: LoadedPlugin,
    _ route: Route, on worker: isolated Worker
  ) {
    guard var call = conversation.admitted.take() else { return }
    do throws(HTTPError) {
      call.request.body = try reader.body(of: conversation, head)
    } catch {
      return answer(connection, conversation, head, route.refuse(error, head), on: worker)
    }
    let runner = shared.runner
    run(connection, conversation, on: worker) { [call] in
      await runner.handle(call, route: route, of: unit)
    }
    limitTime(connection, conversation, unit, route, on: worker)
  }

  func start(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    for route: Route? = nil, on worker: isolated Worker,
    _ handler: @escaping @Sendable (Request) async -> Response
  ) {
    let request: Request
    do throws(HTTPError) {
      request = try makeRequest(connection, conversation, head)
    } catch {
      let refusal =
        route?.refuse(error, head) ?? Response.plain(Int(error.status.code), error.reason)
      return answer(connection, conversation, head, refusal, on: worker)
    }
    run(connection, conversation, on: worker) { await handler(request) }
  }

  /// Runs a handler on this loop until it first has to wait.
  private func run(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker,
    _ handler: @escaping @Sendable () async -> Response
  ) {
    let token = connection.token
    let number = conversation.exchange.number
    conversation.task = Task.immediate {
      let response = await handler()
      finish(token, number, response, on: worker)
    }
    // A handler that never waited has answered by now.
    if case .head = conversation.exchange.state { conversation.task = nil }
  }

  func finish(
    _ token: UInt64, _ number: UInt64, _ response: Response, on worker: isolated Worker
  ) {
    guard let (connection, conversation, head) = working(token, number) else { return }
    conversation.task = nil
    answer(connection, conversation, head, response, on: worker)
    transport.resumeLater(connection)
  }

  func limitTime(
    _ connection: Connection, _ conversation: HTTPConversation, _ unit: LoadedPlugin,
    _ route: Route,
    on worker: isolated Worker
  ) {
    let isHandled: Bool
    switch conversation.exchange.state {
    case .admitting: isHandled = false
    case .working: isHandled = true
    case .head, .routing, .body, .sending: return
    }
    let token = connection.token
    let number = conversation.exchange.number
    context.loop.schedule(after: .seconds(route.operation.timeoutSeconds)) {
      self.giveUp(token, number, unit, route, isHandled, on: worker)
    }
  }

  /// A plugin takes too long: its caller is answered in its place.
  private func giveUp(
    _ token: UInt64, _ number: UInt64, _ unit: LoadedPlugin, _ route: Route, _ isHandled: Bool,
    on worker: isolated Worker
  ) {
    guard let (connection, conversation) = current(token, number) else { return }
    let head: RequestHead
    switch conversation.exchange.state {
    case .working(let current) where isHandled: head = current
    case .admitting(let current, _) where !isHandled:
      head = current
      conversation.exchange.end()
    case .head, .routing, .admitting, .body, .working, .sending: return
    }
    shared.log.warning("a handler took too long", ["plugin": unit.name, "path": head.path])
    conversation.task?.cancel()
    conversation.task = nil
    let request = Request(.get, head.path)
    answer(
      connection, conversation, head, shared.runner.late(request, route: route, of: unit),
      on: worker)
    transport.resumeLater(connection)
  }
}

// An exchange is found again after a wait, if it is still at the same request.
extension HTTPServer {
  func current(_ token: UInt64, _ number: UInt64) -> (Connection, HTTPConversation)? {
    guard let connection = transport[token], let conversation = connection.http,
      conversation.exchange.number == number
    else { return nil }
    return (connection, conversation)
  }

  /// The exchange that a handler was started for, if it still waits for the answer.
  func working(_ token: UInt64, _ number: UInt64) -> (Connection, HTTPConversation, RequestHead)? {
    guard let (connection, conversation) = current(token, number),
      case .working(let head) = conversation.exchange.state
    else { return nil }
    return (connection, conversation, head)
  }

  /// The exchange whose answer is being read from a file, if it still is.
  func sending(_ token: UInt64, _ number: UInt64) -> (Connection, HTTPConversation)? {
    guard let (connection, conversation) = current(token, number),
      case .sending = conversation.exchange.state
    else { return nil }
    return (connection, conversation)
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
