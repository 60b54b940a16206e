import Storage
import Testing

@Suite struct StoreMetricsTests {
  @Test func `times fall into buckets that double`() {
    var times = LatencyHistogram()
    for microseconds in [0, 1, 2, 3, 4, 5, 1_000_000, 100_000_000] {
      times.record(.microseconds(microseconds))
    }
    #expect(times.counts[0...3] == [2, 1, 2, 1])
    #expect(times.counts[20] == 1)
    #expect(times.counts[23] == 1)
    #expect(times.count == 8)
    #expect(times.total == .microseconds(101_000_015))
  }

  @Test func `a quantile is the end of its bucket`() {
    var times = LatencyHistogram()
    #expect(times.quantile(0.5) == .zero)
    for _ in 0..<99 { times.record(.microseconds(10)) }
    times.record(.milliseconds(3))
    #expect(times.quantile(0.5) == .microseconds(16))
    #expect(times.quantile(0.99) == .microseconds(16))
    #expect(times.quantile(1) == .microseconds(4096))
  }

  @Test func `the parts of a store add up`() {
    var one = StoreMetrics()
    one.writes = 3
    one.largestGroup = 7
    one.writeTime.record(.microseconds(1))
    var two = one
    two.largestGroup = 5
    two.add(one)
    #expect(two.writes == 6)
    #expect(two.largestGroup == 7)
    #expect(two.writeTime.count == 2)
  }
}
