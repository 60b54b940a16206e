import Testing

@testable import Campus

@Suite struct `The key of a clock-in item` {
  private let first = ClockinKeys(current: .init(text: "one", createdAt: 0), previous: nil)

  @Test func `is due when there is none, after 25 seconds, and when the clock was set back`() {
    #expect(ClockinKeys().isDue(at: 0))
    #expect(!first.isDue(at: 24_999))
    #expect(first.isDue(at: 25_000))
    #expect(!first.isDue(at: -2000))
    #expect(first.isDue(at: -2001))
  }

  @Test func `is good for 25 seconds and two more`() {
    #expect(first.judge("one", arrivedAt: 0) == .good)
    #expect(first.judge("one", arrivedAt: 27_000) == .good)
    #expect(first.judge("one", arrivedAt: 27_001) == .expired)
    #expect(first.judge("one", arrivedAt: -2001) == .expired)
    #expect(first.judge("two", arrivedAt: 0) == .wrong)
    #expect(ClockinKeys().judge("", arrivedAt: 0) == .wrong)
  }

  @Test func `keeps its grace after the next one is there, and no longer`() {
    let second = first.rotated(to: "two", at: 25_000)
    #expect(second.judge("one", arrivedAt: 25_001) == .good)
    #expect(second.judge("one", arrivedAt: 27_000) == .good)
    #expect(second.judge("one", arrivedAt: 27_001) == .wrong)
    #expect(second.judge("two", arrivedAt: 24_990) == .good)
    #expect(second.rotated(to: "three", at: 26_000).judge("one", arrivedAt: 26_000) == .wrong)
  }

  @Test func `does not drift when a rotation is a little late`() {
    #expect(first.rotated(to: "two", at: 25_700).current?.createdAt == 25_000)
    #expect(first.rotated(to: "two", at: 26_001).current?.createdAt == 26_001)
    #expect(ClockinKeys().rotated(to: "one", at: 7).current?.createdAt == 7)
  }

  @Test func `is another one each time`() {
    let keys = Set((0..<1000).map { _ in ClockinKeys.makeKey() })
    #expect(keys.count == 1000)
    #expect(
      keys.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil })
  }

  @Test(arguments: [
    "签到#", "签(到", "签)到", "签（到", "签）到", "未到", "且", "或", "来了", "但", "的", "签 到", "a\u{3000}b",
  ])
  func `has no label that a filter could not name`(label: String) {
    #expect(!ClockinLabel.isUsable(label))
    #expect(ClockinLabel.isUsable("签到2"))
  }
}
