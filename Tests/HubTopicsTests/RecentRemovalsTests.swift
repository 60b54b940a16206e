import Testing

@testable import HubProtocol
@testable import HubTopics

@Suite struct RecentRemovalsTests {
  private let topic: TopicName
  private let other: TopicName

  init() throws {
    topic = try #require(TopicName("lab.room.a"))
    other = try #require(TopicName("lab.room.b"))
  }

  @Test func `a removal outdates what was allowed before it`() {
    var removals = RecentRemovals()
    removals.note("u1", from: topic, generation: 5)
    #expect(removals.verdict("u1", in: topic, askedAt: 4) == .removed)
    #expect(removals.verdict("u1", in: topic, askedAt: 5) == .current)
    #expect(removals.verdict("u1", in: other, askedAt: 4) == .current)
    #expect(removals.verdict("u2", in: topic, askedAt: 4) == .current)
  }

  @Test func `the last removal of a user counts`() {
    var removals = RecentRemovals()
    removals.note("u1", from: topic, generation: 1)
    removals.note("u1", from: topic, generation: 9)
    #expect(removals.verdict("u1", in: topic, askedAt: 8) == .removed)
  }

  @Test func `behind a forgotten removal nothing is known`() {
    var removals = RecentRemovals()
    removals.note("u1", from: topic, generation: 1)
    for generation in 2...UInt64(RecentRemovals.most) {
      removals.note("crowd \(generation)", from: topic, generation: generation)
    }
    removals.note("u1", from: topic, generation: 20_000)
    #expect(removals.verdict("u3", in: topic, askedAt: 0) == .unknown)
    #expect(removals.verdict("u3", in: topic, askedAt: 1) == .current)
    #expect(removals.verdict("u1", in: topic, askedAt: 19_999) == .removed)
  }
}
