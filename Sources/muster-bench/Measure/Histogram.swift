/// Durations in classes that grow with them: 64 per doubling, so within 1.6 per cent.
struct Histogram: Sendable {
  private var classes = [UInt64](repeating: 0, count: 64 * 60)
  private(set) var count: UInt64 = 0
  private(set) var longest: UInt64 = 0

  mutating func add(_ nanoseconds: UInt64) {
    count += 1
    longest = max(longest, nanoseconds)
    classes[Histogram.place(of: nanoseconds)] += 1
  }

  mutating func merge(_ other: Histogram) {
    count += other.count
    longest = max(longest, other.longest)
    for place in classes.indices { classes[place] += other.classes[place] }
  }

  /// The duration, in microseconds, that `share` of all do not exceed.
  func microseconds(at share: Double) -> Double {
    let wanted = UInt64((Double(count) * share).rounded(.up))
    var seen: UInt64 = 0
    for place in classes.indices {
      seen += classes[place]
      if seen >= wanted && seen > 0 { return Double(Histogram.start(of: place)) / 1000 }
    }
    return Double(longest) / 1000
  }

  private static func place(of value: UInt64) -> Int {
    guard value >= 64 else { return Int(value) }
    let doubling = 63 - value.leadingZeroBitCount
    return (doubling - 5) * 64 + Int((value >> UInt64(doubling - 6)) & 63)
  }

  private static func start(of place: Int) -> UInt64 {
    guard place >= 64 else { return UInt64(place) }
    let doubling = UInt64(place / 64 + 5)
    return 1 << doubling + UInt64(place % 64) << (doubling - 6)
  }
}
