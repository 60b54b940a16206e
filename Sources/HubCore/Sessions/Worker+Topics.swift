internal import Bytes
internal import Deflate
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Loop
internal import PluginKit
internal import WebSocket

// Frames on their way to a connection's queue.
extension Worker {
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

  /// Removes a user from a topic on this worker; the topic's owner has forgotten it already.
  func evict(_ removal: Removal) {
    let (topic, connections) = (removal.topic, removal.connections)
    for subscription in fanout.subscriptions(in: topic)
    where subscription.who.id == removal.user {
      let connection = subscription.connection
      guard connections?.contains(connection.number) ?? true else { continue }
      fanout.release(subscription)
      // A subscription that is still being set up detects the removal, and tells the topic's owner.
      guard subscription.hasArrived else { continue }
      post(.uncount(topic, worker: index))
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
  /// Says something to one version-2 client.
  func tell(_ connection: Connection, _ write: (inout ByteBuffer) -> Void) {
    enqueue(ServerFrame.text(write), on: connection, conflating: nil)
  }

  /// Says what is wrong with a request.
  func tellError(
    _ connection: Connection, _ error: ClientError, re id: RequestID?, topic: TopicName? = nil,
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
    _ connection: Connection, _ error: any Error, re id: RequestID?, topic: TopicName?
  ) {
    let known = ClientError.told(error)
    tellError(connection, known.error, re: id, topic: topic, message: known.message)
  }

  /// Says something that overtakes what the client has not read yet.
  func tellFirst(_ connection: Connection, _ write: (inout ByteBuffer) -> Void) {
    guard !connection.isParting, connection.link?.closing.takesMessages == true else { return }
    let frame = ServerFrame.text(write)
    if connection.outbox.appendUrgent(frame) {
      mark(connection)
    } else {
      enqueue(frame, on: connection, conflating: nil)
    }
  }

  func tell(_ reply: PublishReply) {
    guard let connection = connections[reply.connection] else { return }
    switch reply.outcome {
    case .stored(let position, let ts):
      guard let re = reply.re else { return }
      tell(connection) {
        ServerFrame.ack(re: re, topic: reply.topic, position, ts: ts, into: &$0)
      }
    case .refused(let error, let message):
      tellError(connection, error, re: reply.re, topic: reply.topic, message: message)
    }
  }
}
