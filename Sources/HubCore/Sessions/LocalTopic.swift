internal import Loop
internal import PluginKit
internal import TLS
internal import WebSocket

/// A topic as one worker sees it: its own subscribers.
final class LocalTopic {
  let name: TopicName
  let rules: TopicRules
  /// Those who read the hub's own protocol: all are sent the same.
  private(set) var subscriptions: [Subscription] = []
  /// Where each of them lies.
  private var trails: [Trail] = []
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
  /// All subscribers, for rare events.
  var everybody: [Subscription] { subscriptions + translated }

  func add(_ subscription: Subscription) {
    guard subscription.dialect == nil else {
      subscription.place = translated.count
      return translated.append(subscription)
    }
    subscription.place = subscriptions.count
    subscriptions.append(subscription)
    trails.append(Trail(to: subscription))
  }

  func remove(_ subscription: Subscription) {
    guard subscription.dialect == nil else {
      _ = Self.remove(subscription, &translated)
      return
    }
    guard let place = Self.remove(subscription, &subscriptions) else { return }
    trails.swapAt(place, trails.count - 1)
    trails.removeLast()
  }

  /// The last one takes the free place, so that leaving costs the same in a large topic.
  private static func remove(
    _ subscription: Subscription, _ list: inout [Subscription]
  ) -> Int? {
    let place = subscription.place
    guard place < list.count, list[place] === subscription else { return nil }
    list.swapAt(place, list.count - 1)
    list[place].place = place
    list.removeLast()
    return place
  }

  /// Has the processor fetch what a walk through `subscriptions` comes to a few steps behind
  /// `place`: for 1,000 of them that is more than its caches hold.
  @inline(__always) func lookAhead(from place: Int) {
    let place = place + 6
    if place < trails.count { trails[place].prefetch() }
  }

  /// What a delivery to a subscriber touches.
  private struct Trail {
    private let subscription: Landmark
    private let connection: Landmark
    private let link: Landmark
    private let key: Landmark

    init(to subscription: Subscription) {
      let connection = subscription.connection
      self.subscription = Landmark(subscription)
      self.connection = Landmark(connection)
      link = connection.link.map { Landmark($0) } ?? self.connection
      key = connection.tls?.sealingKey ?? self.connection
    }

    @inline(__always) func prefetch() {
      subscription.prefetch(lines: 4)
      connection.prefetch(lines: 10)
      link.prefetch(lines: 3)
      key.prefetch(lines: 16)
    }
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
  var heldUpdates: [PresenceUpdate] = []
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
    _ wish: ClientCommand.SubscribeOptions
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
