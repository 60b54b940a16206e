import PluginKit
import Testing

@testable import HubProtocol
@testable import HubTopics

private let name = TopicName("chat.room.TEST").unsafelyUnwrapped
private let hour: Int64 = 3_600_000

private func log(_ history: HistoryRing.Rule) -> TopicLog {
  TopicLog(name, history, StoredTopic(epoch: "e1"))
}

extension TopicLog {
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

@Suite struct `The log of a topic` {
  @Test func `numbers its events without a gap and remembers them`() {
    var topic = log(.stream(count: 100, milliseconds: hour))
    for expected in UInt64(1)...5 { #expect(topic.publish() == [expected]) }
    #expect(topic.position == Position(offset: 5, epoch: "e1"))
    let past = topic.past(since: .init(offset: 3, epoch: "e1"), limit: 300)
    #expect(past.recovery == .complete && past.events.map(\.offset) == [4, 5])
    #expect(
      topic.past(since: nil, limit: 300).recovery == nil
        && topic.past(since: nil, limit: 300).events.isEmpty)
    #expect(
      topic.past(since: .init(offset: 3, epoch: "e0"), limit: 300).recovery
        == .failed(.epochChanged))
  }

  @Test func `gives every newcomer the newest state`() {
    var topic = log(.latest(milliseconds: hour))
    #expect(topic.past(since: nil, limit: 300).events.isEmpty)
    for _ in 0..<3 { topic.publish() }
    #expect(topic.past(since: nil, limit: 300).events.map(\.offset) == [3])
    let past = topic.past(since: .init(offset: 1, epoch: "e1"), limit: 300)
    #expect(past.recovery == .failed(.tooOld) && past.events.map(\.offset) == [3])
    #expect(topic.past(since: .init(offset: 3, epoch: "e1"), limit: 300).events.isEmpty)
  }

  @Test func `delivers once what is published twice`() {
    var topic = log(.none)
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
    var topic = log(.stream(count: 100, milliseconds: hour))
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
    // An event that the store refused may be published again, under the same id and number.
    #expect(topic.publish(id: "2") == [3])
    guard case .repeated = topic.prepare("{}".utf8.span, id: "1", at: 0) else {
      Issue.record("a repetition of what was committed is not recognised")
      return
    }
  }

  @Test func `goes on where it was stopped`() {
    let events = (UInt64(7)...9).map {
      StoredTopic.Event(offset: $0, ts: 0, author: nil, data: Array("{}".utf8))
    }
    var topic = TopicLog(
      name, .stream(count: 100, milliseconds: hour),
      StoredTopic(epoch: "e1", offset: 9, events: events))
    #expect(topic.publish() == [10])
    #expect(
      topic.past(since: .init(offset: 6, epoch: "e1"), limit: 300).events.map(\.offset) == [
        7, 8, 9, 10,
      ])
  }

  @Test func `is not over while an id that it has seen may come again`() {
    var topic = log(.none)
    topic.publish(id: "a", at: 1000)
    #expect(!topic.isOver(at: 300_999) && topic.isOver(at: 301_000))
  }

  @Test func `makes its epoch of a random number`() {
    #expect(TopicLog.epoch(0) == "00000000" && TopicLog.epoch(61) == "z0000000")
    #expect(TopicLog.epoch(.max).utf8.count == 8)
    #expect(TopicLog.epoch(1) != TopicLog.epoch(2))
  }
}
