import JSON
import Rig
import Testing

@testable import muster_bench

extension Trials {
  /// Some in a busy room stop reading, while others read on.
  @Suite struct SlowReaderTrialTests {
    private static let slow = Trial.pick(short: 2, long: 6)
    private static let settings = [
      "limits.publishes_per_second=0", "limits.frames_per_second=0", "history.recover=500",
    ]

    /// What a stretch of events cost.
    private struct Measure {
      var latency = Histogram()
      /// Bytes by which the server's memory grew at most.
      var growth = 0
    }

    @Test(.timeLimit(.minutes(10)))
    func `who stops reading costs a mebibyte and misses nothing, and others do not wait`()
      async throws
    {
      let people = ["speaker", "one", "two", "slow"]
      try await RealServer.run(SlowReaderTrialTests.settings, people: people) { server, tokens in
        var calm = Measure()
        var busy = Measure()
        // In turns, so that the machine's own moods meet both. The first turn warms up.
        for turn in 0...Trial.pick(short: 1, long: 6) {
          let rooms = ["chat.room.calm-\(turn)", "chat.room.busy-\(turn)"]
          let here = try await Room.open(rooms[0], at: server, tokens)
          let one = try await measure(here, server)
          await here.leave()
          let there = try await Room.open(
            rooms[1], at: server, tokens, slow: SlowReaderTrialTests.slow)
          for wire in there.slow { await wire.stopReading() }
          let other = try await measure(there, server)
          for wire in there.slow { try await catchUp(wire, there, server, tokens[3]) }
          await there.leave()
          guard turn > 0 else { continue }
          calm.latency.merge(one.latency)
          busy.latency.merge(other.latency)
          calm.growth = max(calm.growth, one.growth)
          busy.growth = max(busy.growth, other.growth)
        }
        compare(calm, busy)
      }
    }

    private func measure(_ room: Room, _ server: RealServer) async throws -> Measure {
      var measure = Measure()
      let process = await server.process ?? 0
      let before = ProcessFigures(of: process)?.memory ?? 0
      for number in 1...Room.events {
        let start = ContinuousClock.now
        try await room.say(number)
        for reader in room.readers {
          try await room.hear(number, reader)
          measure.latency.add(UInt64((ContinuousClock.now - start) / .nanoseconds(1)))
        }
        guard number % 10 == 0, let now = ProcessFigures(of: process)?.memory else { continue }
        measure.growth = max(measure.growth, now - before)
      }
      return measure
    }

    /// What was sent before the end, the end, and the rest by the position reached.
    private func catchUp(
      _ wire: Wire, _ room: Room, _ server: RealServer, _ token: String
    ) async throws {
      await wire.startReading()
      var last = room.offset
      while true {
        let frame = try await wire.frame()
        if let code = frame.code {
          #expect(code == 4103)
          break
        }
        guard let offset = frame.offset else { continue }
        #expect(offset == last + 1)
        last = offset
      }
      await wire.drop()
      let back = try await Wire.connect(server.address)
      try await back.enter(token: token)
      let answer = try await back.subscribe(
        room.topic, ["recover": ["offset": .init(last), "epoch": .string(room.epoch)]])
      #expect(answer["data"]?["recovered"] == true)
      let events = answer["data"]?["events"]?.array ?? []
      let end = answer["offset"]?.int ?? 0
      #expect(!events.isEmpty && events.compactMap { $0["offset"]?.int } == Array(last + 1...end))
      #expect(events.contains { $0["data"]?["msg"]?.string?.hasPrefix("#\(Room.events) ") == true })
      await back.drop()
    }

    private func compare(_ calm: Measure, _ busy: Measure) {
      func figures(_ measure: Measure) -> String {
        let (half, most) = (
          measure.latency.microseconds(at: 0.5), measure.latency.microseconds(at: 0.99)
        )
        return "p50 \(Int(half)) µs, p99 \(Int(most)) µs, +\(measure.growth >> 10) KiB"
      }
      print("slow reader trial: \(figures(calm)); with slow readers \(figures(busy))")
      // Which of two rooms finds memory that another has left is chance: that is worth a history.
      let chance = Room.events * (16 << 10)
      #expect(busy.growth - calm.growth <= (SlowReaderTrialTests.slow << 20) + chance)
      let half = (calm.latency.microseconds(at: 0.5), busy.latency.microseconds(at: 0.5))
      #expect(half.1 <= half.0 * 1.25 + 500)
      let most = (calm.latency.microseconds(at: 0.99), busy.latency.microseconds(at: 0.99))
      #expect(most.1 <= most.0 * 2 + 20_000)
    }
  }
}

/// A room with somebody who speaks, two who listen and some who are about to stop.
private struct Room: Sendable {
  /// More than the kernel and the server keep for one who does not read (4 MiB and 1), and fewer
  /// than a room remembers.
  static let events = 450
  private static let filler = String(repeating: "𠀀", count: 4000)

  let topic: String
  let speaker: Wire
  let readers: [Wire]
  let slow: [Wire]
  /// Where the room stood when the last one had come.
  let offset: Int
  let epoch: String

  static func open(
    _ topic: String, at server: RealServer, _ tokens: [String], slow: Int = 0
  ) async throws -> Room {
    func come(_ token: String) async throws -> (Wire, JSONValue) {
      let wire = try await Wire.connect(server.address)
      try await wire.enter(token: token)
      return (wire, try await wire.subscribe(topic))
    }
    let speaker = try await come(tokens[0]).0
    let readers = [try await come(tokens[1]).0, try await come(tokens[2]).0]
    var others: [(wire: Wire, answer: JSONValue)] = []
    for _ in 0..<slow { others.append(try await come(tokens[3])) }
    // Let what is told of those who came be over: the place where the slow ones begin.
    try await Task.sleep(for: .milliseconds(400))
    let (last, answer) = try await come(tokens[3])
    await last.drop()
    let offset = answer["offset"]?.int ?? 0
    for (wire, first) in others where first["offset"]?.int != offset {
      try await wire.flushes(offset)
    }
    return Room(
      topic: topic, speaker: speaker, readers: readers, slow: others.map(\.wire),
      offset: offset, epoch: answer["epoch"]?.string ?? "")
  }

  func say(_ number: Int) async throws {
    let text = "#\(number) \(Room.filler)"
    try await speaker.say(
      #"{"type":"publish","id":"\#(number)","topic":"\#(topic)","data":{"msg":"\#(text)"}}"#)
    while true {
      let frame = try await speaker.frame()
      if frame.start.contains(#""re":"\#(number)""#) { return }
    }
  }

  func hear(_ number: Int, _ reader: Wire) async throws {
    while true {
      if try await reader.frame().start.contains("\"msg\":\"#\(number) ") { return }
    }
  }

  func leave() async {
    for wire in [speaker] + readers + slow { await wire.drop() }
  }
}

extension Wire {
  /// Passes over everything up to an offset.
  nonisolated func flushes(_ offset: Int) async throws {
    while try await frame().offset ?? 0 < offset {}
  }
}

extension RawFrame {
  /// Where everything but a long text stands. To read all of it would take longer than to send it.
  var start: String { String(decoding: payload.prefix(400), as: UTF8.self) }

  /// The offset of an event.
  var offset: Int? {
    guard let mark = start.firstRange(of: "\"offset\":") else { return nil }
    return Int(start[mark.upperBound...].prefix { $0.isNumber })
  }
}
