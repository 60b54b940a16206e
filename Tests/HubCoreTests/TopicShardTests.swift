import Testing

@testable import HubCore

private func name(_ number: Int) -> TopicName { TopicName("t.\(number)").unsafelyUnwrapped }

@Suite struct `The subscriptions of a worker` {
  @Test func `lead from a topic to its subscribers and back`() {
    var shard = TopicShard()
    let first = shard.subscribe(3, to: name(1))
    let second = shard.subscribe(5, to: name(1), wantsPresence: true)
    let other = shard.subscribe(3, to: name(2))
    #expect(first.isFirst && !second.isFirst && other.isFirst && first.id == second.id)
    #expect(shard.subscribers(of: first.id).map(\.slot) == [3, 5])
    #expect(shard.subscribers(of: first.id).map(\.wantsPresence) == [false, true])
    #expect(shard.topics(of: 3) == [first.id, other.id] && shard.topics(of: 99) == [])
    #expect(shard.isSubscribed(5, to: first.id) && !shard.isSubscribed(5, to: other.id))
    #expect(shard.id(of: name(1)) == first.id && shard.id(of: name(9)) == nil)
    #expect(shard.name(of: other.id) == name(2) && shard.topicCount == 2)
  }

  @Test func `end one by one and tell when the last is gone`() {
    var shard = TopicShard()
    for slot in 0..<3 { _ = shard.subscribe(slot, to: name(1)) }
    let answers = [
      shard.unsubscribe(0, from: name(1)), shard.unsubscribe(0, from: name(1)),
      shard.unsubscribe(9, from: name(1)), shard.unsubscribe(1, from: name(2)),
      shard.unsubscribe(2, from: name(1)), shard.unsubscribe(1, from: name(1)),
    ]
    #expect(answers == [false, nil, nil, nil, false, true])
    #expect(shard.topicCount == 0 && shard.topics(of: 1).isEmpty)
  }

  @Test func `end all together with their connection`() {
    var shard = TopicShard()
    for topic in 0..<4 { _ = shard.subscribe(0, to: name(topic)) }
    _ = shard.subscribe(1, to: name(2))
    var told: [TopicName: Bool] = [:]
    shard.unsubscribeAll(0) { told[$0] = $1 }
    #expect(told == [name(0): true, name(1): true, name(2): false, name(3): true])
    #expect(shard.topicCount == 1 && shard.topicCount(of: 0) == 0)
    shard.unsubscribeAll(77)
  }

  @Test func `give the short name of an abandoned topic to another`() {
    var shard = TopicShard()
    let old = shard.subscribe(0, to: name(1)).id
    _ = shard.unsubscribe(0, from: name(1))
    let new = shard.subscribe(0, to: name(2)).id
    #expect(old == new && shard.name(of: new) == name(2) && shard.id(of: name(1)) == nil)
  }

  @Test func `agree with a simple set after any number of changes`() {
    var shard = TopicShard()
    var model: Set<[Int]> = []
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let slot = Int.random(in: 0..<12, using: &random)
      let topic = Int.random(in: 0..<9, using: &random)
      if Int.random(in: 0..<60, using: &random) == 0 {
        shard.unsubscribeAll(slot)
        model = model.filter { $0[0] != slot }
      } else if model.remove([slot, topic]) != nil {
        let wasLast = shard.unsubscribe(slot, from: name(topic))
        #expect(wasLast == !model.contains { $0[1] == topic })
      } else {
        let isFirst = shard.subscribe(slot, to: name(topic)).isFirst
        #expect(isFirst == !model.contains { $0[1] == topic })
        model.insert([slot, topic])
      }
    }
    for topic in 0..<9 {
      let slots = shard.id(of: name(topic)).map { shard.subscribers(of: $0).map(\.slot) } ?? []
      #expect(slots.sorted() == model.filter { $0[1] == topic }.map { $0[0] }.sorted())
    }
    for slot in 0..<12 {
      let names = shard.topics(of: slot).map { shard.name(of: $0).description }
      #expect(
        names.sorted() == model.filter { $0[0] == slot }.map { name($0[1]).description }.sorted())
    }
  }
}
