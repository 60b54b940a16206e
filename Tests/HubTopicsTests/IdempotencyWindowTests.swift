import Testing

@testable import HubProtocol
@testable import HubTopics

private func key(_ id: String, by author: String = "u1") -> IdempotencyWindow.Key {
  IdempotencyWindow.Key(author: author, id: id)
}

@Suite struct `The window of publish ids` {
  @Test func `knows an id of the same author for five minutes`() {
    var window = IdempotencyWindow()
    window.remember(key("a"), offset: 7, at: 1000)
    #expect(window.offset(of: key("a"), at: 300_999) == 7)
    #expect(window.offset(of: key("a", by: "u2"), at: 1000) == nil)
    #expect(window.offset(of: key("a"), at: 301_000) == nil)
    window.remember(key("b"), offset: 8, at: 301_000)
    #expect(window.count == 1)
  }

  @Test func `keeps the first offset of an id`() {
    var window = IdempotencyWindow()
    window.remember(key("a"), offset: 7, at: 0)
    window.remember(key("a"), offset: 8, at: 200_000)
    #expect(window.offset(of: key("a"), at: 200_000) == 7)
    #expect(window.offset(of: key("a"), at: 300_000) == nil)
  }

  @Test func `forgets the oldest before it grows too large`() {
    var window = IdempotencyWindow(capacity: 100)
    for number in 0..<1000 { window.remember(key("\(number)"), offset: UInt64(number), at: 0) }
    #expect(window.count == 100)
    #expect(window.offset(of: key("899"), at: 0) == nil)
    #expect(window.offset(of: key("900"), at: 0) == 900)
  }
}
