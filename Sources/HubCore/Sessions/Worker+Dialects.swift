internal import Bytes
internal import HubProtocol
internal import Loop
internal import PluginKit
internal import WebSocket

// Clients of older protocols: their frames go to the plugin's session, one after another.
extension Worker {
  func receive(_ text: Span<UInt8>, _ connection: Connection, _ dialect: DialectLink) {
    if sendsTooFast(&dialect.pace) { return close(connection, .rateLimited) }
    dialect.backlog.append([UInt8](copying: text))
    if dialect.backlog.isFull { stopReading(connection) }
    serve(dialect, connection.token)
  }

  private func serve(_ dialect: DialectLink, _ token: UInt64) {
    guard !dialect.isBusy, let session = dialect.session else { return }
    dialect.isBusy = true
    Task.immediate {
      while connections[token]?.isConversing ?? false, let text = dialect.backlog.next() {
        await session.received(text)
      }
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

  /// Ends all that the hub holds for a dialect's client.
  func leaveDialect(_ dialect: DialectLink, _ connection: Connection, _ how: Ending) {
    leaveTopics(dialect.topics, of: connection, how)
    dialect.topics = [:]
    if let user = dialect.user.take() { house.people.leave(user) }
  }
}

// Requests of dialects.
extension Worker {
  private func find(_ address: DialectLine.Address) -> (Connection, DialectLink)? {
    guard let connection = connections[address.connection], let dialect = connection.dialect,
      dialect.id == address.link
    else { return nil }
    return (connection, dialect)
  }

  func sendText(_ text: [UInt8], to address: DialectLine.Address) {
    guard let (connection, _) = find(address) else { return }
    enqueue(FrameEncoder.frame(.text, text.span), on: connection, conflating: nil)
  }

  func subscribeLine(
    _ address: DialectLine.Address, _ topic: Topic, as who: Identity
  ) async throws {
    guard let (_, dialect) = find(address) else { throw CancellationError() }
    guard let name = TopicName(topic.description), let rules = rules(for: name) else {
      throw TopicRefusal.unknown
    }
    if who.isGuest && !rules.allowsGuests { throw TopicRefusal.unauthorized }
    if who.isProvisional && !rules.allowsProvisional { throw TopicRefusal.denied }
    if dialect.topics[name] != nil { return }
    try charge(dialect, as: who, rules)
    let (subscription, _) = try await enter(
      name, rules, .init(recover: nil, wantsPresence: false), connection: address.connection,
      as: who, tab: nil)
    guard find(address) != nil else {
      withdraw(subscription)
      throw CancellationError()
    }
    dialect.topics[name] = subscription
    fanout.resumeDelivery(to: subscription, on: self)
  }

  /// The limits of version-2 clients count for the user whatever the protocol is.
  private func charge(_ dialect: DialectLink, as who: Identity, _ rules: TopicRules) throws {
    let most = limits.topicsPerConnection
    if most > 0 && dialect.topics.count >= most { throw TopicRefusal.denied }
    if !who.isGuest && dialect.user != who.id {
      guard let paces = house.people.enter(who.id, atMost: limits.connectionsPerUser) else {
        throw TopicRefusal.unavailable
      }
      if let other = dialect.user { house.people.leave(other) }
      dialect.user = who.id
      dialect.paces = paces
    }
    if rules.tellsOfMembers && tooFast(dialect.paces.joins) != nil {
      throw TopicRefusal.unavailable
    }
  }

  func chargePublish(_ address: DialectLine.Address) -> Bool {
    guard let (connection, dialect) = find(address), connection.isConversing else { return false }
    return tooFast(dialect.paces.publishes) == nil
  }

  func unsubscribeLine(_ address: DialectLine.Address, _ topic: Topic) {
    // Events that were published before this call may still lie in the inbox.
    readMessages()
    guard let (connection, dialect) = find(address), let name = TopicName(topic.description),
      let subscription = dialect.topics.removeValue(forKey: name)
    else { return }
    fanout.release(subscription)
    sendDetach(name, connection, .closedByPeer(1000))
  }

  func closeLine(_ address: DialectLine.Address, code: UInt16, reason: String) {
    guard let (connection, dialect) = find(address) else { return }
    let wish = CloseCode(rawValue: code)
    let code = wish.isAllowedOnWire ? wish : .policyViolation
    if connection.arriving === dialect {
      dialect.farewell = (code, reason)
    } else {
      close(connection, code, reason: reason)
    }
  }
}
