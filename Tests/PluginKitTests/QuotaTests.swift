import PluginKit
import Testing

@Suite struct `A quota` {
  /// Whether each of these occurrences was allowed, in order.
  private func taken(
    _ quota: inout Quota, _ occurrences: [(key: String, at: Int64)]
  ) -> [Bool] {
    occurrences.map { quota.take($0.key, at: $0.at) }
  }

  @Test func `allows so many occurrences in the window of its first one`() {
    var quota = Quota(count: 2, seconds: 60)
    let taken = taken(&quota, [("a", 0), ("a", 59_000), ("a", 59_999), ("a", 60_000)])
    #expect(taken == [true, true, false, true])
  }

  @Test func `says how long a key has to wait`() {
    var quota = Quota(count: 1, seconds: 60)
    _ = quota.take("a", at: 0)
    let waits = [quota.wait("a", at: 59_000), quota.wait("b", at: 0), quota.wait("a", at: 60_000)]
    #expect(waits == [1000, nil, nil])
  }

  @Test func `counts every key for itself`() {
    var quota = Quota(count: 1, seconds: 60)
    #expect(taken(&quota, [("a", 0), ("b", 0), ("a", 1)]) == [true, true, false])
  }

  @Test func `takes an occurrence back`() {
    var quota = Quota(count: 1, seconds: 60)
    quota.giveBack("a")
    let first = taken(&quota, [("a", 0), ("a", 1)])
    quota.giveBack("a")
    #expect(first == [true, false])
    #expect(taken(&quota, [("a", 2), ("a", 3)]) == [true, false])
  }

  @Test func `forgets past windows before current ones when keys flood it`() {
    var quota = Quota(count: 1, seconds: 60)
    _ = taken(&quota, (0..<9999).map { ("\($0)", 0) })
    let taken = taken(&quota, [("current", 30_000), ("one more", 60_000), ("current", 60_000)])
    #expect(taken == [true, true, false])
  }
}
