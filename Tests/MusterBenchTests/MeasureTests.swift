import Glibc
import JSON
import Testing

@testable import muster_bench

@Suite struct `A histogram` {
  @Test func `knows the shares of what it was given within two per cent`() {
    var histogram = Histogram()
    #expect(histogram.microseconds(at: 0.5) == 0)
    for value in 1...10_000 { histogram.add(UInt64(value) * 1000) }
    for (share, exact) in [(0.5, 5000.0), (0.99, 9900), (0.001, 10)] {
      let found = histogram.microseconds(at: share)
      #expect(found <= exact && found > exact * 0.98, "\(share): \(found)")
    }
    #expect(histogram.count == 10_000 && histogram.longest == 10_000_000)
  }

  @Test func `takes the shortest and the longest`() {
    var histogram = Histogram()
    histogram.add(0)
    histogram.add(63)
    #expect(histogram.microseconds(at: 1) == 0.063)
    histogram.add(.max)
    #expect(histogram.longest == .max)
  }
}

@Suite struct `A room` {
  @Test func `lets a publisher go on when everybody has its message`() {
    var room = Room(publishers: 2, subscribers: 3, inFlight: 2)
    #expect(room.publish(0) == 0 && room.publish(0) == 1 && room.publish(0) == nil)
    #expect(room.publish(1) == 0)
    for _ in 0..<2 { room.arrived(0, of: 0) }
    #expect(room.publish(0) == nil)
    room.arrived(0, of: 0)
    #expect(room.due == [1, 1] && room.publish(0) == 2)
    // What nobody waits for changes nothing.
    room.arrived(0, of: 0)
    #expect(room.due == [0, 1])
  }
}

private func outcome(_ cost: Double?) -> Outcome {
  var outcome = Outcome(name: "x", scenario: .echo)
  outcome.messages = 1000
  outcome.seconds = 2
  outcome.processorSeconds = cost.map { $0 / 1000 }
  return outcome
}

@Suite struct `A comparison` {
  @Test func `compares within a round and takes the median of the ratios`() throws {
    var comparison = Comparison(names: ["a", "b"])
    for (own, other) in [(2.0, 4.0), (1, 3), (4, 4)] {
      comparison.rounds.append([outcome(own), outcome(other)])
    }
    comparison.rounds.append([outcome(nil), outcome(1)])
    #expect(comparison.ratios(of: 0) == [2, 3, 1] && comparison.ratios(of: 1) == [1, 1, 1, 1])
    #expect(Comparison.median([]) == nil && Comparison.median([3, 1, 2, 10]) == 2.5)
    let first = try #require(comparison.json.array?.first)
    #expect(first["ratio"]?.double == 2 && first["server_us_each"]?.double == 2)
    #expect(first["per_second"]?.double == 500)
    let lines = comparison.table.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("a ") && lines[0].hasSuffix("p99 µs"))
  }

  @Test func `prints numbers with the places that mean something`() {
    #expect(Table.number(nil) == "-" && Table.number(1234.5) == "1235")
    #expect(Table.number(12.34) == "12.3" && Table.number(1.234) == "1.23")
    #expect(Table.number(0.0364) == "0.036")
  }
}

@Suite struct `A process` {
  @Test func `has used processor time and memory, unless there is none`() throws {
    let own = try #require(ProcessFigures(of: Int32(getpid())))
    #expect(own.processorTime > 0 && own.memory > 1 << 20)
    #expect(ProcessFigures(of: Int32.max) == nil)
  }
}
