import Testing

@testable import Campus

@Suite struct `Free windows of a room` {
  private static let nine = Moment("2020-02-23T09:00:00+08:00")!
  private static let noon = nine + 3 * 3600

  private func at(_ minutes: Int64) -> Moment { Self.nine + minutes * 60 }

  private func windows(_ minutes: Int64, beside busy: [Range<Moment>]) -> [[Int64]] {
    Availability.windows(of: minutes * Moment.minute, in: Self.nine..<Self.noon, beside: busy)
      .map { window in
        [window.lowerBound, window.upperBound].map {
          ($0.microseconds - Self.nine.microseconds) / Moment.minute
        }
      }
  }

  @Test func `begin at the start of a gap, one behind the other`() {
    let busy = [at(60)..<at(100)]
    #expect(windows(45, beside: busy) == [[0, 45], [100, 145]])
    #expect(windows(30, beside: busy) == [[0, 30], [30, 60], [100, 130], [130, 160]])
    #expect(windows(180, beside: busy) == [])
    #expect(windows(180, beside: []) == [[0, 180]])
  }

  @Test func `touch reservations and leave out what lies outside`() {
    #expect(
      windows(60, beside: [at(-30)..<at(0), at(180)..<at(240)]) == [
        [0, 60], [60, 120], [120, 180],
      ])
    #expect(windows(60, beside: [at(-30)..<at(10), at(100)..<at(300)]) == [[10, 70]])
    #expect(windows(60, beside: [at(-30)..<at(300)]) == [])
    #expect(windows(0, beside: []) == [])
  }

  /// Minute by minute, for random reservations.
  @Test(arguments: 0..<200) func `are those that a search by the minute finds`(seed: Int) {
    var random = SplitMix(UInt64(seed))
    var busy: [Range<Moment>] = []
    var start = Int64.random(in: -60..<60, using: &random)
    while start < 200 {
      let length = Int64.random(in: 1..<60, using: &random)
      busy.append(at(start)..<at(start + length))
      start += length + Int64.random(in: 0..<40, using: &random)
    }
    let wanted = Int64.random(in: 1..<90, using: &random)
    let isFree = (0..<180).map { minute in !busy.contains { $0.contains(at(Int64(minute))) } }
    var expected: [[Int64]] = []
    var free: Int64 = 0
    for (minute, isFree) in isFree.enumerated() {
      free = isFree ? free + 1 : 0
      guard free == wanted else { continue }
      expected.append([Int64(minute) + 1 - wanted, Int64(minute) + 1])
      free = 0
    }
    #expect(windows(wanted, beside: busy) == expected)
  }

  private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
