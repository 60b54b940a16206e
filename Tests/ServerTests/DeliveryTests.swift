import JSON
import Limits
import Loop
import PluginKit
import Rig
import Testing

@testable import HubCore
@testable import HubProtocol
@testable import HubTopics

/// Many events at once, to subscribers of every kind.
@Suite(.timeLimit(.minutes(3))) struct DeliveryTests {
  private static let crowd = 12
  private static let burst = 60

  private func say(_ numbers: Range<Int>, _ topic: String, _ wire: Wire) async throws {
    var bytes: [UInt8] = []
    for number in numbers {
      let frame: JSONValue = [
        "type": "publish", "topic": .string(topic), "data": ["n": .int(Int64(number))],
      ]
      bytes += Wire.frame(1, frame.encoded())
    }
    try await wire.send(bytes)
  }

  private func hears(_ numbers: Range<Int>, _ wire: Wire) async throws -> Bool {
    for number in numbers {
      let event = try await wire.hear("event")
      guard event["data"]?["data"]?["n"]?.int == number else { return false }
    }
    return true
  }

  @Test(arguments: TestServer.workers, ["lab.room.crowd", "lab.log.crowd", "lab.state.crowd"])
  func `what is published in one go reaches everybody, whole and in order`(
    workers: Int, topic: String
  ) async throws {
    try await TestServer.run(workers: workers) { server in
      var readers: [Wire] = []
      for number in 0..<Self.crowd {
        let reader = try await server.client("s_\(number)")
        try await reader.subscribe(topic)
        readers.append(reader)
      }
      try await say(0..<Self.burst, topic, readers[0])
      for reader in readers { #expect(try await hears(0..<Self.burst, reader)) }
      let counters = await server.server.statistics().counters
      #expect(counters["events_delivered_total"] == Self.crowd * Self.burst)
    }
  }

  @Test(arguments: TestServer.workers)
  func `who comes in the middle of it misses nothing and hears nothing twice`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      let topic = "lab.room.busy"
      let speaker = try await server.client("s_speaker")
      try await speaker.subscribe(topic)
      for round in 0..<5 {
        try await say(round * 10..<round * 10 + 10, topic, speaker)
        let newcomer = try await server.client("s_new")
        let answer = try await newcomer.subscribe(topic)
        var next = (answer["offset"]?.int ?? 0) + 1
        try await say(round..<round + 1, topic, speaker)
        let last = (round + 1) * 11
        while next <= last {
          #expect(try await newcomer.hear("event")["offset"]?.int == next)
          next += 1
        }
        for _ in 0..<11 { _ = try await speaker.hear("event") }
        await newcomer.drop()
      }
    }
  }

  @Test func `who goes and comes back between two events of one turn is sent the second alone`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let topic: JSONValue = "lab.strict.t"
      let going = try await server.client("s_going")
      let staying = try await server.client("s_staying")
      for wire in [going, staying] { try await wire.subscribe("lab.strict.t") }
      let frames: [JSONValue] = [
        ["type": "publish", "topic": topic, "data": ["word": "a"]],
        ["type": "unsubscribe", "topic": topic], ["type": "subscribe", "id": 1, "topic": topic],
        ["type": "publish", "topic": topic, "data": ["word": "b"]],
      ]
      try await going.send(frames.flatMap { Wire.frame(1, $0.encoded()) })
      #expect(try await going.hear("subscribed")["offset"] == 1)
      #expect(try await going.hear()["data"]?["word"] == "b")
      #expect(try await staying.hear("event")["data"]?["word"] == "a")
      #expect(try await staying.hear("event")["data"]?["word"] == "b")
    }
  }

  @Test func `what one user is told alone comes behind what everybody was told before`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let topic = try #require(TopicName("lab.room.w"))
      let wire = try await server.client("s_one", token: try await server.token(for: "li"))
      let other = try await server.client("s_two")
      for wire in [wire, other] { try await wire.subscribe("lab.room.w") }
      await server.server.workers[0].publish(
        Event("aloud", [:]), then: Event("alone", [:]), to: "u1", in: topic)
      #expect(try await wire.hear()["data"]?["event"] == "aloud")
      let alone = try await wire.hear()
      #expect(alone["data"]?["event"] == "alone" && alone["offset"] == nil)
      #expect(try await other.hear()["data"]?["event"] == "aloud")
      try await other.say(["type": "ping", "ts": 1])
      #expect(try await other.hear()["type"] == "pong")
    }
  }

  @Test func `a plugin may tell one user something while an event is on its way to a crowd`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      var crowd: [Wire] = []
      for number in 0..<Self.crowd {
        let wire = try await server.client("s_\(number)")
        try await wire.subscribe("lab.room.w")
        crowd.append(wire)
      }
      let frames: [JSONValue] = [
        ["type": "publish", "topic": "lab.room.w", "data": ["n": 1]],
        ["type": "lab.whisper", "id": 1, "topic": "lab.room.w"],
      ]
      try await crowd[0].send(frames.flatMap { Wire.frame(1, $0.encoded()) })
      for wire in crowd { #expect(try await wire.hear("event")["offset"] == 1) }
      #expect(try await crowd[0].hear("event")["data"]?["event"] == "alone")
    }
  }

  /// A client that reads compressed messages, with a window of its own.
  private func deflating(
    _ offer: String, _ topic: String, _ server: TestServer, _ data: JSONValue = [:]
  ) async throws -> Wire {
    let wire = try await server.wire()
    try await wire.upgrade("/ws", headers: [("Sec-WebSocket-Extensions", offer)])
    try await wire.say(["type": "hello"])
    _ = try await wire.hear("welcome")
    try await wire.subscribe(topic, data)
    return wire
  }

  private static let narrow = "permessage-deflate; server_max_window_bits=9"
  private static let wide = "permessage-deflate"

  @Test(arguments: [(100, true), (300, false)])
  func `what is compressed begins where the configuration says`(minimum: Int, isPacked: Bool)
    async throws
  {
    try await TestServer.run(workers: 1, limits: .with(\.compressionMinimum, minimum)) { server in
      let wire = try await deflating(Self.wide, "lab.room.d", server)
      let text = String(repeating: "so be it. ", count: 12)
      try await server.hub.publish(Event("n", ["t": .string(text)]), to: "lab.room.d")
      #expect(try await wire.frame().isCompressed == isPacked)
    }
  }

  @Test(arguments: [1, 3])
  func `nobody is sent more compression than it can read`(count: Int) async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let topic = "lab.busy.d"
      let narrow = try await deflating(Self.narrow, topic, server)
      let narrowBatches = try await deflating(Self.narrow, topic, server, ["batch": true])
      let wide = try await deflating(Self.wide, topic, server)
      let wideBatches = try await deflating(Self.wide, topic, server, ["batch": true])
      for isSecret in [false, true] {
        await server.pass(1)
        // The first goes out alone, and the others wait for each other.
        try await server.hub.publish(Event("n", [:]), to: Topic(topic))
        for number in 1...count {
          let text = String(repeating: "so be it \(number). ", count: 100)
          var event = Event("n", ["t": .string(text)])
          event.isSecret = isSecret
          try await server.hub.publish(event, to: Topic(topic))
        }
        await server.pass(0.2, step: 20)
        for wire in [narrow, narrowBatches, wide, wideBatches] {
          #expect(try await wire.frame().isCompressed == false)
        }
        for _ in 1...count { #expect(try await narrow.frame().isCompressed == false) }
        for _ in 1...count { #expect(try await wide.frame().isCompressed == !isSecret) }
        #expect(try await narrowBatches.frame().isCompressed == false)
        #expect(try await wideBatches.frame().isCompressed == !isSecret)
      }
    }
  }

  @Test(arguments: TestServer.workers)
  func `an answer comes before what happened behind it, in a crowd too`(workers: Int) async throws {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let topic = "lab.room.crowd"
      var readers: [Wire] = []
      for number in 0..<Self.crowd {
        let reader = try await server.client("s_\(number)")
        try await reader.subscribe(topic)
        readers.append(reader)
      }
      // All at once, so that answers and events are owed in the same turn.
      for round in 0..<20 {
        let speaker = readers[round % Self.crowd]
        let ping: JSONValue = ["type": "ping", "ts": .int(Int64(round))]
        let publish: JSONValue = [
          "type": "publish", "topic": .string(topic), "data": ["n": .int(Int64(round))],
        ]
        try await speaker.send(
          Wire.frame(1, ping.encoded()) + Wire.frame(1, publish.encoded()))
        #expect(try await speaker.hear()["type"] == "pong")
        for reader in readers {
          #expect(try await reader.hear("event")["data"]?["data"]?["n"]?.int == round)
        }
      }
    }
  }
}

extension Worker {
  /// Publishes an event, and sends another one to a single user within the same turn.
  fileprivate func publish(_ event: Event, then direct: Event, to user: String, in topic: TopicName)
  {
    let request = PublishRequest(
      topic: topic, content: .event(event), key: nil, sender: .nobody)
    topicHomes.publish(request, on: self)
    deliverDirectly(direct, to: user, in: topic)
  }
}
