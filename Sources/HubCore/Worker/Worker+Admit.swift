internal import HTTP
internal import Loop
internal import PluginKit

// Whether a caller may make a call is found out on the head: nothing of a body is kept before.
extension Worker {
  func admit(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ unit: PluginUnit,
    _ route: Route
  ) {
    if callsTooFast(connection) {
      return turnAway(connection, exchange, head, tooFast(route, head))
    }
    let request: Request
    do throws(HTTPError) {
      request = try makeRequest(connection, exchange, head)
    } catch {
      return turnAway(connection, exchange, head, route.refuse(error, head))
    }
    let token = connection.token
    let number = exchange.number
    let runner = house.runner
    exchange.task = Task.immediate {
      judged(token, number, await runner.judge(request, route: route, of: unit))
    }
    guard case .admitting = exchange.state else {
      exchange.task = nil
      return
    }
    limitTime(connection, exchange, unit, route)
  }

  private func judged(_ token: UInt64, _ number: UInt64, _ verdict: RouteRunner.Verdict) {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .admitting(let head, let endpoint) = exchange.state
    else { return }
    exchange.task = nil
    switch verdict {
    case .refused(let response): turnAway(connection, exchange, head, response)
    case .admitted(let call): receive(call, connection, exchange, head, endpoint)
    }
    answered.append(connection)
  }

  private func receive(
    _ call: RouteRunner.AdmittedCall, _ connection: Connection, _ exchange: HTTPExchange,
    _ head: RequestHead, _ endpoint: Endpoint
  ) {
    exchange.admitted = call
    exchange.state = .body(head, endpoint)
    startReading(connection)
    do throws(HTTPError) {
      exchange.intake = try makeIntake(head, endpoint)
    } catch {
      counters.badRequests.add(1)
      refuse(connection, exchange, error)
    }
  }

  /// Hands an admitted request to its handler, now that its body is whole.
  func handle(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ unit: PluginUnit,
    _ route: Route
  ) {
    guard var call = exchange.admitted.take() else { return }
    do throws(HTTPError) {
      call.request.body = try body(of: exchange, head)
    } catch {
      return answer(connection, exchange, head, route.refuse(error, head))
    }
    let runner = house.runner
    run(connection, exchange) { [call] in await runner.handle(call, route: route, of: unit) }
    limitTime(connection, exchange, unit, route)
  }

  /// Answers a request whose body nobody reads. A short one is passed over.
  private func turnAway(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ response: Response
  ) {
    // RFC 9110, 10.1.1: a client that waits to be asked for its body may send it or not.
    exchange.isLast = head.expectsContinue || !exchange.parser.canPassBody
    answer(connection, exchange, head, response)
  }

  func tooFast(_ route: Route, _ head: RequestHead) -> Response {
    let error = PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: 1)
    return route.shape(error, Request(.get, head.path)).retryable
  }

  func limitTime(
    _ connection: Connection, _ exchange: HTTPExchange, _ unit: PluginUnit, _ route: Route
  ) {
    let isHandled: Bool
    switch exchange.state {
    case .admitting: isHandled = false
    case .working: isHandled = true
    case .head, .body, .sending: return
    }
    let token = connection.token
    let number = exchange.number
    loop.schedule(after: .seconds(route.operation.timeoutSeconds)) { [unowned self] in
      assumeIsolated { $0.giveUp(token, number, unit, route, isHandled) }
    }
  }

  /// A plugin takes too long: its caller is answered in its place.
  private func giveUp(
    _ token: UInt64, _ number: UInt64, _ unit: PluginUnit, _ route: Route, _ isHandled: Bool
  ) {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number
    else { return }
    let head: RequestHead
    switch exchange.state {
    case .working(let current) where isHandled: head = current
    case .admitting(let current, _) where !isHandled:
      head = current
      exchange.isLast = true
    case .head, .admitting, .body, .working, .sending: return
    }
    house.log.warning("a handler took too long", ["plugin": unit.name, "path": head.path])
    exchange.task?.cancel()
    exchange.task = nil
    let request = Request(.get, head.path)
    answer(connection, exchange, head, house.runner.late(request, route: route, of: unit))
    answered.append(connection)
  }
}
