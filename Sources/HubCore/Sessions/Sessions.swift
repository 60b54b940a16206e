internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import Storage
internal import WebSocket

/// The version-2 clients of one worker.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class Sessions {
  let context: WorkerContext
  let transport: Transport<Worker>
  let webSockets: WebSocketServer
  let fanout: Fanout
  let mailbox: Mailbox<Worker>
  let calls: PluginCalls
  let subscriptions: Subscriptions
  let credentials: Credentials
  let shared: SharedSessions
  let topics: SharedTopics
  /// The connections of each user here.
  private(set) var users: [String: Set<UInt64>] = [:]
  /// How often clients were told each error.
  private(set) var errors: [ClientError: Int] = [:]

  init(
    _ context: WorkerContext, _ webSockets: WebSocketServer, _ fanout: Fanout,
    _ calls: PluginCalls, _ subscriptions: Subscriptions, _ credentials: Credentials,
    _ shared: SharedSessions, _ topics: SharedTopics
  ) {
    self.context = context
    transport = webSockets.transport
    self.webSockets = webSockets
    self.fanout = fanout
    mailbox = webSockets.mailbox
    self.calls = calls
    self.subscriptions = subscriptions
    self.credentials = credentials
    self.shared = shared
    self.topics = topics
  }

  /// Counts a connection of a user that was welcomed.
  func add(_ connection: Connection, of user: String) {
    users[user, default: []].insert(connection.token)
  }

  func count(_ error: ClientError) { errors[error, default: 0] += 1 }

  /// The conversation is over: its topics are left as the table of presence says.
  func ended(
    _ session: HubSession, _ connection: Connection, _ ending: ConnectionEnding,
    on worker: isolated Worker
  ) {
    subscriptions.leaveTopics(session.topics, of: connection, ending, on: worker)
    session.topics = [:]
    let user = session.identity.id
    users[user]?.remove(connection.token)
    if users[user]?.isEmpty == true { users[user] = nil }
    if session.paces.take() != nil { shared.users.leave(user) }
    // `bye` has ended the tab, too.
    if case .welcomed = session.stage {
      shared.recent.leave(session.session, user: user, at: context.steadyTime)
    }
  }
}

// Frames of version-2 clients.
extension Sessions {
  /// A text message. It is served at once, unless an earlier one still waits for somebody else:
  /// what a client asks for happens in the order in which it asks.
  func receive(
    _ text: Span<UInt8>, _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    if webSockets.sendsTooFast(&session.pace) {
      return webSockets.close(connection, .rateLimited, on: worker)
    }
    serve(text, connection, session, on: worker)
  }

  private func serve(
    _ text: Span<UInt8>, _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    let command: ClientCommand
    do throws(CommandFault) {
      command = try ClientCommand.parse(text)
    } catch {
      context.counters.badFrames.add(1)
      session.faults += 1
      tellError(
        connection, error.error, re: error.id, topic: error.topic, message: error.message,
        on: worker)
      // A client that sends only malformed frames speaks another protocol, and would go on for ever.
      if session.faults == HubSession.mostFaults {
        webSockets.close(connection, .badProtocol, on: worker)
      }
      return
    }
    session.faults = 0
    // A heartbeat never waits.
    if case .ping(let ts) = command.action {
      return tellFirst(connection, on: worker) {
        ServerFrame.pong(re: command.id, t: ts, into: &$0)
      }
    }
    if case .pong = command.action { return acknowledge(command.id, connection, on: worker) }
    if session.isBusy {
      session.backlog.append([UInt8](copying: text))
      if session.backlog.isFull { transport.stopReading(connection) }
      return
    }
    perform(command, text, connection, session, on: worker)
  }

  private func perform(
    _ command: ClientCommand, _ text: Span<UInt8>, _ connection: Connection,
    _ session: HubSession, on worker: isolated Worker
  ) {
    switch command.action {
    case .hello(let hello): greet(hello, re: command.id, connection, session, on: worker)
    case .bye:
      acknowledge(command.id, connection, on: worker)
      bye(connection, session, on: worker)
    case _ where session.identityIsUnknown:
      tellError(connection, .unauthorized, re: command.id, message: "say hello first", on: worker)
    case .subscribe(let topic, let wish):
      subscribe(topic, wish, command.id, connection, session, on: worker)
    case .unsubscribe(let topic): unsubscribe(topic, command.id, connection, session, on: worker)
    case .publish(let topic, let data):
      publish(
        topic, [UInt8](copying: text.extracting(data)), command.id, connection, session, on: worker)
    case .presence(let topic, let wish):
      tellPresence(topic, wish, command.id, connection, session, on: worker)
    case .history(let topic, let wish):
      tellHistory(topic, wish, command.id, connection, session, on: worker)
    case .status: tellStatus(command.id, connection, session, on: worker)
    case .refresh(let token): refresh(token, re: command.id, connection, session, on: worker)
    case .other(let type, let topic, let data):
      let payload = data.map { [UInt8](copying: text.extracting($0)) }
      handOver(type, topic, payload, command.id, connection, session, on: worker)
    case .ping, .pong: return
    }
  }

  /// Answers a frame that has an `id` and needs no other answer.
  func acknowledge(_ id: RequestID?, _ connection: Connection, on worker: isolated Worker) {
    guard let id else { return }
    tell(connection, on: worker) {
      ServerFrame.ack(re: id, ts: context.loop.unixMilliseconds, into: &$0)
    }
  }

  /// Does something that may wait for others; the client's next frames wait for it.
  func wait(
    _ session: HubSession, on worker: isolated Worker, _ work: @escaping () async -> Void
  ) {
    session.isBusy = true
    Task.immediate {
      await work()
      session.isBusy = false
      catchUp(session, on: worker)
    }
  }

  private func catchUp(_ session: HubSession, on worker: isolated Worker) {
    while !session.isBusy, let text = session.backlog.next() {
      guard let connection = transport[session.connection], connection.isConversing else {
        return session.backlog.removeAll()
      }
      // It was counted when it came.
      serve(text.span, connection, session, on: worker)
    }
    if session.backlog.isEmpty, let connection = transport[session.connection],
      !connection.isParting
    {
      webSockets.resumeReading(connection)
    }
  }

  private func bye(_ connection: Connection, _ session: HubSession, on worker: isolated Worker) {
    subscriptions.leaveTopics(session.topics, of: connection, .closedByPeer(1000), on: worker)
    session.topics = [:]
    session.stage = .over
    webSockets.close(connection, .normal, on: worker)
  }

  /// The state that the server has of the client.
  private func tellStatus(
    _ id: RequestID?, _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    guard let id else { return }
    let status: JSONValue = [
      "conn": .string(connection.number.description),
      "user": .string(session.identity.id),
      "topics": .array(session.topics.keys.map { .string($0.description) }),
      "queued_bytes": .int(Int64(connection.sendQueue.bytes)),
    ]
    tell(connection, on: worker) {
      ServerFrame.ack(re: id, ts: context.loop.unixMilliseconds, data: status.encoded(), into: &$0)
    }
  }

  /// A frame of a plugin's own type.
  private func handOver(
    _ type: String, _ topic: TopicName?, _ data: [UInt8]?, _ id: RequestID?,
    _ connection: Connection, _ session: HubSession, on worker: isolated Worker
  ) {
    guard let (plugin, message) = shared.messages[type] else {
      return tellError(connection, .unknownType, re: id, topic: topic, on: worker)
    }
    guard session.key == nil else {
      return tellError(connection, .permissionDenied, re: id, topic: topic, on: worker)
    }
    if let wait = subscriptions.tooFast(session.paces?.publishes) {
      return tellError(
        connection, .tooManyRequests, re: id, topic: topic, retryAfterMilliseconds: wait, on: worker
      )
    }
    let token = connection.token
    let sent = MemberMessage(
      topic: Topic(topic?.description ?? ""),
      sender: session.identity(admitsProvisional: message.admitsProvisional),
      data: data.flatMap { try? JSONValue(parsing: $0) } ?? .null, id: id?.text ?? "",
      at: context.loop.unixMilliseconds)
    wait(session, on: worker) { [self] in
      do {
        let answer = try await calls.ask(plugin, on: worker) { try await message.handler(sent) }
          .encoded()
        guard let id, let connection = transport[token] else { return }
        tell(connection, on: worker) {
          ServerFrame.ack(
            re: id, topic: topic, ts: context.loop.unixMilliseconds, data: answer, into: &$0)
        }
      } catch {
        guard let connection = transport[token] else { return }
        tellError(connection, session.told(error), re: id, topic: topic, on: worker)
      }
    }
  }
}

// Frames made by hand.
extension Sessions {
  /// Says something to one version-2 client.
  func tell(
    _ connection: Connection, on worker: isolated Worker, _ write: (inout ByteBuffer) -> Void
  ) {
    transport.enqueue(ServerFrame.text(write), to: connection, on: worker)
  }

  /// Says what is wrong with a request.
  func tellError(
    _ connection: Connection, _ error: ClientError, re id: RequestID?, topic: TopicName? = nil,
    message: String? = nil, retryAfterMilliseconds: Int? = nil, on worker: isolated Worker
  ) {
    count(error)
    tell(connection, on: worker) {
      ServerFrame.error(
        error, re: id, topic: topic, message: message,
        retryAfterMilliseconds: retryAfterMilliseconds, into: &$0)
    }
  }

  /// The same of what a plugin threw.
  func tellError(
    _ connection: Connection, _ error: any Error, re id: RequestID?, topic: TopicName?,
    on worker: isolated Worker
  ) {
    let known = ClientError.told(error)
    tellError(connection, known.error, re: id, topic: topic, message: known.message, on: worker)
  }

  /// Says something that overtakes what the client has not read yet.
  func tellFirst(
    _ connection: Connection, on worker: isolated Worker, _ write: (inout ByteBuffer) -> Void
  ) {
    transport.enqueueFirst(ServerFrame.text(write), to: connection, on: worker)
  }

  func reply(_ reply: PublishReply, on worker: isolated Worker) {
    guard let connection = transport[reply.connection] else { return }
    switch reply.outcome {
    case .stored(let position, let ts):
      guard let re = reply.re else { return }
      tell(connection, on: worker) {
        ServerFrame.ack(re: re, topic: reply.topic, position, ts: ts, into: &$0)
      }
    case .refused(let error, let message):
      tellError(connection, error, re: reply.re, topic: reply.topic, message: message, on: worker)
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
