internal import PluginKit
internal import WebSocket

/// A topic as one worker sees it: its own subscribers.
final class LocalTopic {
  let name: TopicName
  let rules: TopicRules
  var subscriptions: [Subscription] = []

  init(_ name: TopicName, _ rules: TopicRules) {
    self.name = name
    self.rules = rules
  }

  func add(_ subscription: Subscription) {
    subscription.place = subscriptions.count
    subscriptions.append(subscription)
  }

  /// The last one takes the free place, so that leaving costs the same in a large topic.
  func remove(_ subscription: Subscription) {
    let place = subscription.place
    guard place < subscriptions.count, subscriptions[place] === subscription else { return }
    let last = subscriptions.removeLast()
    guard last !== subscription else { return }
    subscriptions[place] = last
    last.place = place
  }
}

/// One connection in one topic.
final class Subscription {
  let topic: LocalTopic
  let connection: Connection
  let who: Identity
  let wantsPresence: Bool
  /// Who puts events into words for this subscriber, if it speaks an older protocol.
  let dialect: DialectLink?
  let compression: Compression?
  /// Events up to here have been given already.
  var since: UInt64 = 0
  var presenceSince: UInt64 = 0
  /// What came while the newcomer was still being let in; nil once events flow.
  var held: [Publication]? = []
  var place = 0
  /// Has the owner said yes to publishing? Asked the first time.
  var mayPublish = false

  init(_ topic: LocalTopic, _ connection: Connection, as who: Identity, wantsPresence: Bool) {
    self.topic = topic
    self.connection = connection
    self.who = who
    self.wantsPresence = wantsPresence
    // Both are settled before anybody subscribes, and looked at for every event.
    dialect = connection.dialect
    compression = connection.link?.compression
  }
}
