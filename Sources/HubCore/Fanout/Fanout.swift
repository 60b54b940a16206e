internal import Deflate
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Limits
internal import Loop
internal import PluginKit
internal import WebSocket

/// The subscribers of one worker, and the delivery of events to them.
///
/// A subscriber of the hub's own protocol is visited once at the end of a turn, however many events
/// came for it. A subscriber with a dialect gets each event at once, since the documents of older
/// protocols fix the order of all frames. Not `Sendable`: it belongs to its worker, on which all
/// its methods run.
final class Fanout {
  private let context: WorkerContext
  private let transport: Transport<Worker>
  private var topics: [TopicName: LocalTopic] = [:]
  /// The topics with events that wait for the end of the turn.
  private var waiting: [LocalTopic] = []
  private var deflater = Deflater()
  /// Shorter events go out uncompressed.
  var compressionMinimum: Int {
    didSet { deflater.worthwhileLength = compressionMinimum }
  }

  init(_ context: WorkerContext, _ transport: Transport<Worker>) {
    self.context = context
    self.transport = transport
    compressionMinimum = context.limits.compressionMinimum
    deflater.worthwhileLength = compressionMinimum
  }

  var topicCount: Int { topics.count }
  var subscriptionCount: Int { topics.values.reduce(0) { $0 + $1.count } }

  /// Makes a place for a newcomer before its topic's owner is asked, so that no event can slip by.
  func reserve(
    _ topic: TopicName, _ rules: TopicRules, _ connection: Connection, as who: Identity,
    _ wish: ClientCommand.SubscribeOptions, _ form: SubscriberForm
  ) -> Subscription {
    let local = topics[topic] ?? LocalTopic(topic, rules)
    topics[topic] = local
    let subscription = Subscription(local, connection, as: who, wish, form)
    local.add(subscription)
    return subscription
  }

  /// Takes a place away again. The caller tells the topic's owner.
  func release(_ subscription: Subscription) {
    subscription.isIn = false
    let local = subscription.topic
    local.remove(subscription)
    if local.isEmpty, topics[local.name] === local { topics[local.name] = nil }
  }

  func subscriptions(in topic: TopicName) -> [Subscription] { topics[topic]?.everybody ?? [] }
}

// Events.
extension Fanout {
  func deliver(_ publication: Publication, on worker: isolated Worker) {
    guard let local = topics[publication.topic] else { return }
    for subscription in local.translated { deliver(publication, to: subscription, on: worker) }
    guard !local.subscriptions.isEmpty else { return }
    if local.gathered.isEmpty { waiting.append(local) }
    local.gathered.append(publication)
  }

  /// Delivers the events of this turn.
  ///
  /// - Parameter isEndOfTurn: Whether records may be sealed at once. Earlier in a turn a connection
  ///   that is being served may be using the buffers.
  func flush(isEndOfTurn: Bool = false, on worker: isolated Worker) {
    guard !waiting.isEmpty else { return }
    for local in waiting { flush(local, isEndOfTurn, on: worker) }
    waiting.removeAll(keepingCapacity: true)
  }

  private func flush(_ local: LocalTopic, _ isEndOfTurn: Bool, on worker: isolated Worker) {
    let publications = local.gathered
    local.gathered = []
    guard !local.rules.conflate, var batch = EventBatch(publications) else {
      for subscription in local.subscriptions {
        deliver(publications, to: subscription, on: worker)
      }
      return
    }
    // Where several topics have events, a connection may be owed those of more than one: frames
    // that go through its queue become one record.
    let isAlone = isEndOfTurn && waiting.count == 1 && transport.isCrowd(local.subscriptions.count)
    var visited = 0
    let crowd = local.subscriptions
    for (place, subscription) in crowd.enumerated() {
      if isAlone { local.lookAhead(from: place) }
      guard let frame = frame(of: &batch, for: subscription) else {
        deliver(publications, to: subscription, on: worker)
        continue
      }
      visited += 1
      if isAlone, transport.packAtOnce(frame, for: subscription.connection, on: worker) { continue }
      transport.enqueue(frame, to: subscription.connection, on: worker)
    }
    if isAlone { transport.sendBatch(on: worker) }
    context.counters.deliveries.add(visited * publications.count)
  }

  private func deliver(
    _ publications: [Publication], to subscription: Subscription, on worker: isolated Worker
  ) {
    for publication in publications { deliver(publication, to: subscription, on: worker) }
  }

  private func deliver(
    _ publication: Publication, to subscription: Subscription, on worker: isolated Worker
  ) {
    if subscription.pendingEvents != nil {
      return keep(publication, for: subscription, on: worker)
    }
    guard publication.offset > subscription.since || publication.offset == 0 else { return }
    guard let frame = frame(of: publication, for: subscription) else { return }
    context.counters.deliveries.add(1)
    transport.enqueue(
      frame, to: subscription.connection,
      conflating: subscription.topic.rules.conflate ? publication.topic : nil, on: worker)
  }

  /// Keeps an event for a newcomer. If the owner's snapshot takes so long that too much gathers,
  /// the newcomer is sent back: it comes again and recovers.
  private func keep(
    _ publication: Publication, for subscription: Subscription, on worker: isolated Worker
  ) {
    subscription.pendingEvents?.append(publication)
    guard subscription.pendingEvents?.count ?? 0 > Subscription.mostPending else { return }
    subscription.pendingEvents = []
    transport.reportBacklog(of: subscription.connection, .unsettled, on: worker)
  }

  /// Sends one event to the connections of one user in a topic; it has no place in the history.
  func deliverDirectly(
    _ event: Event, to user: String, in topic: TopicName, on worker: isolated Worker
  ) {
    guard topics[topic] != nil else { return }
    // The events for all subscribers were published before this one.
    flush(on: worker)
    let publication = Publication(
      topic: topic, offset: 0, ts: context.loop.unixMilliseconds,
      data: event.data.encoded().span, author: event.author, isSecret: event.isSecret)
    for subscription in subscriptions(in: topic) where subscription.who.id == user {
      deliver(publication, to: subscription, on: worker)
    }
  }

  /// Events flow from here on, those first that came while the newcomer was let in.
  func resumeDelivery(to subscription: Subscription, on worker: isolated Worker) {
    let events = subscription.pendingEvents ?? []
    subscription.pendingEvents = nil
    deliver(events, to: subscription, on: worker)
    let updates = subscription.pendingUpdates
    subscription.pendingUpdates = []
    for update in updates {
      var portions = PresenceUpdate.Portions(update)
      deliver(&portions, to: subscription, on: worker)
    }
  }
}

// Frames.
extension Fanout {
  /// All events of a batch as one run of bytes; nil if this subscriber is not sent all of them, or
  /// not like the others.
  @inline(__always) private func frame(
    of batch: inout EventBatch, for subscription: Subscription
  ) -> [UInt8]? {
    guard subscription.pendingEvents == nil, subscription.since < batch.first else { return nil }
    if subscription.takesBatches, batch.isJoinable { return joinedFrame(of: &batch, subscription) }
    guard let compression = subscription.compression else { return batch.frame() }
    guard compression.allowsShared(length: batch.longest) else { return nil }
    return batch.compressedFrame { frame(of: $0, within: compression) }
  }

  private func joinedFrame(of batch: inout EventBatch, _ subscription: Subscription) -> [UInt8] {
    guard let compression = subscription.compression else { return batch.joinedFrame() }
    let fits =
      compression.allowsShared(length: .max)
      || compression.allowsShared(length: batch.joinedFrame().count)
    return fits ? batch.joinedFrame(by: &deflater) : batch.joinedFrame()
  }

  /// The event in the form that this subscriber reads; nil if it is not for it.
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
    guard !publication.isSecret, publication.frame.count >= compressionMinimum else {
      return publication.frame
    }
    return publication.compressedFrame(within: compression) { deflater.frame(of: publication) }
  }
}

// Changes of presence.
extension Fanout {
  func deliver(_ update: PresenceUpdate, on worker: isolated Worker) {
    guard let local = topics[update.topic] else { return }
    var portions = PresenceUpdate.Portions(update)
    for subscription in local.subscriptions where subscription.wantsPresence {
      guard subscription.pendingEvents == nil else {
        subscription.pendingUpdates.append(update)
        continue
      }
      deliver(&portions, to: subscription, on: worker)
    }
  }

  private func deliver(
    _ portions: inout PresenceUpdate.Portions, to subscription: Subscription,
    on worker: isolated Worker
  ) {
    guard portions.update.rev > subscription.presenceSince else { return }
    let frame = portions.frame(since: subscription.presenceChange)
    transport.enqueue(frame, to: subscription.connection, on: worker)
  }
}
