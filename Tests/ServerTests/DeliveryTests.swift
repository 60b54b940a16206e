import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// Many events at once, to subscribers of every kind.
@Suite(.timeLimit(.minutes(1))) struct DeliveryTests {
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
}
