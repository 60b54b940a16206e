import PluginKit
import Testing

@testable import HubProtocol
@testable import HubTopics

private func rules(stored: Bool = false, gather: Int = 0) -> TopicRules {
  var rules = TopicRules()
  if stored { rules.history = .stream(count: 100, seconds: 3600, stored: true) }
  rules.gatherMilliseconds = gather
  return rules
}

private let guest = Identity(guest: "a", name: "")

@Suite struct `The state of a topic that is not stored` {
  @Test func `answers the sender and delivers at once`() {
    var topic = TopicScript(rules())
    #expect(topic.publish("a") == ["a stored as 1 in e1", "deliver 1"])
    #expect(topic.publish("b") == ["b stored as 2 in e1", "deliver 2"])
  }

  @Test func `answers a repetition with the event that was published before`() {
    var topic = TopicScript(rules())
    _ = topic.publish("a")
    #expect(topic.publish("a") == ["a stored as 1 in e1"])
    #expect(topic.publish("a", by: "u2") == ["a stored as 2 in e1", "deliver 2"])
  }

  @Test func `refuses an event by the rules of its owner`() {
    var strict = rules()
    strict.compose = { _ in throw TopicRefusal.bad("no") }
    let message = PublishRequest(
      topic: TopicScript.name, content: .message(Array("{}".utf8), from: guest), key: nil,
      sender: .nobody)
    var state = TopicState(TopicScript.name, strict, workers: 1, epoch: "e1")
    var effects: [TopicEffect] = []
    state.publish(message, at: Moment(steady: 0, wall: 0), into: &effects)
    #expect(effects.map(\.words) == [" refused \(ClientError.badRequest.rawValue)"])
  }

  @Test func `keeps nothing once it was deserted`() throws {
    var topic = TopicScript(rules())
    #expect(topic.state.isIdle(at: topic.now))
    _ = try topic.subscribe(guest, 1)
    #expect(!topic.state.isIdle(at: topic.now))
    _ = topic.unsubscribe(1)
    #expect(topic.state.isIdle(at: topic.now))
    // The id may come again.
    _ = topic.publish("a")
    #expect(!topic.state.isIdle(at: topic.now) && topic.state.isIdle(at: topic.now + 300_000))
  }
}

@Suite struct `The state of a stored topic` {
  /// A topic whose history was read, with a subscriber.
  private func opened(_ events: ClosedRange<UInt64>? = nil) throws -> TopicScript {
    var topic = TopicScript(rules(stored: true))
    _ = topic.load()
    _ = topic.loaded(events)
    _ = try topic.subscribe(guest, 1)
    return topic
  }

  @Test func `has its history read once, and holds publishes meanwhile`() {
    var topic = TopicScript(rules(stored: true))
    #expect(topic.publish("a") == ["load e1"])
    #expect(topic.publish("b") == [] && topic.load() == [])
    #expect(!topic.state.isIdle(at: topic.now))
    #expect(topic.loaded(1...3, epoch: "e0") == ["opened", "store [4] in e0"])
    #expect(topic.load() == [])
    #expect(
      topic.stored() == ["a stored as 4 in e0", "deliver 4", "store ended", "store [5] in e0"])
    #expect(topic.stored() == ["b stored as 5 in e0", "deliver 5", "store ended"])
  }

  @Test func `refuses held publishes if its history cannot be read, and tries again when asked`() {
    var topic = TopicScript(rules(stored: true))
    _ = topic.publish("a")
    #expect(topic.loadFailed() == ["opened", "a refused 100"])
    #expect(topic.publish("a") == ["load e1"])
    #expect(topic.loaded() == ["opened", "store [1] in e1"])
  }

  @Test func `delivers after the write alone, and writes what has come meanwhile together`()
    throws
  {
    var topic = try opened()
    #expect(topic.publish("a") == ["store [1] in e1"])
    #expect(topic.publish("b") == [] && topic.publish("c") == [])
    #expect(
      topic.stored() == ["a stored as 1 in e1", "deliver 1", "store ended", "store [2, 3] in e1"])
    #expect(
      topic.stored() == [
        "b stored as 2 in e1", "deliver 2", "c stored as 3 in e1", "deliver 3", "store ended",
      ])
  }

  @Test func `answers a repetition of an event that waits for the store together with it`() throws {
    var topic = try opened()
    _ = topic.publish("a")
    #expect(topic.publish("a") == [])
    #expect(
      topic.stored() == [
        "a stored as 1 in e1", "a stored as 1 in e1", "deliver 1", "store ended",
      ])
  }

  @Test func `lets all senders try again after a failed write, under the same numbers`() throws {
    var topic = try opened()
    for id in ["a", "b", "c"] { _ = topic.publish(id) }
    #expect(
      topic.storeFailed() == ["a refused 100", "b refused 100", "c refused 100", "store ended"])
    #expect(topic.publish("a") == ["load e1"])
    #expect(topic.loaded() == ["opened", "store [1] in e1"])
  }

  @Test func `delivers once what the store has taken though it broke off`() throws {
    var topic = try opened()
    for id in ["a", "b"] { _ = topic.publish(id) }
    _ = topic.storeFailed()
    #expect(topic.publish("a") == ["load e1"])
    #expect(
      topic.loaded(1...1, ids: ["a"]) == ["deliver 1", "opened", "a stored as 1 in e1"])
    #expect(topic.publish("b") == ["store [2] in e1"])
    #expect(topic.stored() == ["b stored as 2 in e1", "deliver 2", "store ended"])
  }

  @Test func `delivers nothing again that was delivered before a failed write`() throws {
    var topic = try opened(1...3)
    _ = topic.publish("a")
    _ = topic.storeFailed()
    _ = topic.load()
    #expect(topic.loaded(1...3) == ["opened"])
  }

  @Test func `does not bring back events that were forgotten during their write`() throws {
    var topic = try opened(1...3)
    _ = topic.publish("a")
    #expect(topic.forgetHistory() == 4 && topic.state.isStoring(through: 4))
    _ = topic.stored()
    #expect(!topic.state.isStoring(through: 4))
    let reply = try topic.subscribe(guest, 2, since: 1).reply
    #expect(reply.recovery == .failed(.tooOld) && reply.position.offset == 4)
  }

  @Test func `gives a newcomer what it has missed`() throws {
    var topic = try opened(1...5)
    let reply = try topic.subscribe(guest, 2, since: 3).reply
    #expect(reply.recovery == .complete && reply.events.map(\.offset) == [4, 5])
  }

  @Test func `is idle without subscribers, since its history can be read again`() throws {
    var topic = try opened(1...5)
    _ = topic.unsubscribe(1)
    #expect(topic.state.isIdle(at: topic.now))
    _ = topic.publish("a")
    #expect(!topic.state.isIdle(at: topic.now))
    _ = topic.stored()
    #expect(topic.state.isIdle(at: topic.now))
  }
}

@Suite struct `The state of a busy topic` {
  private func followed() throws -> TopicScript {
    var topic = TopicScript(rules(gather: 100))
    topic.now = 10_000_030
    _ = try topic.subscribe(guest, 1)
    return topic
  }

  @Test func `sends the first event at once, and those that follow soon together`() throws {
    var topic = try followed()
    #expect(topic.publish("a") == ["a stored as 1 in e1", "deliver 1"])
    topic.now += 10
    #expect(topic.publish("b") == ["b stored as 2 in e1", "gather 60"])
    #expect(topic.publish("c") == ["c stored as 3 in e1"])
    topic.now += 60
    #expect(topic.sendGathered() == ["deliver 2", "deliver 3"])
    #expect(topic.sendGathered() == [])
    topic.now += 99
    #expect(topic.publish("d") == ["d stored as 4 in e1", "gather 1"])
  }

  @Test func `sends what waits before a newcomer comes in`() throws {
    var topic = try followed()
    for id in ["a", "b"] { _ = topic.publish(id) }
    let newcomer = try topic.subscribe(guest, 2)
    #expect(newcomer.effects.first == "deliver 2" && newcomer.reply.position.offset == 2)
  }

  @Test func `sends as many as make a long frame without waiting`() throws {
    var topic = try followed()
    for number in 0..<256 { _ = topic.publish("\(number)") }
    let effects = topic.publish("last")
    #expect(effects.count == 257 && effects.last == "deliver 257")
  }

  @Test func `gathers nothing where nobody follows it`() {
    var topic = TopicScript(rules(gather: 100))
    for id in ["a", "b"] { #expect(topic.publish(id).count == 2) }
  }
}

@Suite struct `The members of a topic` {
  private let li = Identity(account: 1, name: "Li", roles: [])
  private let wang = Identity(account: 2, name: "Wang", roles: [])

  private func topic(maxMembers: Int? = nil) -> TopicScript {
    var rules = rules()
    rules.presence = true
    rules.maxMembers = maxMembers
    return TopicScript(rules)
  }

  @Test func `are reported when they come and when they are gone for good`() throws {
    var topic = topic()
    #expect(try topic.subscribe(li, 1).effects == ["u1 joined"])
    #expect(try topic.subscribe(li, 2, worker: 3).effects == [])
    #expect(Array(topic.state.subscribers.workers) == [0, 3])
    #expect(topic.unsubscribe(1, .goingAway) == [])
    #expect(topic.unsubscribe(2, worker: 3, .bye) == [])
    topic.now += 5000
    #expect(topic.presenceDue() == ["u1 left: closed", "presence +0 ~0 -1"])
  }

  @Test func `are shown to the others after a moment`() throws {
    var topic = topic()
    _ = try topic.subscribe(li, 1)
    #expect(topic.presenceDue() == [])
    topic.now += 250
    #expect(topic.presenceDue() == ["presence +1 ~0 -0"])
    let page = try #require(try topic.subscribe(wang, 2).reply.presence)
    // Presence is reckoned by one clock and shown by the other.
    #expect(page.total == 2 && page.members?.map(\.since) == [topic.now - 250, topic.now])
  }

  @Test func `have room for so many users and no more`() throws {
    var topic = topic(maxMembers: 2)
    _ = try topic.subscribe(li, 1)
    _ = try topic.subscribe(wang, 2)
    _ = try topic.subscribe(li, 3)
    let third = Identity(account: 3, name: "", roles: [])
    #expect(throws: TopicRefusal.full) { try topic.subscribe(third, 4) }
    _ = topic.unsubscribe(2)
    #expect(try topic.subscribe(third, 5).effects == ["u3 joined"])
  }

  @Test func `are removed with all connections`() throws {
    var topic = topic()
    _ = try topic.subscribe(li, 1)
    _ = try topic.subscribe(li, 2)
    #expect(topic.remove("u1") == ["u1 left: removed", "remove u1 [1, 2]"])
    #expect(topic.state.subscribers.total == 2)
  }

  @Test func `of before a restart are waited for, and new to the owner when they return`() throws {
    var topic = topic()
    #expect(topic.expect(li, within: 60_000) == ["u1 expected"])
    #expect(topic.expect(wang, within: 60_000) == ["u2 expected"])
    #expect(try topic.subscribe(li, 1).effects == ["u1 joined"])
    topic.now += 60_000
    #expect(topic.presenceDue().first == "u2 left: timeout")
  }

  @Test func `that were drained have as long as they were told to come back`() throws {
    var topic = topic()
    _ = try topic.subscribe(li, 1)
    #expect(topic.unsubscribe(1, .drained, drain: 90_000) == [])
    topic.now += 89_999
    #expect(topic.presenceDue().contains("u1 left: timeout") == false)
    topic.now += 1
    #expect(topic.presenceDue().contains("u1 left: timeout"))
  }

  @Test func `are not known where there is no presence, but that somebody is there`() throws {
    var topic = TopicScript(rules())
    #expect(try topic.subscribe(li, 1).effects == ["occupied"])
    #expect(try topic.subscribe(wang, 2, worker: 1).effects == [])
    #expect(topic.unsubscribe(1) == [] && topic.unsubscribe(2, worker: 1) == ["vacated"])
  }
}

@Suite struct `The subscribers of each worker` {
  @Test func `ignore one that was never counted`() {
    var counts = WorkerCounts(workers: 2)
    counts.add(0)
    counts.remove(1)
    counts.remove(7)
    #expect(counts.total == 1 && Array(counts.workers) == [0])
  }
}
