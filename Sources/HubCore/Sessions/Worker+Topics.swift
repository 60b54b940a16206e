internal import Bytes
internal import Deflate
internal import JSON
internal import Loop
internal import PluginKit
internal import WebSocket

// The worker's own subscribers, and what is delivered to them.
extension Worker {
  /// Makes a place for a newcomer before its topic's home is asked, so that no event can slip by.
  func hold(
    _ topic: TopicName, _ rules: TopicRules, _ connection: Connection, as who: Identity,
    _ wish: ClientCommand.Subscription
  ) -> Subscription {
    let local = locals[topic] ?? LocalTopic(topic, rules)
    locals[topic] = local
    let subscription = Subscription(local, connection, as: who, wish)
    local.add(subscription)
    return subscription
  }

  /// Takes a place away again. The topic's home is told by whoever calls this.
  func release(_ subscription: Subscription) {
    subscription.isIn = false
    let local = subscription.topic
    local.remove(subscription)
    if local.isEmpty, locals[local.name] === local { locals[local.name] = nil }
  }

  /// Puts a whole frame behind what a connection is owed already.
  func enqueue(_ frame: [UInt8], on connection: Connection, conflating publication: Publication?) {
    guard case .webSocket(let link) = connection.stage else {
      connection.arriving?.early?.append(frame)
      return
    }
    guard link.closing.takesMessages else { return }
    switch connection.outbox.append(
      frame, conflating: publication?.topic, at: now, limits: limits.outbox)
    {
    case .keep: mark(connection)
    case .close: closeSlow(connection)
    }
  }

  /// Puts what a client has asked for behind what it is owed already, however long it is.
  func enqueueAnswer(_ frame: [UInt8], on connection: Connection) {
    guard !connection.isParting, connection.link?.closing.takesMessages == true else { return }
    switch connection.outbox.appendAnswer(frame, at: now, limits: limits.outbox) {
    case .keep: mark(connection)
    case .close: closeSlow(connection)
    }
  }

  /// A client that does not read what it is owed costs memory: it comes back and recovers.
  func closeSlow(_ connection: Connection) {
    counters.slowClosed.add(1)
    connection.outbox.removeAll()
    close(connection, .slowConsumer)
  }

  /// Puts a user out of a topic on this worker; the home has forgotten it already.
  ///
  /// - Parameter connections: those it knew of; nil where it knows of nobody. Whoever comes in after
  ///   that is not meant.
  func evict(_ user: String, from topic: TopicName, _ connections: [ConnectionID]?) {
    guard let local = locals[topic] else { return }
    for subscription in local.everybody where subscription.who.id == user {
      let connection = subscription.connection
      guard connections?.contains(connection.number) ?? true else { continue }
      release(subscription)
      // Who is still on the way in finds out there, and tells the home.
      guard subscription.hasArrived else { continue }
      let from = index
      post(
        .perform { home in home.homes[topic].map { home.unsubscribe(from, from: $0) } },
        to: home(of: topic))
      if let session = connection.hub, session.topics[topic] === subscription {
        session.topics[topic] = nil
        tell(connection) {
          ServerFrame.unsubscribed(re: nil, topic: topic, reason: "removed", into: &$0)
        }
      }
      if let dialect = connection.dialect, dialect.topics[topic] === subscription {
        dialect.topics[topic] = nil
      }
    }
  }
}

// Frames made by hand.
extension Worker {
  /// A text frame of what `write` puts into the buffer.
  func textFrame(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var json = ByteBuffer(capacity: 256)
    write(&json)
    return FrameEncoder.frame(.text, json.bytes)
  }

  /// Says something to one version-2 client.
  func tell(_ connection: Connection, _ write: (inout ByteBuffer) -> Void) {
    enqueue(textFrame(write), on: connection, conflating: nil)
  }

  /// Says what is wrong with a request.
  func tellError(
    _ connection: Connection, _ error: ClientError, re id: Echo?, topic: TopicName? = nil,
    message: String? = nil, retryAfterMilliseconds: Int? = nil
  ) {
    errors[error, default: 0] += 1
    tell(connection) {
      ServerFrame.error(
        error, re: id, topic: topic, message: message,
        retryAfterMilliseconds: retryAfterMilliseconds, into: &$0)
    }
  }

  /// The same of what a plugin threw.
  func tellError(
    _ connection: Connection, _ error: any Error, re id: Echo?, topic: TopicName?
  ) {
    let known = ClientError.told(error)
    tellError(connection, known.error, re: id, topic: topic, message: known.message)
  }

  /// Says something that overtakes what the client has not read yet.
  func tellFirst(_ connection: Connection, _ write: (inout ByteBuffer) -> Void) {
    guard !connection.isParting, connection.link?.closing.takesMessages == true else { return }
    let frame = textFrame(write)
    if connection.outbox.appendUrgent(frame) {
      mark(connection)
    } else {
      enqueue(frame, on: connection, conflating: nil)
    }
  }

  func tell(_ answer: PublishAnswer) {
    guard let connection = connections[answer.connection] else { return }
    switch answer.outcome {
    case .stored(let position, let ts):
      guard let re = answer.re else { return }
      tell(connection) {
        ServerFrame.ack(re: re, topic: answer.topic, position, ts: ts, into: &$0)
      }
    case .refused(let error, let message):
      tellError(connection, error, re: answer.re, topic: answer.topic, message: message)
    }
  }
}
