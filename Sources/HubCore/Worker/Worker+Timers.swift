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
    case .parting:
      // A long answer may still be on its way to somebody who takes it slowly.
      if isTaking(connection, within: limits.closeSeconds) {
        return setTimer(connection, seconds: limits.closeSeconds)
      }
      drop(connection, .ended)
    case .gone: return
    }
  }

  /// Whether the kernel has taken something lately of what this connection is owed.
  private func isTaking(_ connection: Connection, within seconds: Int) -> Bool {
    connection.isWaitingToWrite
      && now &- connection.stalledSince < UInt64(max(seconds, 1)) * 1_000_000_000
  }

  private func tick(_ connection: Connection, _ exchange: HTTPExchange) {
    switch exchange.state {
    case .admitting, .working: setTimer(connection, seconds: limits.requestSeconds)
    case .sending:
      // A client that does not read a file holds it open.
      if connection.isWaitingToWrite && !isTaking(connection, within: limits.idleSeconds) {
        return drop(connection, .lost)
      }
      setTimer(connection, seconds: limits.idleSeconds)
    case .head where exchange.begunAt == 0:
      let idle = Int((now &- connection.lastHeard) / 1_000_000_000)
      if idle >= limits.idleSeconds { return part(connection) }
      setTimer(connection, seconds: limits.idleSeconds - idle)
    case .head, .body:
      let age = Int((now &- exchange.begunAt) / 1_000_000_000)
      let isHead = if case .head = exchange.state { true } else { false }
      // A body that nobody wants has been answered already.
      let isPassing = isHead && exchange.parser.isInsideBody
      let allowed = isHead && !isPassing ? limits.requestHeadSeconds : limits.requestSeconds
      if age < allowed { return setTimer(connection, seconds: allowed - age) }
      if isPassing { return part(connection) }
      refuse(connection, .requestTimeout, "the request took too long to arrive")
    }
  }
}
