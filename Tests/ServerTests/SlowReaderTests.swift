import JSON
import Loop
import PluginKit
import Rig
import Testing

@testable import HubCore

/// Readers that are slow or do not read at all, and sending everybody away.
@Suite(.timeLimit(.minutes(3))) struct SlowReaderTests {
  private func publish(_ server: TestServer, _ topic: Topic, _ numbers: ClosedRange<Int>)
    async throws
  {
    let text = String(repeating: "long and different \(numbers.count) ", count: 400)
    for number in numbers {
      try await server.hub.publish(
        Event("n", ["n": .int(Int64(number)), "t": .string(text)]), to: topic)
    }
  }

  @Test(arguments: TestServer.workers)
  func `who does not read is closed, and recovers everything; others notice nothing`(workers: Int)
    async throws
  {
    // The reader that was closed stays away for as long as this machine takes to publish all.
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let slow = try await server.client("s_slow")
      let quick = try await server.client("s_quick")
      let epoch = try await slow.subscribe("lab.log.flood")["epoch"] ?? .null
      try await quick.subscribe("lab.log.flood")
      // With so many, what is sent to all of them goes to the kernel together.
      var crowd: [Wire] = []
      for number in 0..<4 {
        let wire = try await server.client("s_\(number)")
        try await wire.subscribe("lab.log.flood")
        crowd.append(wire)
      }
      await slow.stopReading()
      let last = 1000
      for number in 1...last {
        try await publish(server, "lab.log.flood", number...number)
        #expect(try await quick.hear("event")["offset"]?.int == number)
      }
      #expect(await server.server.statistics().counters["slow_consumers_closed_total"] == 1)
      for wire in crowd { #expect(await !wire.hasEnded) }
      await slow.startReading()
      var seen = 0
      while true {
        let frame = try await slow.frame()
        if let code = frame.code {
          #expect(code == 4103)
          break
        }
        let event = try JSONValue(parsing: frame.payload)
        #expect(event["offset"]?.int == seen + 1)
        seen += 1
      }
      #expect(seen < last)
      let back = try await server.client("s_slow")
      var rest: [Int] = []
      let from = max(seen, last - 300)
      let answer = try await back.subscribe(
        "lab.log.flood", ["recover": ["offset": .int(Int64(from)), "epoch": epoch]])
      for event in answer["data"]?["events"]?.array ?? [] {
        rest.append(event["offset"]?.int ?? 0)
      }
      #expect(rest == Array((from + 1)...last))
    }
  }

  @Test(arguments: TestServer.workers)
  func `who stops reading is closed after ten seconds though nothing new is due to it`(
    workers: Int
  ) async throws {
    try await TestServer.run(workers: workers, time: ManualTime()) { server in
      let slow = try await server.client("s_slow")
      try await slow.subscribe("lab.log.stall")
      await slow.stopReading()
      try await server.until {
        try await publish(server, "lab.log.stall", 1...20)
        return await server.isOwing
      }
      // It says that it is alive, all the time.
      for second in 1...9 {
        try await slow.say(["type": "ping", "ts": .int(Int64(second))])
        await server.pass(1)
      }
      let closed = "slow_consumers_closed_total"
      #expect(await server.server.statistics().counters[closed] == 0)
      await server.pass(3)
      #expect(await server.server.statistics().counters[closed] == 1)
      await slow.startReading()
      #expect(try await slow.closeCode() == 4103)
    }
  }

  @Test func `in a topic of states a slow reader gets the newest and is not closed`() async throws {
    try await TestServer.run(workers: 1) { server in
      let slow = try await server.client()
      try await slow.subscribe("lab.state.s")
      await slow.stopReading()
      try await publish(server, "lab.state.s", 1...2000)
      await slow.startReading()
      var last = 0
      var count = 0
      while last < 2000 {
        last = try await slow.hear("event")["data"]?["n"]?.int ?? 0
        count += 1
      }
      #expect(count < 2000)
      #expect(await server.server.statistics().counters["slow_consumers_closed_total"] == 0)
    }
  }

  @Test(arguments: TestServer.workers)
  func `going down, everybody is told, gets what is due and may come back`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      var wires: [Wire] = []
      for number in 0..<8 { wires.append(try await server.client("s_\(number)")) }
      for wire in wires { try await wire.subscribe("lab.room.d") }
      let idle = try await server.wire()
      #expect(try await idle.call("GET", "/ready").status == 200)
      try await server.hub.publish(Event("last"), to: "lab.room.d")
      async let drained: Void = server.server.drain(seconds: 10)
      for wire in wires {
        #expect(try await wire.hear()["data"]?["event"] == "last")
        let goodbye = try await wire.hear("goodbye")
        #expect(goodbye["data"]?["code"] == 4200)
        #expect(goodbye["data"]?["reconnect"] == true)
        #expect(goodbye["data"]?["window_ms"]?.int != nil)
        #expect(try await wire.closeCode() == 4200)
        try await wire.sendClose(4200)
        #expect(try await wire.rest().isEmpty)
      }
      _ = try await idle.rest()
      await drained
      #expect(await server.server.statistics().connections == 0)
    }
  }

  @Test(arguments: TestServer.workers)
  func `who comes while it goes down is refused, and does not keep it up`(workers: Int)
    async throws
  {
    try await TestServer.run(workers: workers) { server in
      let here = try await server.client()
      let start = ContinuousClock.now
      async let drained: Void = server.server.drain(seconds: 20)
      #expect(try await here.closeCode() == 4200)
      // Somebody is always at the door.
      var guest = try? await server.wire()
      await here.drop()
      while let known = guest {
        guest = try? await server.wire()
        await known.drop()
      }
      await drained
      #expect(ContinuousClock.now - start < .seconds(18))
    }
  }
}

extension TestServer {
  /// Is anybody owed something that the kernel has no room for?
  fileprivate var isOwing: Bool {
    get async {
      for worker in server.workers where await worker.isOwing { return true }
      return false
    }
  }
}

extension Worker {
  fileprivate var isOwing: Bool { transport.all.contains { $0.isWaitingToWrite } }
}
