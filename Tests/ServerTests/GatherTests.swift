import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// Topics whose events go out together when many come at once.
@Suite(.timeLimit(.minutes(3))) struct GatherTests {
  private func happen(_ numbers: ClosedRange<Int>, _ server: TestServer) async throws {
    for number in numbers {
      try await server.hub.publish(Event("n", ["n": .init(number)]), to: "lab.busy.x")
    }
    await server.settle()
  }

  private func numbers(_ frames: JSONValue?) -> [Int?] {
    frames?.array?.map { $0["data"]?["n"]?.int } ?? []
  }

  @Test(arguments: TestServer.workers)
  func `the first goes out at once and what follows in one frame`(workers: Int) async throws {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let batches = try await server.client()
      let single = try await server.client()
      try await batches.subscribe("lab.busy.x", ["batch": true])
      try await single.subscribe("lab.busy.x")
      await server.pass(1)
      try await happen(1...5, server)
      #expect(try await batches.hear()["data"]?["n"] == 1)
      #expect(try await single.hear()["data"]?["n"] == 1)
      await server.pass(0.2, step: 20)
      let frame = try await batches.hear()
      #expect(frame["type"] == "events" && frame["topic"] == "lab.busy.x")
      let events = frame["data"]?["events"]
      #expect(numbers(events) == [2, 3, 4, 5])
      #expect(events?.array?.map { $0["offset"]?.int } == [2, 3, 4, 5])
      // Whoever did not ask for it sees nothing of it.
      for number in 2...5 {
        let event = try await single.hear()
        #expect(event["type"] == "event" && event["data"]?["n"]?.int == number)
        #expect(event["offset"]?.int == number)
      }
      // It is quiet again: the next one does not wait.
      await server.pass(1)
      try await happen(6...6, server)
      #expect(try await batches.hear()["data"]?["n"] == 6)
      #expect(try await single.hear()["data"]?["n"] == 6)
    }
  }

  @Test(arguments: TestServer.workers)
  func `announcements come in their order, wherever the topic is at home`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client()
      let topics = (0..<5).map { "lab.room.\($0)" }
      for topic in topics { try await wire.subscribe(topic) }
      for number in 1...50 {
        // Nobody is in the last one, and nothing owns the other.
        await server.hub.announce(
          Event("n", ["n": .init(number)]),
          to: topics.map { Topic($0) } + ["lab.small.nobody", "nobody.owns.this"])
      }
      var next = Dictionary(uniqueKeysWithValues: topics.map { ($0, 1) })
      while next.values.contains(where: { $0 <= 50 }) {
        let event = try await wire.hear("event")
        let topic = try #require(event["topic"]?.string)
        #expect(event["data"]?["n"]?.int == next[topic] && event["offset"]?.int == next[topic])
        next[topic, default: 0] += 1
      }
    }
  }

  @Test(arguments: TestServer.workers)
  func `what the owner says to a coming is heard by who has come`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      for number in 0..<8 {
        let wire = try await server.client("s_\(number)")
        let answer = try await wire.subscribe("lab.greeting.\(number)")
        let event = try await wire.hear("event")
        #expect(event["data"]?["event"] == "greeting")
        #expect(event["offset"]?.int == (answer["offset"]?.int ?? 0) + 1)
      }
    }
  }

  @Test func `who comes meanwhile sees everything once`() async throws {
    try await TestServer.run(workers: 2, time: ManualTime()) { server in
      let first = try await server.client()
      try await first.subscribe("lab.busy.x", ["batch": true])
      await server.pass(1)
      try await happen(1...3, server)
      #expect(try await first.hear()["data"]?["n"] == 1)
      let late = try await server.client()
      let answer = try await late.subscribe(
        "lab.busy.x", ["batch": true, "recover": ["offset": 0, "epoch": "none"]])
      #expect(answer["offset"] == 3)
      #expect(numbers(try await first.hear()["data"]?["events"]) == [2, 3])
      try await happen(4...5, server)
      await server.pass(0.2, step: 20)
      for wire in [first, late] {
        #expect(numbers(try await wire.hear()["data"]?["events"]) == [4, 5])
      }
    }
  }

  @Test func `what has gathered is in the history already`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await server.client()
      try await wire.subscribe("lab.busy.x", ["batch": true])
      await server.pass(1)
      try await happen(1...4, server)
      _ = try await wire.hear("event")
      try await wire.say([
        "type": "history", "id": 7, "topic": "lab.busy.x", "data": ["limit": 10],
      ])
      let answer = try await wire.hear("history")
      #expect(numbers(answer["data"]?["events"]) == [1, 2, 3, 4])
    }
  }

  @Test func `many are sent before their time`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await server.client()
      try await wire.subscribe("lab.busy.x", ["batch": true])
      await server.pass(1)
      try await happen(1...300, server)
      _ = try await wire.hear("event")
      #expect(numbers(try await wire.hear("events")["data"]?["events"]) == Array(2...257))
      await server.pass(0.2, step: 20)
      #expect(numbers(try await wire.hear("events")["data"]?["events"]) == Array(258...300))
    }
  }
}
