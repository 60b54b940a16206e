internal import Bytes
internal import HubProtocol
internal import JSON
internal import Loop
internal import PluginKit
internal import Primitives
internal import Storage
internal import WebSocket

// Frames of version-2 clients.
extension Worker {
  /// A text message. It is served at once, unless an earlier one still waits for somebody else:
  /// what a client asks for happens in the order in which it asks.
  func receive(_ text: Span<UInt8>, _ connection: Connection, _ session: HubSession) {
    if sendsTooFast(&session.pace) { return close(connection, .rateLimited) }
    serve(text, connection, session)
  }

  private func serve(_ text: Span<UInt8>, _ connection: Connection, _ session: HubSession) {
    let command: ClientCommand
    do throws(CommandFault) {
      command = try ClientCommand.parse(text)
    } catch {
      counters.badFrames.add(1)
      session.faults += 1
      tellError(connection, error.error, re: error.id, topic: error.topic, message: error.message)
      // A client that sends only malformed frames speaks another protocol, and would go on for ever.
      if session.faults == HubSession.mostFaults { close(connection, .badProtocol) }
      return
    }
    session.faults = 0
    // A heartbeat never waits.
    if case .ping(let ts) = command.action {
      return tellFirst(connection) { ServerFrame.pong(re: command.id, t: ts, into: &$0) }
    }
    if case .pong = command.action { return acknowledge(command.id, connection) }
    if session.isBusy {
      session.backlog.append([UInt8](copying: text))
      if session.backlog.isFull { stopReading(connection) }
      return
    }
    perform(command, text, connection, session)
  }

  /// Counts a frame of a client, whatever its protocol is.
  func sendsTooFast(_ pace: inout TokenBucket?) -> Bool {
    let rate = limits.framesPerSecond
    guard rate > 0 else { return false }
    var current = pace ?? TokenBucket(perSecond: rate, burst: rate * 5)
    defer { pace = current }
    return current.take(at: now) != nil
  }

  private func perform(
    _ command: ClientCommand, _ text: Span<UInt8>, _ connection: Connection,
    _ session: HubSession
  ) {
    switch command.action {
    case .hello(let hello): greet(hello, re: command.id, connection, session)
    case .bye:
      acknowledge(command.id, connection)
      sayGoodbye(connection, session)
    case _ where session.identityIsUnknown:
      tellError(connection, .unauthorized, re: command.id, message: "say hello first")
    case .subscribe(let topic, let wish): subscribe(topic, wish, command.id, connection, session)
    case .unsubscribe(let topic): unsubscribe(topic, command.id, connection, session)
    case .publish(let topic, let data):
      publish(topic, [UInt8](copying: text.extracting(data)), command.id, connection, session)
    case .presence(let topic, let wish): tellPresence(topic, wish, command.id, connection, session)
    case .history(let topic, let wish): tellHistory(topic, wish, command.id, connection, session)
    case .status: tellStatus(command.id, connection, session)
    case .refresh(let token): refresh(token, re: command.id, connection, session)
    case .other(let type, let topic, let data):
      let payload = data.map { [UInt8](copying: text.extracting($0)) }
      handOver(type, topic, payload, command.id, connection, session)
    case .ping, .pong: return
    }
  }

  /// Answers a frame that has an `id` and needs no other answer.
  func acknowledge(_ id: RequestID?, _ connection: Connection) {
    guard let id else { return }
    tell(connection) { ServerFrame.ack(re: id, ts: loop.unixMilliseconds, into: &$0) }
  }

  /// Does something that may wait for others; the client's next frames wait for it.
  func wait(
    _ session: HubSession, _ work: @escaping () async -> Void
  ) {
    session.isBusy = true
    Task.immediate {
      await work()
      session.isBusy = false
      catchUp(session)
    }
  }

  private func catchUp(_ session: HubSession) {
    while !session.isBusy, let text = session.backlog.next() {
      guard let connection = connections[session.connection], connection.isConversing else {
        return session.backlog.removeAll()
      }
      // It was counted when it came.
      serve(text.span, connection, session)
    }
    if session.backlog.isEmpty, let connection = connections[session.connection],
      !connection.isParting
    {
      hearAgain(connection)
    }
  }

  private func sayGoodbye(_ connection: Connection, _ session: HubSession) {
    leaveTopics(session.topics, of: connection, .closedByPeer(1000))
    session.topics = [:]
    session.stage = .over
    close(connection, .normal)
  }

  /// The state that the server has of the client.
  private func tellStatus(_ id: RequestID?, _ connection: Connection, _ session: HubSession) {
    guard let id else { return }
    let status: JSONValue = [
      "conn": .string(connection.number.description),
      "user": .string(session.identity.id),
      "topics": .array(session.topics.keys.map { .string($0.description) }),
      "queued_bytes": .int(Int64(connection.outbox.bytes)),
    ]
    tell(connection) {
      ServerFrame.ack(re: id, ts: loop.unixMilliseconds, data: status.encoded(), into: &$0)
    }
  }

  /// A frame of a plugin's own type.
  private func handOver(
    _ type: String, _ topic: TopicName?, _ data: [UInt8]?, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession
  ) {
    guard let (plugin, message) = house.messages[type] else {
      return tellError(connection, .unknownType, re: id, topic: topic)
    }
    guard session.key == nil else {
      return tellError(connection, .permissionDenied, re: id, topic: topic)
    }
    if let wait = tooFast(session.paces?.publishes) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait)
    }
    let token = connection.token
    let sent = MemberMessage(
      topic: Topic(topic?.description ?? ""),
      sender: session.identity(admitsProvisional: message.admitsProvisional),
      data: data.flatMap { try? JSONValue(parsing: $0) } ?? .null, id: id?.text ?? "",
      at: loop.unixMilliseconds)
    wait(session) { [self] in
      do {
        let answer = try await self.ask(plugin) { try await message.handler(sent) }.encoded()
        guard let id, let connection = self.connections[token] else { return }
        self.tell(connection) {
          ServerFrame.ack(
            re: id, topic: topic, ts: self.loop.unixMilliseconds, data: answer, into: &$0)
        }
      } catch {
        guard let connection = self.connections[token] else { return }
        self.tellError(connection, session.told(error), re: id, topic: topic)
      }
    }
  }
}

extension HubSession {
  /// Nothing but `hello` is served before it.
  var identityIsUnknown: Bool {
    if case .welcomed = stage { false } else { true }
  }
}

extension [UInt8] {
  init(copying span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }
}

extension RequestID {
  /// The id as plain text, without the quotes of a string.
  var text: String {
    guard isString else { return json }
    return (try? JSONValue(parsing: json))?.string ?? json
  }
}

extension ClientError {
  /// An error that a plugin threw, as a client is told it.
  static func told(_ error: any Error) -> (error: ClientError, message: String?) {
    switch error {
    case TopicRefusal.unauthorized: (.unauthorized, nil)
    case TopicRefusal.denied: (.permissionDenied, nil)
    case TopicRefusal.unknown: (.unknownTopic, nil)
    case TopicRefusal.full: (.roomFull, nil)
    case TopicRefusal.bad(let sentence): (.badRequest, sentence)
    case TopicRefusal.unavailable: (.notAvailable, nil)
    case let known as PluginError: told(known)
    case let known as ClientError: (known, nil)
    case let store as StoreError where store.code == .unstorable: (.badRequest, store.message)
    default: (.internalError, nil)
    }
  }

  private static func told(_ error: PluginError) -> (error: ClientError, message: String?) {
    switch error.code {
    case .unauthorized: (.unauthorized, error.message)
    case .forbidden: (.permissionDenied, error.message)
    case .notFound, .unavailable, .timeout: (.notAvailable, error.message)
    case .tooManyRequests: (.tooManyRequests, error.message)
    case .failure: (.internalError, nil)
    case .unreadableBody, .invalid, .methodNotAllowed, .conflict, .tooLarge:
      (.badRequest, error.message)
    }
  }
}
