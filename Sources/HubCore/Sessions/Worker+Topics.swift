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
    wantsPresence: Bool
  ) -> Subscription {
    let local = locals[topic] ?? LocalTopic(topic, rules)
    locals[topic] = local
    let subscription = Subscription(local, connection, as: who, wantsPresence: wantsPresence)
    local.add(subscription)
    return subscription
  }

  /// Takes a place away again. The topic's home is told by whoever calls this.
  func release(_ subscription: Subscription) {
    let local = subscription.topic
    local.remove(subscription)
    if local.subscriptions.isEmpty, locals[local.name] === local { locals[local.name] = nil }
  }

  /// Events flow from here on, those first that came while the newcomer was let in.
  func letFlow(_ subscription: Subscription) {
    let held = subscription.held ?? []
    subscription.held = nil
    for publication in held { deliver(publication, to: subscription) }
  }

  func deliver(_ publication: Publication) {
    guard let local = locals[publication.topic] else { return }
    for subscription in local.subscriptions { deliver(publication, to: subscription) }
  }

  @inline(__always) private func deliver(_ publication: Publication, to subscription: Subscription)
  {
    if subscription.held != nil {
      subscription.held?.append(publication)
      return
    }
    guard publication.offset > subscription.since || publication.offset == 0 else { return }
    guard let frame = frame(of: publication, for: subscription) else { return }
    counters.deliveries.add(1)
    enqueue(
      frame, on: subscription.connection,
      conflating: subscription.topic.rules.conflate ? publication : nil)
  }

  /// The event in the form this subscriber reads; nil if it is not for it.
  @inline(__always) private func frame(
    of publication: Publication, for subscription: Subscription
  ) -> [UInt8]? {
    if subscription.dialect == nil && subscription.compression == nil { return publication.frame }
    return shapedFrame(of: publication, for: subscription)
  }

  private func shapedFrame(
    of publication: Publication, for subscription: Subscription
  ) -> [UInt8]? {
    if let dialect = subscription.dialect {
      let form = publication.form(ofDialect: dialect.index) {
        dialect.dialect.frame(for: publication.event, in: publication.topicForPlugins)
      }
      guard let form, !(form.skipsAuthor && publication.author == subscription.who.id) else {
        return nil
      }
      return form.frame
    }
    guard let compression = subscription.compression, !publication.isSecret,
      publication.frame.count >= limits.compressionMinimum
    else { return publication.frame }
    return publication.compressedFrame(within: compression) { deflater.frame(of: publication) }
  }

  func deliverPresence(_ topic: TopicName, _ rev: UInt64, _ frame: [UInt8]) {
    guard let local = locals[topic] else { return }
    for subscription in local.subscriptions
    where subscription.wantsPresence && subscription.held == nil
      && rev > subscription.presenceSince
    {
      enqueue(frame, on: subscription.connection, conflating: nil)
    }
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
  private func closeSlow(_ connection: Connection) {
    counters.slowClosed.add(1)
    connection.outbox.removeAll()
    close(connection, .slowConsumer)
  }

  /// Puts a user out of a topic on this worker; the home has forgotten it already.
  func evict(_ user: String, from topic: TopicName) {
    guard let local = locals[topic] else { return }
    for subscription in local.subscriptions where subscription.who.id == user {
      release(subscription)
      let connection = subscription.connection
      let from = index
      post(.perform { $0.homes[topic]?.topic.subscribers.remove(from) }, to: home(of: topic))
      if let session = connection.hub {
        session.topics[topic] = nil
        tell(connection) {
          ServerFrame.unsubscribed(re: nil, topic: topic, reason: "removed", into: &$0)
        }
      }
      connection.dialect?.topics[topic] = nil
    }
  }

  /// One event for one user's connections in a topic; it has no place in the history.
  func deliverDirectly(_ event: Event, to user: String, in topic: TopicName) {
    guard let local = locals[topic] else { return }
    let publication = Publication(
      topic: topic, offset: 0, ts: loop.unixMilliseconds, data: event.data.encoded().span,
      author: event.author, isSecret: event.isSecret)
    for subscription in local.subscriptions where subscription.who.id == user {
      deliver(publication, to: subscription)
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
      tell(connection) {
        ServerFrame.error(error, re: answer.re, topic: answer.topic, message: message, into: &$0)
      }
    }
  }
}
