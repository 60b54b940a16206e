import Testing

@testable import HubProtocol
@testable import HubTopics

private let topic = TopicName("chat.room.TEST").unsafelyUnwrapped

private func publication(_ offset: UInt64) -> Publication {
  Publication(topic: topic, offset: offset, ts: Int64(offset) * 1000, data: "{}".utf8.span)
}

private func ring(_ rule: HistoryRing.Rule, _ offsets: ClosedRange<UInt64>) -> HistoryRing {
  var ring = HistoryRing(rule)
  for offset in offsets { ring.append(publication(offset)) }
  return ring
}

extension HistoryRing {
  /// What `missed` gives, as offsets.
  fileprivate func after(_ offset: UInt64, epoch: String = "e", now: UInt64, limit: Int = 300)
    -> Result<[UInt64], RecoveryGap>
  {
    missed(since: offset, epoch: epoch, current: (now, "e"), limit: limit)
      .map { $0.map(\.offset) }
  }
}

@Suite struct `The history of a topic` {
  private let hour: Int64 = 3_600_000

  @Test func `gives back all that was missed`() {
    let ring = ring(.stream(count: 100, milliseconds: 3_600_000), 1...20)
    #expect(ring.after(17, now: 20) == .success([18, 19, 20]))
    #expect(ring.after(20, now: 20) == .success([]))
    #expect(ring.after(0, now: 20) == .success(Array(1...20)))
  }

  @Test func `never gives a part of what was missed`() {
    let ring = ring(.stream(count: 10, milliseconds: 3_600_000), 1...20)
    #expect(ring.after(10, now: 20) == .success(Array(11...20)))
    #expect(ring.after(9, now: 20) == .failure(.tooOld))
    #expect(ring.after(10, now: 20, limit: 9) == .failure(.tooMany))
    #expect(ring.after(11, now: 20, limit: 9) == .success(Array(12...20)))
    #expect(ring.after(15, epoch: "x", now: 20) == .failure(.epochChanged))
    #expect(ring.after(21, now: 20) == .failure(.epochChanged))
  }

  @Test func `of nothing recovers only those who missed nothing`() {
    let ring = ring(.none, 1...5)
    #expect(ring.isEmpty && ring.after(5, now: 5) == .success([]))
    #expect(ring.after(4, now: 5) == .failure(.tooOld))
  }

  @Test func `of states keeps the newest`() {
    let ring = ring(.latest(milliseconds: 3_600_000), 1...5)
    #expect(ring.newest?.offset == 5 && ring.events.count == 1)
    #expect(ring.after(4, now: 5) == .success([5]) && ring.after(3, now: 5) == .failure(.tooOld))
  }

  @Test func `forgets by count and by age`() {
    var ring = ring(.stream(count: 1000, milliseconds: 10_000), 1...500)
    #expect(ring.nextExpiry == 11_000)
    ring.expire(at: 10_999)
    #expect(ring.events.count == 500)
    ring.expire(at: 11_000)
    #expect(ring.events.first?.offset == 2 && ring.nextExpiry == 12_000)
    ring.expire(at: 400_000)
    #expect(ring.events.map(\.offset) == Array(391...500))
    #expect(ring.after(390, now: 500) == .success(Array(391...500)))
    ring.expire(at: 1_000_000)
    #expect(ring.isEmpty && ring.nextExpiry == nil && ring.newest == nil)
    #expect(ring.after(499, now: 500) == .failure(.tooOld))
  }

  @Test(arguments: [1, 2, 63, 64, 65, 200])
  func `holds exactly as many as it should, however many have gone through`(count: Int) {
    var ring = HistoryRing(.stream(count: count, milliseconds: 3_600_000))
    for offset in UInt64(1)...1000 {
      ring.append(publication(offset))
      let expected = Array(max(1, Int(offset) - count + 1)...Int(offset))
      #expect(ring.events.map { Int($0.offset) } == expected)
    }
    #expect(HistoryRing(.stream(count: 0, milliseconds: 1)).isEmpty)
  }

  @Test func `is read page by page from the newest backwards`() {
    let ring = ring(.stream(count: 10, milliseconds: 3_600_000), 1...20)
    var page = ring.page(before: nil, limit: 4)
    #expect(page.events.map(\.offset) == [17, 18, 19, 20] && page.hasMore)
    page = ring.page(before: 17, limit: 4)
    #expect(page.events.map(\.offset) == [13, 14, 15, 16] && page.hasMore)
    page = ring.page(before: 13, limit: 4)
    #expect(page.events.map(\.offset) == [11, 12] && !page.hasMore)
    for offset in [0, 5, 11] as [UInt64] {
      #expect(ring.page(before: offset, limit: 4) == HistoryPage(events: [], hasMore: false))
    }
    #expect(ring.page(before: 99, limit: 100).events.count == 10)
  }
}
