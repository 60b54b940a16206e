internal import PluginKit
internal import WebSocket

/// A topic as one worker sees it: its own subscribers.
final class LocalTopic {
  let name: TopicName
  let rules: TopicRules
  /// Those who read the hub's own protocol: all are sent the same.
  private(set) var subscriptions: [Subscription] = []
  /// Those to whom a dialect's codec speaks.
  private(set) var translated: [Subscription] = []
  /// Events of this turn that `subscriptions` are still to be sent.
  var gathered: [Publication] = []

  init(_ name: TopicName, _ rules: TopicRules) {
    self.name = name
    self.rules = rules
  }

  var count: Int { subscriptions.count + translated.count }
  var isEmpty: Bool { subscriptions.isEmpty && translated.isEmpty }
  /// Everybody, for what happens seldom.
  var everybody: [Subscription] { subscriptions + translated }

  func add(_ subscription: Subscription) {
    if subscription.dialect == nil {
      Self.add(subscription, &subscriptions)
    } else {
      Self.add(subscription, &translated)
    }
  }

  func remove(_ subscription: Subscription) {
    if subscription.dialect == nil {
      Self.remove(subscription, &subscriptions)
    } else {
      Self.remove(subscription, &translated)
    }
  }

  private static func add(_ subscription: Subscription, _ list: inout [Subscription]) {
    subscription.place = list.count
    list.append(subscription)
  }

  /// The last one takes the free place, so that leaving costs the same in a large topic.
  private static func remove(_ subscription: Subscription, _ list: inout [Subscription]) {
    let place = subscription.place
    guard place < list.count, list[place] === subscription else { return }
    let last = list.removeLast()
    guard last !== subscription else { return }
    list[place] = last
    last.place = place
  }
}

/// One connection in one topic.
final class Subscription {
  let topic: LocalTopic
  let connection: Connection
  let who: Identity
  let wantsPresence: Bool
  /// Events that were gathered may come in one frame.
  let takesBatches: Bool
  /// Who puts events into words for this subscriber, if it speaks an older protocol.
  let dialect: DialectLink?
  let compression: Compression?
  /// Events up to here have been given already.
  var since: UInt64 = 0
  var presenceSince: UInt64 = 0
  /// The newest change of presence that was shown to the newcomer.
  var presenceChange: UInt64 = 0
  /// What came while the newcomer was still being let in; nil once events flow.
  var held: [Publication]? = []
  static let mostHeld = 1_000
  var heldNews: [PresenceNews] = []
  var place = 0
  /// Is it in its topic's list? Not any more once it was taken out, even if it was still on its
  /// way in.
  var isIn = true
  /// Does this worker know that the topic's home has let it in?
  var hasArrived = false
  /// Has the owner said yes to publishing? Asked the first time.
  var mayPublish = false

  init(
    _ topic: LocalTopic, _ connection: Connection, as who: Identity,
    _ wish: ClientCommand.Subscription
  ) {
    self.topic = topic
    self.connection = connection
    self.who = who
    wantsPresence = wish.wantsPresence
    takesBatches = wish.takesBatches
    // Both are settled before anybody subscribes, and looked at for every event.
    dialect = connection.dialect
    compression = connection.link?.compression
  }
}
