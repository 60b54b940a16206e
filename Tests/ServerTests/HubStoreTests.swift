import MusterTesting
import PluginKit
import PostgresStore
import SQLiteStore
import Storage
import Testing

@testable import HubCore
@testable import HubProtocol
@testable import HubStore
@testable import HubTopics

/// What the hub keeps of members and webhooks, in both engines.
@Suite(.timeLimit(.minutes(3))) struct HubStoreTests {
  static let engines: [Engine] =
    ThrowawayPostgres.missing == nil ? [.sqlite, .postgres] : [.sqlite]

  private func withStore(_ engine: Engine, _ body: (any Store) async throws -> Void) async throws {
    let store: any Store =
      switch engine {
      case .sqlite: try await SQLiteStore.open(.memory)
      case .postgres:
        try await PostgresStore.open(try await ThrowawayPostgres.shared().makeDatabase())
      }
    do {
      try await HubServer.migrate(store)
      try await body(store)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private func place(_ topic: String, _ who: Identity) throws -> MemberStore.Place {
    MemberStore.Place(topic: try #require(TopicName(topic)), user: who.id)
  }

  @Test(arguments: engines)
  func `members are kept, renamed and forgotten`(engine: Engine) async throws {
    try await withStore(engine) { store in
      let log = MemberStore(store: store, node: "n1")
      let li = Identity(account: 7, name: "李", avatar: "/li.png", roles: [])
      let guest = Identity(guest: "abc", name: "somebody")
      try await log.write([
        place("lab.a", li): .came(.init(who: li, since: 5)),
        place("lab.b", li): .came(.init(who: li, since: 6)),
        place("lab.a", guest): .came(.init(who: guest, since: 7)),
      ])
      let renamed = Identity(account: 7, name: "li", roles: [])
      try await log.write([
        place("lab.a", li): .came(.init(who: renamed, since: 99)), place("lab.b", li): .went,
      ])
      let known = try await log.read(at: 1_000, within: 500)
      #expect(known.map(\.0) == [try place("lab.a", li), try place("lab.a", guest)])
      #expect(known.map(\.1) == [.init(who: renamed, since: 5), .init(who: guest, since: 7)])
      #expect(try await log.lastWindow() == 0)
      try await log.sign(at: 1_000, window: 8_000)
      try await log.sign(at: 2_000, window: 9_000)
      #expect(try await log.lastWindow() == 9_000)
      #expect(try await log.read(at: 2_500, within: 500).count == 2)
      #expect(try await log.read(at: 2_501, within: 500).isEmpty)
      #expect(try await log.read(at: 2_000, within: 500).isEmpty)
    }
  }

  @Test(arguments: engines)
  func `a name that no database takes keeps nobody else out`(engine: Engine) async throws {
    try await withStore(engine) { store in
      let log = MemberStore(store: store, node: "n1")
      let odd = Identity(account: 7, name: "l\0i", avatar: "\0", roles: [])
      let odder = Identity(guest: "a\0c", name: "")
      try await log.write([
        place("lab.a", odd): .came(.init(who: odd, since: 5)),
        place("lab.a", odder): .came(.init(who: odder, since: 5)),
      ])
      let known = try await log.read(at: 1_000, within: 500)
      #expect(known.map(\.1.who) == [Identity(account: 7, name: "li", avatar: "", roles: [])])
    }
  }

  @Test(arguments: engines)
  func `of each subject only the oldest event is due`(engine: Engine) async throws {
    try await withStore(engine) { store in
      let log = WebhookLog(store: store)
      let person = WebhookLedger.Person(name: "李", avatar: "")
      func notice(_ subject: WebhookSubject, _ isThere: Bool, _ at: Int64) -> WebhookLedger.Notice {
        .init(subject: subject, isThere: isThere, person: person, at: at)
      }
      let kinds: Set<WebhookRules.Kind> = [.userOnline, .userOffline, .topicOccupied]
      #expect(
        try await log.record(
          [
            notice(.user("u1"), true, 10), notice(.topic("a"), true, 11),
            notice(.user("u1"), false, 12), notice(.topic("a"), false, 13),
            notice(.user("u2"), true, 14),
          ], kinds, wall: 1_000))
      #expect(try await log.states().map(\.0) == [.user("u2")])
      var due = try await log.due(at: 2_000, latest: 9_000, limit: 10)
      #expect(due.map(\.subject) == ["user:u1", "topic:a", "user:u2"])
      #expect(due.first?.createdAt == 1_010)
      #expect(try await log.due(at: 1_010, latest: 9_000, limit: 10).map(\.subject) == ["user:u1"])
      // The first is put off, by a clock that was wrong the third: what comes behind waits, too.
      try await log.note([
        (due[0], .failed(nextAt: 5_000)), (due[1], .delivered), (due[2], .failed(nextAt: 99_000)),
      ])
      due = try await log.due(at: 2_000, latest: 9_000, limit: 10)
      #expect(due.map(\.subject) == ["user:u2"])
      #expect(due.map(\.failures) == [1])
      let outlook = try await log.outlook()
      #expect(outlook.waiting == 3 && outlook.nextDue == 5_000)
      try await log.note([(try #require(try await first(log)), .givenUp)])
      due = try await log.due(at: 5_000, latest: 9_000, limit: 1)
      #expect(due.map(\.kind) == ["user.offline"])
    }
  }

  /// Numbers that another program, or a broken restore, may have left.
  static let numbers: [Int64] = [.min, -1, .max]

  @Test(arguments: engines, numbers)
  func `history with numbers of any size is read in order and goes on`(
    engine: Engine, number: Int64
  ) async throws {
    try await withStore(engine) { store in
      let name = try #require(TopicName("lab.log.a"))
      let log = EventStore(store: store)
      _ = try await log.open(name, Self.stream, "e", at: 1_000)
      try await store.execute("UPDATE hub_topics SET last_offset = ?", number)
      for (position, at) in [(Int64.min, 5), (-3, 5), (7, number), (8, number), (.max, 5)] {
        try await store.execute(
          """
          INSERT INTO hub_events (topic, position, at, message_id, data) VALUES (?, ?, ?, 'm', ?)
          """, "lab.log.a", position, at, Array("{}".utf8))
      }
      let stored = try await log.open(name, Self.stream, "e", at: 1_000)
      #expect(stored.events.map(\.offset) == [7, 8])
      var topic = TopicLog(name, .stream(count: 9, milliseconds: 1_000), stored)
      for mark in stored.marks { #expect(mark.ts >= 0) }
      guard case .fresh(let next) = topic.prepare(Array("{}".utf8).span, at: 2_000) else {
        Issue.record("the first of its id is no repetition")
        return
      }
      #expect(topic.commit(through: next.offset, at: 2_000).count == 1)
      #expect(topic.history.nextExpiry != nil)
      let batch = StoreBatch(
        entries: [.init(publication: next, key: nil)], epoch: "e", last: next.offset)
      try await log.append(batch, Self.stream)
    }
  }

  private static let stream = TopicRules.History.stream(count: 9, seconds: 60, stored: true)

  @Test(arguments: engines, numbers)
  func `members and webhooks with numbers of any size are read`(
    engine: Engine, number: Int64
  ) async throws {
    try await withStore(engine) { store in
      let members = MemberStore(store: store, node: "n1")
      let li = Identity(account: 7, name: "li", roles: [])
      try await members.write([place("lab.a", li): .came(.init(who: li, since: number))])
      try await members.sign(at: number, window: 1)
      try await store.execute("UPDATE hub_signs_of_life SET reconnect_window = ?", number)
      #expect((0...86_400_000).contains(try await members.lastWindow()))
      _ = try await members.read(at: 1_000, within: 500)
      try await members.sign(at: 1_000, window: 1)
      try await members.write([place("lab.a", li): .came(.init(who: li, since: number))])
      for (_, row) in try await members.read(at: 1_000, within: 500) { #expect(row.since >= 0) }

      let log = WebhookLog(store: store)
      let notice = WebhookLedger.Notice(
        subject: .user("u1"), isThere: true, person: .init(name: "li", avatar: ""), at: 10)
      _ = try await log.record([notice], [.userOnline], wall: 0)
      try await store.execute(
        "UPDATE hub_webhooks SET created_at = ?, failures = ?", number, number)
      let due = try #require(try await log.due(at: 5_000, latest: 9_000, limit: 1).first)
      #expect(due.createdAt >= 0 && due.failures >= 0)
      #expect(WebhookPatience.delay(after: due.failures + 1, chance: 1) > 0)
      try await store.execute("UPDATE hub_webhooks SET due_at = ?", number)
      #expect(try #require(try await log.outlook().nextDue) >= 0)
    }
  }

  private func first(_ log: WebhookLog) async throws -> WebhookLog.Waiting? {
    try await log.due(at: 5_000, latest: 9_000, limit: 1).first
  }
}
