import PluginKit
import Testing

@testable import HubCore

private let name = TopicName("chat.room.TEST").unsafelyUnwrapped
private let hour: Int64 = 3_600_000

private func topic(_ history: HistoryRing.Rule, presence: Bool = false, maxMembers: Int? = nil)
  -> HomeTopic
{
  HomeTopic(
    name,
    rules: .init(
      history: history, presence: presence ? PresenceRules() : nil, maxMembers: maxMembers),
    epoch: "e1", workers: 4)
}

extension HomeTopic {
  /// Publishes without a store between.
  @discardableResult
  fileprivate mutating func publish(
    _ data: String = "{}", id: String? = nil, author: String = "u1", at now: Int64 = 0
  ) -> [UInt64] {
    guard
      case .fresh(let publication) = prepare(data.utf8.span, author: author, id: id, at: now)
    else { return [] }
    return commit(through: publication.offset, at: now).map(\.offset)
  }
}

@Suite struct `A topic at home` {
  @Test func `numbers its events without a gap and remembers them`() {
    var topic = topic(.stream(count: 100, milliseconds: hour))
    for expected in UInt64(1)...5 { #expect(topic.publish() == [expected]) }
    #expect(topic.position == Position(offset: 5, epoch: "e1"))
    let past = topic.past(since: .init(offset: 3, epoch: "e1"))
    #expect(past.recovery == .complete && past.events.map(\.offset) == [4, 5])
    #expect(topic.past(since: nil).recovery == nil && topic.past(since: nil).events.isEmpty)
    #expect(topic.past(since: .init(offset: 3, epoch: "e0")).recovery == .failed(.epochChanged))
  }

  @Test func `gives every newcomer the newest state`() {
    var topic = topic(.latest(milliseconds: hour))
    #expect(topic.past(since: nil).events.isEmpty)
    for _ in 0..<3 { topic.publish() }
    #expect(topic.past(since: nil).events.map(\.offset) == [3])
    let past = topic.past(since: .init(offset: 1, epoch: "e1"))
    #expect(past.recovery == .failed(.tooOld) && past.events.map(\.offset) == [3])
    #expect(topic.past(since: .init(offset: 3, epoch: "e1")).events.isEmpty)
  }

  @Test func `delivers once what is published twice`() {
    var topic = topic(.none)
    #expect(topic.publish(id: "a") == [1] && topic.publish(id: "b") == [2])
    guard case .repeated(let position) = topic.prepare("{}".utf8.span, author: "u1", id: "a", at: 9)
    else {
      Issue.record("not recognised")
      return
    }
    #expect(position.offset == 1)
    #expect(topic.publish(id: "a", author: "u2") == [3])
    #expect(topic.publish(id: "a", at: 300_000) == [4])
  }

  @Test func `keeps the order of events that wait for the store`() {
    var topic = topic(.stream(count: 100, milliseconds: hour))
    let offsets = (0..<4).compactMap { number -> UInt64? in
      guard case .fresh(let one) = topic.prepare("{}".utf8.span, id: "\(number)", at: 0) else {
        return nil
      }
      return one.offset
    }
    #expect(offsets == [1, 2, 3, 4] && topic.offset == 0 && topic.history.isEmpty)
    guard case .waiting(2) = topic.prepare("{}".utf8.span, id: "1", at: 0) else {
      Issue.record("a repetition of what waits is not recognised")
      return
    }
    #expect(topic.commit(through: 2, at: 0).map(\.offset) == [1, 2] && topic.offset == 2)
    #expect(topic.abandon().map(\.offset) == [3, 4])
    // What the store refused may be published again, under the same id and number.
    #expect(topic.publish(id: "2") == [3])
    guard case .repeated = topic.prepare("{}".utf8.span, id: "1", at: 0) else {
      Issue.record("a repetition of what was committed is not recognised")
      return
    }
  }

  @Test func `goes on where it was stopped`() {
    let stored = (UInt64(7)...9).map {
      Publication(topic: name, offset: $0, ts: 0, data: "{}".utf8.span)
    }
    var topic = HomeTopic(
      name, rules: .init(history: .stream(count: 100, milliseconds: hour)), epoch: "e1",
      workers: 1, offset: 9, stored: stored)
    #expect(topic.publish() == [10])
    #expect(topic.past(since: .init(offset: 6, epoch: "e1")).events.map(\.offset) == [7, 8, 9, 10])
  }

  @Test func `knows which workers have subscribers`() {
    var topic = topic(.none)
    for worker in [2, 0, 2] { topic.subscribers.add(worker) }
    #expect(Array(topic.subscribers.workers) == [0, 2] && topic.subscribers.total == 3)
    topic.subscribers.remove(2)
    #expect(Array(topic.subscribers.workers) == [0, 2])
    topic.subscribers.remove(2)
    topic.subscribers.remove(0)
    #expect(Array(topic.subscribers.workers) == [] && topic.isOver(at: 0))
  }

  @Test func `has room for so many users and no more`() {
    var topic = topic(.none, presence: true, maxMembers: 2)
    for user in Int64(1)...2 {
      let who = Identity(account: user, name: "", roles: [])
      #expect(!topic.isFull(for: who.id))
      _ = topic.presence?.join(who, ConnectionID(UInt64(user)), session: nil, at: 0)
    }
    #expect(topic.isFull(for: "u3") && !topic.isFull(for: "u2"))
    _ = topic.presence?.lose(ConnectionID(1), .bye, at: 0)
    #expect(!topic.isFull(for: "u3"))
  }

  @Test func `is over when nobody is there and nothing is remembered`() {
    var topic = topic(.stream(count: 10, milliseconds: 60_000), presence: true)
    topic.publish(at: 1000)
    topic.subscribers.add(1)
    _ = topic.presence?.join(
      Identity(account: 1, name: "", roles: []), ConnectionID(1), session: nil, at: 1000)
    #expect(topic.nextDeadline == 1250)
    topic.subscribers.remove(1)
    _ = topic.presence?.lose(ConnectionID(1), .goingAway, at: 2000)
    _ = topic.presence?.takeDiff(at: 1250)
    #expect(!topic.isOver(at: 2000))
    _ = topic.presence?.expire(at: 7000)
    _ = topic.presence?.takeDiff(at: 8000)
    #expect(!topic.isOver(at: 8000) && topic.nextDeadline == 61_000)
    topic.expireHistory(at: 61_000)
    #expect(topic.isOver(at: 61_000) && topic.nextDeadline == nil)
  }

  @Test func `is not over while an id that it has seen may come again`() {
    var topic = topic(.none)
    topic.publish(id: "a", at: 1000)
    #expect(!topic.isOver(at: 300_999) && topic.isOver(at: 301_000))
  }

  @Test func `makes its epoch of a random number`() {
    #expect(HomeTopic.epoch(0) == "00000000" && HomeTopic.epoch(61) == "z0000000")
    #expect(HomeTopic.epoch(.max).utf8.count == 8)
    #expect(HomeTopic.epoch(1) != HomeTopic.epoch(2))
  }
}
