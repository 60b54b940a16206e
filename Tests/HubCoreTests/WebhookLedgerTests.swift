import Testing

@testable import HubCore

/// A ledger with a clock that is turned by hand and an outbox that takes everything, or nothing.
private struct Scene {
  var ledger = WebhookLedger(quietMilliseconds: 10_000)
  var now: Int64 = 1_000_000
  var isOutboxOpen = true
  var told: [String] = []

  mutating func come(_ user: String, _ topic: String) {
    ledger.hold(.user(user), by: topic, .init(name: user, avatar: ""), at: now)
    ledger.hold(.topic(topic), by: user, at: now)
    record()
  }

  mutating func go(_ user: String, _ topic: String) {
    ledger.release(.user(user), by: topic, at: now)
    ledger.release(.topic(topic), by: user, at: now)
    record()
  }

  mutating func record() {
    let notices = ledger.take(atMost: 100)
    guard isOutboxOpen else { return ledger.refused(notices) }
    told += notices.map { "\($0.isThere ? "+" : "-")\($0.subject.text) \($0.at)" }
    ledger.recorded(notices)
  }

  /// Turns the clock; what was told meanwhile.
  mutating func wait(_ milliseconds: Int64) -> [String] {
    let end = now + milliseconds
    while let deadline = ledger.nextDeadline, deadline <= end {
      now = max(now, deadline)
      ledger.settle(at: now)
      record()
    }
    now = end
    defer { told = [] }
    return told
  }
}

@Suite struct `Webhooks` {
  @Test func `tell at once who comes, and after a while who has gone`() {
    var scene = Scene()
    scene.come("u1", "a")
    #expect(scene.wait(0) == ["+user:u1 1000000", "+topic:a 1000000"])
    scene.now = 1_050_000
    scene.go("u1", "a")
    #expect(scene.wait(9_999) == [])
    #expect(scene.wait(1) == ["-user:u1 1050000", "-topic:a 1050000"])
    #expect(scene.ledger.isEmpty && scene.ledger.nextDeadline == nil)
  }

  @Test func `say nothing of who is back in time, however often`() {
    var scene = Scene()
    scene.come("u1", "a")
    _ = scene.wait(0)
    for _ in 0..<20 {
      scene.go("u1", "a")
      #expect(scene.wait(9_900) == [])
      scene.come("u1", "a")
    }
    #expect(scene.wait(60_000) == [])
    scene.go("u1", "a")
    #expect(scene.wait(10_000).count == 2)
  }

  @Test func `count a user as online as long as one topic has it, and a topic by its members`() {
    var scene = Scene()
    scene.come("u1", "a")
    scene.come("u1", "b")
    scene.come("u2", "b")
    #expect(
      scene.wait(0).map { $0.prefix { $0 != " " } }
        == ["+user:u1", "+topic:a", "+topic:b", "+user:u2"])
    scene.go("u1", "a")
    scene.go("u2", "b")
    #expect(scene.wait(20_000).map { $0.prefix { $0 != " " } } == ["-topic:a", "-user:u2"])
    // The same member twice is one member.
    scene.come("u1", "b")
    scene.go("u1", "b")
    scene.go("u1", "b")
    #expect(scene.wait(20_000).count == 2 && scene.ledger.isEmpty)
  }

  @Test func `let who was there before a restart go unless it comes back`() {
    var scene = Scene()
    for user in ["u1", "u2", "u3"] {
      scene.ledger.restore(
        .user(user), .init(name: user, avatar: ""), at: scene.now, until: scene.now + 70_000)
    }
    scene.come("u1", "a")
    #expect(scene.wait(0) == ["+topic:a 1000000"])
    #expect(scene.wait(30_000) == [])
    scene.come("u2", "a")
    scene.go("u2", "a")
    #expect(scene.wait(10_000) == ["-user:u2 1030000"])
    #expect(scene.wait(29_999) == [])
    #expect(scene.wait(1) == ["-user:u3 1060000"])
    #expect(scene.wait(100_000) == [])
  }

  @Test func `keep one notice per subject while the outbox is closed`() {
    var scene = Scene()
    scene.isOutboxOpen = false
    for _ in 0..<50 {
      scene.come("u1", "a")
      _ = scene.wait(100)
      scene.go("u1", "a")
      _ = scene.wait(20_000)
    }
    scene.come("u2", "b")
    scene.come("u1", "c")
    scene.isOutboxOpen = true
    scene.record()
    // What came and went meanwhile, the outbox never hears of.
    let told = scene.wait(0).map { String($0.prefix { $0 != " " }) }
    #expect(told.sorted() == ["+topic:b", "+topic:c", "+user:u1", "+user:u2"])
    #expect(!scene.ledger.hasNotices)
  }

  @Test func `go on from what the outbox has when it changes while it is written`() {
    var scene = Scene()
    scene.ledger.hold(.topic("a"), by: "u1", at: scene.now)
    let first = scene.ledger.take(atMost: 100)
    scene.ledger.release(.topic("a"), by: "u1", at: scene.now)
    scene.ledger.settle(at: scene.now + 10_000)
    scene.ledger.recorded(first)
    let second = scene.ledger.take(atMost: 100)
    #expect(first.map(\.isThere) == [true] && second.map(\.isThere) == [false])
    scene.ledger.recorded(second)
    #expect(scene.ledger.isEmpty)
  }

  @Test func `are signed so that the receiver can check it`() {
    let signature = WebhookSignature.of(
      Array(#"{"id":"1"}"#.utf8), at: 1_795_231_000, secret: "s3cret")
    #expect(signature == "9a0ad86cb7b65f23bd1e26bbace13685403f6a6862bc7c5eb244e3f07a90e242")
  }

  @Test func `are tried again later and later`() {
    let delays = (1...12).map { WebhookPatience.delay(after: $0, chance: 0) }
    #expect(delays.prefix(4) == [1_000, 2_000, 4_000, 8_000] && delays.last == 600_000)
    #expect(WebhookPatience.delay(after: 1, chance: 1) == 1_250)
    #expect(WebhookPatience.delay(after: 1_000_000, chance: 0) == 600_000)
  }
}
