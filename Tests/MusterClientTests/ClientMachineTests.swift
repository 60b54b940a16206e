import JSON
import Testing
import WebSocket

@testable import MusterClient

/// Stories of a client, told with a clock that is turned by hand.
@Suite struct ClientMachineTests {
  private func machine() -> ClientMachine {
    ClientMachine(session: "s_1", client: "test/1", queue: 10, random: { $0 })
  }

  /// Brings a machine to where it is welcomed at `now`.
  private func welcomed(_ machine: inout ClientMachine, _ now: Int64) {
    machine.connect(now)
    machine.tokenReady(.success("token"), now)
    machine.opened(now)
    let hello = machine.requests.first { $0.value == .hello }?.key ?? 0
    machine.received(
      [
        "type": "welcome", "re": .int(Int64(hello)),
        "data": ["reconnect_window_ms": 8000, "ping_ms": 10_000, "timeout_ms": 60_000],
      ], now)
    _ = machine.takeEffects()
  }

  private func sent(_ effects: [ClientMachine.Effect]) -> [JSONValue] {
    effects.compactMap { if case .send(let frame) = $0 { frame } else { nil } }
  }

  @Test func `what was not acknowledged is sent again with the same id`() {
    var machine = machine()
    welcomed(&machine, 0)
    machine.publish("a-1", "chat.room.x", ["msg": "hi"], 10)
    let first = sent(machine.takeEffects())
    machine.ended(.abnormal, 20)
    _ = machine.takeEffects()
    machine.tick(8020)
    machine.tokenReady(.success(nil), 8020)
    machine.opened(8020)
    let number = machine.requests.first { $0.value == .hello }?.key ?? 0
    _ = machine.takeEffects()
    machine.received(["type": "welcome", "re": .int(Int64(number)), "data": [:]], 8030)
    let again = sent(machine.takeEffects())
    #expect(first == again)
    machine.received(["type": "ack", "re": "a-1", "offset": 7, "epoch": "e"], 8040)
    let effects = machine.takeEffects()
    #expect(effects == [.published("a-1", .success(TopicPosition(offset: 7, epoch: "e")))])
  }

  @Test func `a topic is asked for again from where it was`() {
    var machine = machine()
    welcomed(&machine, 0)
    let isNew = machine.subscribe("t.a", presence: false, from: nil, 0)
    #expect(isNew)
    let number = machine.requests.first { $0.value == .subscribe("t.a") }?.key ?? 0
    machine.received(
      ["type": "subscribed", "re": .int(Int64(number)), "offset": 5, "epoch": "e", "data": [:]], 1)
    machine.received(["type": "event", "topic": "t.a", "offset": 6, "ts": 1, "data": [:]], 2)
    machine.received(["type": "event", "topic": "t.a", "offset": 6, "ts": 1, "data": [:]], 3)
    let events = machine.takeEffects().filter {
      if case .tell(_, .event) = $0 { true } else { false }
    }
    #expect(events.count == 1)
    machine.ended(.shutdown, 4)
    let wish = machine.topics["t.a"]?.wish
    #expect(wish?["recover"] == ["offset": 6, "epoch": "e"])
  }

  @Test func `events that come in one frame are told one by one`() {
    var machine = machine()
    welcomed(&machine, 0)
    _ = machine.subscribe("t.a", presence: false, from: nil, 0)
    #expect(machine.topics["t.a"]?.wish["batch"] == true)
    let number = machine.requests.first { $0.value == .subscribe("t.a") }?.key ?? 0
    machine.received(
      ["type": "subscribed", "re": .int(Int64(number)), "offset": 5, "epoch": "e", "data": [:]], 1)
    let events: [JSONValue] = (5...8).map {
      ["type": "event", "topic": "t.a", "offset": .int($0), "ts": 1, "data": [:]]
    }
    machine.received(["type": "events", "topic": "t.a", "data": ["events": .array(events)]], 2)
    let told = machine.takeEffects().filter {
      if case .tell(_, .event) = $0 { true } else { false }
    }
    #expect(told.count == 3 && machine.topics["t.a"]?.offset == 8)
  }

  @Test func `a list of members that was refused is asked for again at the next change`() {
    var machine = machine()
    welcomed(&machine, 0)
    _ = machine.subscribe("t.a", presence: true, from: nil, 0)
    let number = machine.requests.first { $0.value == .subscribe("t.a") }?.key ?? 0
    machine.received(
      [
        "type": "subscribed", "re": .int(Int64(number)), "offset": 5, "epoch": "e",
        "data": ["presence": ["rev": 1, "total": 0, "members": []]],
      ], 1)
    func change(_ revision: Int64) -> JSONValue {
      ["type": "presence", "topic": "t.a", "rev": .int(revision), "data": ["total": 1]]
    }
    for revision in Int64(3)...4 {
      _ = machine.takeEffects()
      machine.received(change(revision), 2)
      let asked = sent(machine.takeEffects())
      #expect(asked.map { $0["type"] } == ["presence"])
      machine.received(
        ["type": "error", "re": asked.first?["id"] ?? .null, "data": ["code": 100]], 3)
    }
  }

  @Test func `a change between two pages of members is not lost`() {
    var machine = machine()
    welcomed(&machine, 0)
    _ = machine.subscribe("t.a", presence: true, from: nil, 0)
    _ = machine.takeEffects()
    func page(_ ids: [String], _ revision: Int64, next: JSONValue) -> JSONValue {
      let members = ids.map { JSONValue.object(["id": .string($0), "name": .string($0)]) }
      return [
        "rev": .int(revision), "total": 4, "members": .array(members), "next": next,
      ]
    }
    machine.received(
      ["type": "subscribed", "re": 2, "data": ["presence": page(["b", "c"], 5, next: 9)]], 10)
    machine.received(
      [
        "type": "presence", "topic": "t.a", "rev": 6,
        "data": ["total": 4, "join": [["id": "a", "name": "a"]]],
      ], 20)
    machine.received(
      ["type": "presence", "re": 3, "rev": 6, "data": page(["d"], 6, next: .null)], 30)
    let told = machine.takeEffects().compactMap { effect -> Presence? in
      guard case .tell(_, .presence(let presence)) = effect else { return nil }
      return presence
    }
    #expect(told.last?.members.keys.sorted() == ["a", "b", "c", "d"])
    #expect(told.last?.revision == 6)
  }

  @Test func `a topic that is left and followed again at once goes on`() {
    var machine = machine()
    welcomed(&machine, 0)
    _ = machine.subscribe("t.a", presence: false, from: nil, 0)
    machine.unsubscribe("t.a", 10)
    _ = machine.subscribe("t.a", presence: false, from: nil, 20)
    let asked = sent(machine.takeEffects())
    #expect(asked.map { $0["type"] } == ["subscribe", "unsubscribe", "subscribe"])
    #expect(asked.map { $0["id"] } == [2, 3, 4])
    // The answer to what was given up starts nothing.
    machine.received(["type": "subscribed", "re": 2, "topic": "t.a", "offset": 7], 30)
    #expect(machine.topics["t.a"]?.phase == .asking)
    machine.received(["type": "unsubscribed", "re": 3, "topic": "t.a"], 31)
    machine.received(["type": "subscribed", "re": 4, "topic": "t.a", "offset": 8], 32)
    #expect(machine.topics["t.a"]?.phase == .live)
  }

  @Test func `a silent line is pinged, called stale and given up`() {
    var machine = machine()
    welcomed(&machine, 0)
    machine.tick(10_000)
    let ping = sent(machine.takeEffects()).first
    #expect(ping?["type"] == "ping")
    machine.tick(60_000)
    let isWaiting = if case .waiting = machine.phase { true } else { false }
    #expect(isWaiting)
  }

  @Test func `close says bye and ends everything`() {
    var machine = machine()
    welcomed(&machine, 0)
    machine.publish("a-1", "t.a", [:], 1)
    _ = machine.takeEffects()
    machine.close(2)
    let effects = machine.takeEffects()
    #expect(sent(effects) == [["type": "bye"]])
    #expect(effects.contains(.close(.normal)))
    #expect(effects.contains(.published("a-1", .failure(.closed))))
    #expect(machine.phase == .stopped(.closed))
  }
}
