internal import HubProtocol
internal import HubTopics
internal import Limits
internal import PluginKit
internal import Primitives
internal import WebSocket

/// How connections come into topics and leave them, whatever their protocol is.
///
/// Not `Sendable`: it belongs to one worker, on which all its methods run.
final class Subscriptions {
  private let context: WorkerContext
  private let transport: Transport<Worker>
  private let fanout: Fanout
  private let mailbox: Mailbox<Worker>
  private let calls: PluginCalls
  private let topics: SharedTopics

  init(
    _ context: WorkerContext, _ transport: Transport<Worker>, _ fanout: Fanout,
    _ mailbox: Mailbox<Worker>, _ calls: PluginCalls, _ topics: SharedTopics
  ) {
    self.context = context
    self.transport = transport
    self.fanout = fanout
    self.mailbox = mailbox
    self.calls = calls
    self.topics = topics
  }

  /// The rules for a topic, nil if no plugin owns it.
  func rules(for topic: TopicName) -> TopicRules? { topics.rules.value(for: topic) }

  /// Asks the plugin and the owner of the topic. On return the newcomer is in, but its events are
  /// still held.
  func enter(
    _ topic: TopicName, _ rules: TopicRules, _ wish: ClientCommand.SubscribeOptions,
    connection token: UInt64, as who: Identity, tab: String?, on worker: isolated Worker
  ) async throws -> (Subscription, SubscribeReply) {
    let allowedAt = topics.removalGeneration
    // The operator has let a key in; its topic's owner is not asked.
    if !who.isProgram {
      try await calls.ask(rules.owner, on: worker) {
        try await rules.authorize(who, Topic(topic.description), .subscribe)
      }
    }
    guard let connection = transport[token], connection.mayComeIn else {
      throw CancellationError()
    }
    let subscription = fanout.reserve(
      topic, rules, connection, as: who, wish, connection.subscriberForm)
    let request = SubscribeRequest(
      topic: topic, connection: connection.number, worker: context.index, who: who,
      allowedAt: allowedAt, session: tab, recover: wish.recover, wantsPresence: wish.wantsPresence)
    do {
      let welcome = try await topics.owner(of: topic).subscribe(request)
      guard connection.mayComeIn, subscription.isIn else {
        sendDetach(topic, connection, connection.ending ?? .ended, on: worker)
        // A client that is still connected was removed before it was in.
        throw TopicRefusal.denied
      }
      subscription.hasArrived = true
      subscription.since = welcome.position.offset
      subscription.presenceSince = welcome.presence?.rev ?? 0
      subscription.presenceChange = welcome.presence?.change ?? 0
      return (subscription, welcome)
    } catch {
      fanout.release(subscription)
      throw error
    }
  }

  /// Takes somebody out again who was in already but not let in to the end, be it that the
  /// connection has ended meanwhile.
  func withdraw(_ half: Subscription, on worker: isolated Worker) {
    // The topic's owner knows of a removal.
    guard half.isIn else { return }
    fanout.release(half)
    sendDetach(half.topic.name, half.connection, half.connection.ending ?? .ended, on: worker)
  }

  func leaveTopics(
    _ topics: [TopicName: Subscription], of connection: Connection, _ how: ConnectionEnding,
    on worker: isolated Worker
  ) {
    for (topic, subscription) in topics {
      fanout.release(subscription)
      sendDetach(topic, connection, how, on: worker)
    }
  }

  /// Tells a topic's owner that a connection is not in it any more.
  func sendDetach(
    _ topic: TopicName, _ connection: Connection, _ how: ConnectionEnding,
    on worker: isolated Worker
  ) {
    let loss = loss(connection, how)
    mailbox.post(
      .unsubscribe(
        Unsubscription(
          topic: topic, connection: connection.number, worker: context.index, loss: loss)),
      on: worker)
  }

  private func loss(_ connection: Connection, _ how: ConnectionEnding) -> PresenceTable.Loss {
    switch how {
    // Clients of older protocols are sent this code before the server stops.
    case .closedByPeer(1001) where context.isDraining: .drained
    case .closedByPeer(let code):
      PresenceTable.Loss(closeCode: code, lastByte: lastByte(of: connection))
    case .lost: .broken(lastByte: lastByte(of: connection))
    case .ended where context.isDraining: .drained
    case .ended: .ended
    }
  }

  private func lastByte(of connection: Connection) -> Int64 {
    context.steadyTime - Int64((context.now &- connection.lastHeard) / 1_000_000)
  }

  /// Milliseconds to wait if this user publishes or comes in faster than is allowed.
  func tooFast(_ pace: SharedTokenBucket?) -> Int? {
    guard context.limits.publishesPerSecond > 0 else { return nil }
    return pace?.take(
      at: context.now, perSecond: context.limits.publishesPerSecond,
      burst: context.limits.publishBurst)
  }
}

extension TopicRules {
  /// Whether each newcomer is an event for those who are there.
  var tellsOfMembers: Bool { presence || membership != nil }
}
