internal import Deflate
internal import JSON
internal import Loop
internal import PluginKit
internal import WebSocket

// Events on their way to this worker's own subscribers.
extension Worker {
  /// Gives an event to its subscribers here: at once to those who are spoken to by a codec, whose
  /// documents fix the order of all that they are told, to the others at the end of the turn.
  func deliver(_ publication: Publication) {
    guard let local = locals[publication.topic] else { return }
    for subscription in local.translated { deliver(publication, to: subscription) }
    guard !local.subscriptions.isEmpty else { return }
    if local.gathered.isEmpty { gathering.append(local) }
    local.gathered.append(publication)
  }

  /// Delivers what has gathered in this turn: each subscriber is visited once, however many events
  /// there are.
  ///
  /// - Parameter isEndOfTurn: may it be sent at once? Earlier in a turn somebody may be at the desk.
  func distribute(isEndOfTurn: Bool = false) {
    guard !gathering.isEmpty else { return }
    for local in gathering { distribute(local, isEndOfTurn) }
    gathering.removeAll(keepingCapacity: true)
  }

  private func distribute(_ local: LocalTopic, _ isEndOfTurn: Bool) {
    let publications = local.gathered
    local.gathered = []
    guard !local.rules.conflate, var burst = Burst(publications) else {
      for subscription in local.subscriptions { deliver(publications, to: subscription) }
      return
    }
    // Where several topics have something, a connection may be owed more than one of them: what
    // goes through its queue becomes one record.
    let isAlone = isEndOfTurn && gathering.count == 1 && isCrowd(local.subscriptions.count)
    var visited = 0
    let crowd = local.subscriptions
    for (place, subscription) in crowd.enumerated() {
      if isAlone { local.lookAhead(from: place) }
      guard let frame = frame(of: &burst, for: subscription) else {
        deliver(publications, to: subscription)
        continue
      }
      visited += 1
      if isAlone, packAtOnce(frame, for: subscription.connection, &desk) { continue }
      enqueue(frame, on: subscription.connection, conflating: nil)
    }
    if isAlone { ship(&desk) }
    counters.deliveries.add(visited * publications.count)
  }

  /// All events of a burst as one run of bytes; nil if this subscriber is not sent all of them, or
  /// not like the others.
  @inline(__always) private func frame(
    of burst: inout Burst, for subscription: Subscription
  ) -> [UInt8]? {
    guard subscription.held == nil, subscription.since < burst.first else { return nil }
    if subscription.takesBatches, burst.isJoinable { return joinedFrame(of: &burst, subscription) }
    guard let compression = subscription.compression else { return burst.frame() }
    guard compression.allowsShared(length: burst.longest) else { return nil }
    return burst.compressedFrame { frame(of: $0, within: compression) }
  }

  private func joinedFrame(of burst: inout Burst, _ subscription: Subscription) -> [UInt8] {
    guard let compression = subscription.compression else { return burst.joinedFrame() }
    let fits =
      compression.allowsShared(length: .max)
      || compression.allowsShared(length: burst.joinedFrame().count)
    return fits ? burst.joinedFrame(by: &deflater) : burst.joinedFrame()
  }

  private func deliver(_ publications: [Publication], to subscription: Subscription) {
    for publication in publications { deliver(publication, to: subscription) }
  }

  private func deliver(_ publication: Publication, to subscription: Subscription) {
    if subscription.held != nil { return hold(publication, for: subscription) }
    guard publication.offset > subscription.since || publication.offset == 0 else { return }
    guard let frame = frame(of: publication, for: subscription) else { return }
    counters.deliveries.add(1)
    enqueue(
      frame, on: subscription.connection,
      conflating: subscription.topic.rules.conflate ? publication : nil)
  }

  /// Keeps an event for a newcomer. If its owner's snapshot takes so long that too much gathers,
  /// the newcomer is sent back: it comes again and recovers.
  private func hold(_ publication: Publication, for subscription: Subscription) {
    subscription.held?.append(publication)
    guard subscription.held?.count ?? 0 > Subscription.mostHeld else { return }
    subscription.held = []
    close(subscription.connection, .insufficientState)
  }

  /// The event in the form this subscriber reads; nil if it is not for it.
  private func frame(of publication: Publication, for subscription: Subscription) -> [UInt8]? {
    guard let dialect = subscription.dialect else {
      guard let compression = subscription.compression else { return publication.frame }
      return frame(of: publication, within: compression)
    }
    let form = publication.form(ofDialect: dialect.index) {
      dialect.dialect.frame(for: publication.event, in: publication.topicForPlugins)
    }
    guard let form, !(form.skipsAuthor && publication.author == subscription.who.id) else {
      return nil
    }
    return form.frame
  }

  private func frame(of publication: Publication, within compression: Compression) -> [UInt8] {
    guard !publication.isSecret, publication.frame.count >= limits.compressionMinimum else {
      return publication.frame
    }
    return publication.compressedFrame(within: compression) { deflater.frame(of: publication) }
  }

  /// Events flow from here on, those first that came while the newcomer was let in.
  func letFlow(_ subscription: Subscription) {
    let held = subscription.held ?? []
    subscription.held = nil
    deliver(held, to: subscription)
    deliverHeldUpdates(to: subscription)
  }

  /// One event for one user's connections in a topic; it has no place in the history.
  func deliverDirectly(_ event: Event, to user: String, in topic: TopicName) {
    guard let local = locals[topic] else { return }
    // What everybody is told was said before this.
    distribute()
    let publication = Publication(
      topic: topic, offset: 0, ts: loop.unixMilliseconds, data: event.data.encoded().span,
      author: event.author, isSecret: event.isSecret)
    for subscription in local.everybody where subscription.who.id == user {
      deliver(publication, to: subscription)
    }
  }
}
