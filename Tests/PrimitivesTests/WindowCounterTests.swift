import Primitives
import Testing

private let once = WindowLimit(count: 1, seconds: 60)

@Suite struct `A window counter` {
  /// Whether each of these occurrences was allowed, in order.
  private func taken(
    _ counter: inout WindowCounter<String>, _ occurrences: [(key: String, at: Int64)],
    _ limit: WindowLimit = once
  ) -> [Bool] {
    occurrences.map { counter.take($0.key, limit, at: $0.at) == nil }
  }

  @Test func `allows so many occurrences in the window of its first one`() {
    var counter = WindowCounter<String>()
    let taken = taken(
      &counter, [("a", 0), ("a", 59_000), ("a", 59_999), ("a", 60_000)],
      WindowLimit(count: 2, seconds: 60))
    #expect(taken == [true, true, false, true])
  }

  @Test func `says how long a key has to wait`() {
    var counter = WindowCounter<String>()
    _ = counter.take("a", once, at: 0)
    let waits = [("a", 59_000), ("b", 0), ("a", 60_000)].map {
      counter.wait($0.0, once, at: $0.1)
    }
    #expect(waits == [1000, nil, nil])
  }

  @Test func `counts every key for itself`() {
    var counter = WindowCounter<String>()
    #expect(taken(&counter, [("a", 0), ("b", 0), ("a", 1)]) == [true, true, false])
  }

  @Test func `takes an occurrence back`() {
    var counter = WindowCounter<String>()
    counter.giveBack("a")
    let first = taken(&counter, [("a", 0), ("a", 1)])
    counter.giveBack("a")
    #expect(first == [true, false])
    #expect(taken(&counter, [("a", 2), ("a", 3)]) == [true, false])
  }

  @Test func `forgets past windows before current ones when keys flood it`() {
    var counter = WindowCounter<String>()
    _ = taken(&counter, (0..<9999).map { ("\($0)", 0) })
    let taken = taken(&counter, [("current", 30_000), ("one more", 60_000), ("current", 60_000)])
    #expect(taken == [true, true, false])
  }
}
