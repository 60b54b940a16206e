internal import HubProtocol
internal import Loop
internal import PluginKit
internal import TLS
internal import WebSocket

/// A topic as one worker sees it: its own subscribers.
final class LocalTopic {
  let name: TopicName
  let rules: TopicRules
  /// Subscribers of the hub's own protocol: all are sent the same bytes.
  private(set) var subscriptions: [Subscription] = []
  /// The memory that a delivery to each of them touches.
  private var prefetchHints: [PrefetchHint] = []
  /// Subscribers for whom a dialect writes.
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
    prefetchHints.append(PrefetchHint(to: subscription))
  }

  func remove(_ subscription: Subscription) {
    guard subscription.dialect == nil else {
      _ = Self.remove(subscription, &translated)
      return
    }
    guard let place = Self.remove(subscription, &subscriptions) else { return }
    prefetchHints.swapAt(place, prefetchHints.count - 1)
    prefetchHints.removeLast()
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
    if place < prefetchHints.count { prefetchHints[place].prefetch() }
  }

  /// The memory that a delivery to a subscriber touches.
  private struct PrefetchHint {
    private let subscription: Landmark
    private let connection: Landmark
    private let key: Landmark

    init(to subscription: Subscription) {
      let connection = subscription.connection
      self.subscription = Landmark(subscription)
      self.connection = Landmark(connection)
      key = connection.tls?.sealingKey ?? self.connection
    }

    @inline(__always) func prefetch() {
      subscription.prefetch(lines: 4)
      connection.prefetch(lines: 10)
      key.prefetch(lines: 16)
    }
  }
}
