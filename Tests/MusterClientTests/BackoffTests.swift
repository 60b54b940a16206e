import Testing
import WebSocket

@testable import MusterClient

@Suite struct BackoffTests {
  /// A random number is always the largest.
  private var backoff: Backoff { Backoff(random: { $0 }) }

  private func loss(_ code: CloseCode, wasLive: Bool = true, isOursAlone: Bool = false)
    -> Backoff.Loss
  {
    .init(code: code, wasLive: wasLive, isOursAlone: isOursAlone)
  }

  @Test func `each failure doubles the span, up to twenty seconds`() {
    var backoff = backoff
    let spans = (0..<8).map { _ in
      backoff.lost(loss(.abnormal, wasLive: false, isOursAlone: true), window: 8000)
    }
    let expected = [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]
    #expect(spans == expected.map { .wait(milliseconds: $0) })
  }

  @Test func `after a shutdown or a crash the first try is spread over the window`() {
    for code in [CloseCode.shutdown, .rebalance, .abnormal] {
      var backoff = backoff
      let first = backoff.lost(loss(code), window: 8000)
      let second = backoff.lost(loss(code, wasLive: false), window: 8000)
      #expect(first == .wait(milliseconds: 8000))
      #expect(second == .wait(milliseconds: 1000))
    }
  }

  @Test func `who comes back too early waits for a moment of what is left of the window`() {
    var backoff = Backoff(random: { $0 / 4 })
    let waits = [true, false, false, false].map { wasLive in
      backoff.lost(loss(.shutdown, wasLive: wasLive), window: 8000)
    }
    #expect(waits == [2000, 1500, 1125, 1000].map { .wait(milliseconds: $0) })
  }

  @Test func `a code of this client alone is not spread over the window`() {
    var backoff = backoff
    let wait = backoff.lost(loss(.slowConsumer), window: 8000)
    #expect(wait == .wait(milliseconds: 500))
  }

  @Test func `codes that say stop are obeyed`() {
    for code in [CloseCode.unauthorized, .kicked, .replaced, .revoked, .normal] {
      var backoff = backoff
      let verdict = backoff.lost(loss(code), window: 8000)
      #expect(verdict == .stop)
    }
  }
}
