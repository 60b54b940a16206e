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
    guard
      house.input.change(from: connection.heldInput, to: holds, limit: limits.inputBuffers)
    else {
      counters.refused.add(1)
      return refuseInput(connection)
    }
    connection.heldInput = holds
  }

  /// The connection holds nothing any more.
  func releaseInput(_ connection: Connection) {
    _ = house.input.change(from: connection.heldInput, to: 0, limit: 0)
    connection.heldInput = 0
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
    // An answer is on its way already; only what was sent ahead can be too much.
    case .working, .sending: drop(connection, .lost)
    }
  }
}
