/// A topic's short name inside one worker. It may be given to another topic once nobody here is
/// subscribed to this one.
struct TopicID: Hashable, Sendable {
  let index: Int
}

/// The subscriptions of one worker's connections: from topic to connections and back.
///
/// Connections are known by their place in the worker's table (`slot`). Subscribing and
/// unsubscribing cost the same however many there are; both sides know each other's place.
struct TopicShard {
  /// A connection in the list of a topic.
  struct Subscriber: Equatable {
    let slot: Int
    /// Whether it is told who comes and goes.
    let wantsPresence: Bool
    /// Where the topic stands in the connection's own list.
    fileprivate var place: Int
  }

  /// A topic in the list of a connection.
  private struct Membership {
    let topic: TopicID
    /// Where the connection stands in the topic's list.
    var place: Int
  }

  private var ids: [TopicName: TopicID] = [:]
  private var names: [TopicName?] = []
  private var freeIDs: [TopicID] = []
  private var subscribersOfTopic: [[Subscriber]] = []
  private var topicsOfSlot: [[Membership]] = []

  /// How many topics have subscribers here.
  var topicCount: Int { ids.count }

  func id(of topic: TopicName) -> TopicID? { ids[topic] }

  /// The topic of an id in use.
  func name(of id: TopicID) -> TopicName {
    guard let name = names[id.index] else { preconditionFailure("this id is not in use") }
    return name
  }

  /// The subscribers of a topic. Going through them copies nothing.
  func subscribers(of id: TopicID) -> [Subscriber] { subscribersOfTopic[id.index] }

  func topicCount(of slot: Int) -> Int { memberships(of: slot).count }

  func topics(of slot: Int) -> [TopicID] { memberships(of: slot).map(\.topic) }

  /// Looks through the topics of the connection, which are at most as many as it may have.
  func isSubscribed(_ slot: Int, to id: TopicID) -> Bool {
    memberships(of: slot).contains { $0.topic == id }
  }

  private func memberships(of slot: Int) -> [Membership] {
    topicsOfSlot.indices.contains(slot) ? topicsOfSlot[slot] : []
  }
}

extension TopicShard {
  /// Subscribes a connection that is not subscribed yet. `isFirst` says that nobody here was.
  mutating func subscribe(_ slot: Int, to topic: TopicName, wantsPresence: Bool = false) -> (
    id: TopicID, isFirst: Bool
  ) {
    let id = ids[topic] ?? makeID(for: topic)
    precondition(!isSubscribed(slot, to: id), "subscribed already")
    while topicsOfSlot.count <= slot { topicsOfSlot.append([]) }
    let place = subscribersOfTopic[id.index].count
    subscribersOfTopic[id.index].append(
      Subscriber(slot: slot, wantsPresence: wantsPresence, place: topicsOfSlot[slot].count))
    topicsOfSlot[slot].append(Membership(topic: id, place: place))
    return (id, place == 0)
  }

  /// Ends a subscription. `nil` if there was none; `true` if it was the last one of the topic
  /// here, whose id is free then.
  mutating func unsubscribe(_ slot: Int, from topic: TopicName) -> Bool? {
    guard let id = ids[topic],
      let place = memberships(of: slot).firstIndex(where: { $0.topic == id })
    else { return nil }
    return remove(slot, place)
  }

  /// Ends all subscriptions of a connection, telling of each topic whether that was its last one
  /// here.
  mutating func unsubscribeAll(
    _ slot: Int, _ each: (TopicName, _ wasLast: Bool) -> Void = { _, _ in }
  ) {
    while let last = memberships(of: slot).last {
      let name = name(of: last.topic)
      each(name, remove(slot, topicsOfSlot[slot].count - 1))
    }
  }

  /// Takes the subscription at `place` of a connection out of both lists. The last one of each
  /// list moves into the gap, and its other side is told where it is now.
  private mutating func remove(_ slot: Int, _ place: Int) -> Bool {
    let gone = topicsOfSlot[slot][place]
    let index = gone.topic.index
    subscribersOfTopic[index].swapAt(gone.place, subscribersOfTopic[index].count - 1)
    subscribersOfTopic[index].removeLast()
    if gone.place < subscribersOfTopic[index].count {
      let moved = subscribersOfTopic[index][gone.place]
      topicsOfSlot[moved.slot][moved.place].place = gone.place
    }
    topicsOfSlot[slot].swapAt(place, topicsOfSlot[slot].count - 1)
    topicsOfSlot[slot].removeLast()
    if place < topicsOfSlot[slot].count {
      let moved = topicsOfSlot[slot][place]
      subscribersOfTopic[moved.topic.index][moved.place].place = place
    }
    guard subscribersOfTopic[index].isEmpty else { return false }
    free(gone.topic)
    return true
  }

  private mutating func makeID(for topic: TopicName) -> TopicID {
    let id = freeIDs.popLast() ?? TopicID(index: names.count)
    if id.index == names.count {
      names.append(nil)
      subscribersOfTopic.append([])
    }
    names[id.index] = topic
    ids[topic] = id
    return id
  }

  private mutating func free(_ id: TopicID) {
    ids[name(of: id)] = nil
    names[id.index] = nil
    subscribersOfTopic[id.index] = []
    freeIDs.append(id)
  }
}
