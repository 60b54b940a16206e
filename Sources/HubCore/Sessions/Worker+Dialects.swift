internal import Bytes
internal import Loop
internal import PluginKit
internal import WebSocket

// Clients of older protocols: their frames go to the plugin's session, one after another.
extension Worker {
  func receive(_ text: Span<UInt8>, _ connection: Connection, _ dialect: DialectLink) {
    dialect.backlog.append([UInt8](copying: text))
    if dialect.backlog.isFull { stopReading(connection) }
    serve(dialect, connection.token)
  }

  private func serve(_ dialect: DialectLink, _ token: UInt64) {
    guard !dialect.isBusy, let session = dialect.session else { return }
    dialect.isBusy = true
    Task.immediate {
      while let text = dialect.backlog.next() { await session.received(text) }
      dialect.isBusy = false
      if let connection = connections[token], !connection.isParting { hearAgain(connection) }
    }
  }

  func endDialect(_ dialect: DialectLink, _ how: Ending) {
    dialect.backlog.removeAll()
    guard let session = dialect.session else { return }
    dialect.session = nil
    let departure: Departure =
      switch how {
      case .closedByPeer(let code): .closed(code: code)
      case .lost: .lost
      case .ended: .ended
      }
    Task.immediate { await session.closed(departure) }
  }

  func sendText(_ text: [UInt8], to token: UInt64) {
    guard let connection = connections[token], connection.dialect != nil else { return }
    enqueue(FrameEncoder.frame(.text, text.span), on: connection, conflating: nil)
  }

  func subscribeLine(_ token: UInt64, _ topic: Topic, as who: Identity) async throws {
    guard let connection = connections[token], let dialect = connection.dialect else {
      throw CancellationError()
    }
    guard let name = TopicName(topic.description), let rules = rules(for: name) else {
      throw TopicRefusal.unknown
    }
    if who.isGuest && !rules.allowsGuests { throw TopicRefusal.unauthorized }
    if who.isProvisional && !rules.allowsProvisional { throw TopicRefusal.denied }
    if dialect.topics[name] != nil { return }
    let (subscription, _) = try await enter(
      name, rules, .init(recover: nil, wantsPresence: false), connection: token, as: who,
      tab: nil)
    guard connections[token] != nil else {
      withdraw(subscription)
      throw CancellationError()
    }
    dialect.topics[name] = subscription
    letFlow(subscription)
  }

  func unsubscribeLine(_ token: UInt64, _ topic: Topic) {
    guard let connection = connections[token], let dialect = connection.dialect,
      let name = TopicName(topic.description),
      let subscription = dialect.topics.removeValue(forKey: name)
    else { return }
    release(subscription)
    sendDetach(name, connection, .closedByPeer(1000))
  }

  func closeLine(_ token: UInt64, code: UInt16, reason: String) {
    guard let connection = connections[token] else { return }
    let wish = CloseCode(rawValue: code)
    let code = wish.isAllowedOnWire ? wish : .policyViolation
    if let arriving = connection.arriving {
      arriving.farewell = (code, reason)
    } else {
      close(connection, code, reason: reason)
    }
  }
}
