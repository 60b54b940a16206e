internal import HTTP
internal import Loop

// One timer per connection; what it means depends on where the connection is in its life.
extension Worker {
  func setTimer(_ connection: Connection, seconds: Int) {
    setTimer(connection, milliseconds: Int64(max(seconds, 1)) * 1000)
  }

  func setTimer(_ connection: Connection, milliseconds: Int64) {
    let delay = Duration.milliseconds(milliseconds)
    if let timer = connection.timer, loop.rearm(timer, after: delay) { return }
    connection.timer = loop.schedule(after: delay, token: connection.token)
  }

  func tick(_ connection: Connection) {
    connection.timer = nil
    switch connection.stage {
    case .greeting: drop(connection, .lost)
    case .http(let exchange): tick(connection, exchange)
    case .webSocket(let link): beat(connection, link)
    case .parting: drop(connection, .ended)
    case .gone: return
    }
  }

  private func tick(_ connection: Connection, _ exchange: HTTPExchange) {
    switch exchange.state {
    case .working: setTimer(connection, seconds: limits.requestSeconds)
    case .head where exchange.begunAt == 0:
      let idle = Int((now &- connection.lastHeard) / 1_000_000_000)
      if idle >= limits.idleSeconds { return part(connection) }
      setTimer(connection, seconds: limits.idleSeconds - idle)
    case .head, .body:
      let age = Int((now &- exchange.begunAt) / 1_000_000_000)
      let isHead = if case .head = exchange.state { true } else { false }
      let allowed = isHead ? limits.requestHeadSeconds : limits.requestSeconds
      if age < allowed { return setTimer(connection, seconds: allowed - age) }
      refuse(connection, .requestTimeout, "the request took too long to arrive")
    }
  }
}
