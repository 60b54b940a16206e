internal import Bytes
internal import Crypto
internal import HTTP
internal import HubProtocol
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import WebSocket

/// The clients of older protocols on one worker: their frames go to the plugin's session, one after
/// another.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class DialectSessions {
  let context: WorkerContext
  let transport: Transport<Worker>
  let webSockets: WebSocketServer
  let http: HTTPServer
  let fanout: Fanout
  let mailbox: Mailbox<Worker>
  let calls: PluginCalls
  let subscriptions: Subscriptions
  let credentials: Credentials
  let shared: SharedSessions

  init(
    _ context: WorkerContext, _ webSockets: WebSocketServer, _ fanout: Fanout,
    _ calls: PluginCalls, _ subscriptions: Subscriptions, _ credentials: Credentials,
    _ shared: SharedSessions
  ) {
    self.context = context
    transport = webSockets.transport
    self.webSockets = webSockets
    http = webSockets.http
    self.fanout = fanout
    mailbox = webSockets.mailbox
    self.calls = calls
    self.subscriptions = subscriptions
    self.credentials = credentials
    self.shared = shared
  }
}

// How a client of an older protocol comes in.
extension DialectSessions {
  func open(
    _ connection: Connection, _ conversation: HTTPConversation,
    _ agreed: ServerHandshake.Acceptance,
    _ request: Request, _ index: Int, on worker: isolated Worker
  ) {
    let token = connection.token
    let number = conversation.exchange.number
    let registration = shared.dialects[index]
    let link = DialectLink(
      index: index, dialect: registration.dialect, id: transport.nextNumber().rawValue)
    connection.nextConversation = link
    connection.heldFrames = []
    let line = DialectLine(
      host: worker, address: .init(connection: token, link: link.id), number: connection.number)
    Task.immediate {
      do {
        var request = request
        let owner = shared.dialectOwner(index)
        link.tokenHashes = request.tokens.map { tokenHash($0) }
        let asked = request
        request.identity = try? await credentials.current {
          try await shared.runner.identify(asked, plugin: owner)
        }
        link.identity = request.identity
        if request.identity?.isProvisional == true, !registration.admitsProvisional {
          request.identity = nil
        }
        let known = request
        let session = try await calls.ask(
          owner, late: { session in await session.closed(.lost) }, on: worker
        ) {
          try await registration.dialect.accept(line, known)
        }
        guard transport[token] === connection, let conversation = connection.http,
          conversation.exchange.number == number
        else {
          leave(link, connection, .lost, on: worker)
          return await session.closed(.lost)
        }
        link.session = session
        webSockets.accept(
          connection, conversation, agreed, .dialect(link), messages: webSockets.messageLimits,
          on: worker)
        let held = connection.heldFrames ?? []
        forgetArriving(connection)
        for frame in held { transport.enqueue(frame, to: connection, on: worker) }
        if let (code, reason) = link.farewell {
          webSockets.close(connection, code, reason: reason, on: worker)
        }
      } catch {
        leave(link, connection, .ended, on: worker)
        refuse(token, number, error, on: worker)
      }
    }
  }

  private func forgetArriving(_ connection: Connection) {
    connection.nextConversation = nil
    connection.heldFrames = nil
  }

  private func refuse(
    _ token: UInt64, _ number: UInt64, _ error: any Error, on worker: isolated Worker
  ) {
    guard let connection = transport[token], let conversation = connection.http,
      conversation.exchange.number == number, case .working(let head) = conversation.exchange.state
    else { return }
    forgetArriving(connection)
    let known = RouteRunner.shaped(error)
    http.answer(
      connection, conversation, head, Response.plain(known.status, known.message), on: worker)
    transport.resumeLater(connection)
  }
}

// Clients of older protocols: their frames go to the plugin's session, one after another.
extension DialectSessions {
  func receive(
    _ text: Span<UInt8>, _ connection: Connection, _ dialect: DialectLink,
    on worker: isolated Worker
  ) {
    if webSockets.sendsTooFast(&dialect.pace) {
      return webSockets.close(connection, .rateLimited, on: worker)
    }
    dialect.backlog.append([UInt8](copying: text))
    if dialect.backlog.isFull { transport.stopReading(connection) }
    serve(dialect, connection.token, on: worker)
  }

  private func serve(_ dialect: DialectLink, _ token: UInt64, on worker: isolated Worker) {
    guard !dialect.isBusy, let session = dialect.session else { return }
    dialect.isBusy = true
    Task.immediate {
      while transport[token]?.isConversing ?? false, let text = dialect.backlog.next() {
        await session.received(text)
      }
      dialect.isBusy = false
      if let connection = transport[token], !connection.isParting {
        webSockets.resumeReading(connection)
      }
    }
  }

  /// The conversation is over.
  func ended(
    _ dialect: DialectLink, _ connection: Connection, _ how: ConnectionEnding,
    on worker: isolated Worker
  ) {
    leave(dialect, connection, how, on: worker)
    end(dialect, how, on: worker)
  }

  private func end(_ dialect: DialectLink, _ how: ConnectionEnding, on worker: isolated Worker) {
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
  func leave(
    _ dialect: DialectLink, _ connection: Connection, _ how: ConnectionEnding,
    on worker: isolated Worker
  ) {
    subscriptions.leaveTopics(dialect.topics, of: connection, how, on: worker)
    dialect.topics = [:]
    if let user = dialect.user.take() { shared.users.leave(user) }
  }
}

// Requests of
extension DialectSessions {
  private func find(_ address: DialectLine.Address) -> (Connection, DialectLink)? {
    guard let connection = transport[address.connection], let dialect = connection.dialect,
      dialect.id == address.link
    else { return nil }
    return (connection, dialect)
  }

  func sendText(_ text: [UInt8], to address: DialectLine.Address, on worker: isolated Worker) {
    guard let (connection, _) = find(address) else { return }
    transport.enqueue(FrameEncoder.frame(.text, text.span), to: connection, on: worker)
  }

  func subscribe(
    _ address: DialectLine.Address, _ topic: Topic, as who: Identity, on worker: isolated Worker
  ) async throws {
    guard let (_, dialect) = find(address) else { throw CancellationError() }
    guard let name = TopicName(topic.description), let rules = subscriptions.rules(for: name) else {
      throw TopicRefusal.unknown
    }
    if who.isGuest && !rules.allowsGuests { throw TopicRefusal.unauthorized }
    if who.isProvisional && !rules.allowsProvisional { throw TopicRefusal.denied }
    if dialect.topics[name] != nil { return }
    try charge(dialect, as: who, rules)
    let (subscription, _) = try await subscriptions.enter(
      name, rules, .init(recover: nil, wantsPresence: false), connection: address.connection,
      as: who, tab: nil, on: worker)
    guard find(address) != nil else {
      subscriptions.withdraw(subscription, on: worker)
      throw CancellationError()
    }
    dialect.topics[name] = subscription
    fanout.resumeDelivery(to: subscription, on: worker)
  }

  /// The limits of version-2 clients count for the user whatever the protocol is.
  private func charge(_ dialect: DialectLink, as who: Identity, _ rules: TopicRules) throws {
    let most = context.limits.topicsPerConnection
    if most > 0 && dialect.topics.count >= most { throw TopicRefusal.denied }
    if !who.isGuest && dialect.user != who.id {
      guard let paces = shared.users.enter(who.id, atMost: context.limits.connectionsPerUser)
      else {
        throw TopicRefusal.unavailable
      }
      if let other = dialect.user { shared.users.leave(other) }
      dialect.user = who.id
      dialect.paces = paces
    }
    if rules.tellsOfMembers && subscriptions.tooFast(dialect.paces.joins) != nil {
      throw TopicRefusal.unavailable
    }
  }

  func chargePublish(_ address: DialectLine.Address) -> Bool {
    guard let (connection, dialect) = find(address), connection.isConversing else { return false }
    return subscriptions.tooFast(dialect.paces.publishes) == nil
  }

  func unsubscribe(_ address: DialectLine.Address, _ topic: Topic, on worker: isolated Worker) {
    // Events that were published before this call may still lie in the inbox.
    mailbox.handleReceived(on: worker)
    guard let (connection, dialect) = find(address), let name = TopicName(topic.description),
      let subscription = dialect.topics.removeValue(forKey: name)
    else { return }
    fanout.release(subscription)
    subscriptions.sendDetach(name, connection, .closedByPeer(1000), on: worker)
  }

  func close(
    _ address: DialectLine.Address, code: UInt16, reason: String, on worker: isolated Worker
  ) {
    guard let (connection, dialect) = find(address) else { return }
    let wish = CloseCode(rawValue: code)
    let code = wish.isAllowedOnWire ? wish : .policyViolation
    if connection.arriving === dialect {
      dialect.farewell = (code, reason)
    } else {
      webSockets.close(connection, code, reason: reason, on: worker)
    }
  }
}
