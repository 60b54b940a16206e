internal import Bytes
internal import HTTP
internal import PluginKit
internal import WebSocket

// The memory for input that is not whole or not answered yet.
extension Worker {
  /// Charges what a connection holds to the budget of all; without room it is refused.
  @inline(__always) func chargeInput(_ connection: Connection) {
    let holds = connection.inputMemory
    if holds != connection.heldInput { chargeInput(connection, holds) }
  }

  private func chargeInput(_ connection: Connection, _ holds: Int) {
    var holds = holds
    if case .http(let exchange) = connection.stage, exchange.input.isEmpty {
      exchange.input.removeAll(keepingCapacity: false)
      holds = connection.inputMemory
    }
    let change = InputBudget.Change(
      client: connection.inputClient ?? connection.counted ?? .unknown,
      before: connection.heldInput, after: holds)
    if isWhole(connection) {
      house.input.add(change)
    } else if !house.input.charge(change, limit: limits.inputBuffers) {
      counters.refused.add(1)
      return refuseInput(connection)
    }
    connection.heldInput = holds
    connection.inputClient = holds > 0 ? change.client : nil
  }

  /// A request that came whole is answered, however much others hold: a handler is at work on it.
  /// Bytes that are sent ahead of the answer have a bound of their own.
  private func isWhole(_ connection: Connection) -> Bool {
    guard case .http(let exchange) = connection.stage else { return false }
    switch exchange.state {
    case .working, .sending: return true
    case .head, .admitting, .body: return false
    }
  }

  /// Whether a message has not come whole within the time for a request.
  func isMessageLate(_ link: WebSocketLink) -> Bool {
    guard link.messageBegunAt > 0, limits.requestSeconds > 0 else { return false }
    return Int((now &- link.messageBegunAt) / 1_000_000_000) > limits.requestSeconds
  }

  /// The connection holds nothing any more.
  func releaseInput(_ connection: Connection) {
    guard connection.heldInput > 0 else { return }
    house.input.add(
      .init(
        client: connection.inputClient ?? .unknown, before: connection.heldInput, after: 0))
    connection.heldInput = 0
    connection.inputClient = nil
  }

  private func refuseInput(_ connection: Connection) {
    switch connection.stage {
    case .http(let exchange): refuseInput(connection, exchange)
    case .webSocket(let link):
      closings[.overloaded, default: 0] += 1
      queueClose(.overloaded, "too much input at once", connection)
      link.closing.transportEnded()
      part(connection)
    case .greeting, .parting, .gone: return
    }
  }

  private func refuseInput(_ connection: Connection, _ exchange: HTTPExchange) {
    exchange.input.removeAll(keepingCapacity: false)
    exchange.body.removeAll(keepingCapacity: false)
    switch exchange.state {
    case .admitting(let head, .route(_, let route)), .body(let head, .route(_, let route)):
      let error = PluginError(.unavailable, "too much input at once", retryAfterSeconds: 5)
      let request = Request(PluginKit.Method(head.method), head.path)
      exchange.task?.cancel()
      exchange.isLast = true
      answer(
        connection, exchange, head, route.shape(error, request).with("Retry-After", "5"))
    case .head, .admitting, .body:
      refuse(connection, .serviceUnavailable, "too much input at once, try again later")
    case .working, .sending: return
    }
  }
}
