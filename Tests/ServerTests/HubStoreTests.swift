import MusterTesting
import PluginKit
import PostgresStore
import SQLiteStore
import Storage
import Testing

@testable import HubCore

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

  private func place(_ topic: String, _ who: Identity) throws -> MemberLog.Place {
    MemberLog.Place(topic: try #require(TopicName(topic)), user: who.id)
  }

  @Test(arguments: engines)
  func `members are kept, renamed and forgotten`(engine: Engine) async throws {
    try await withStore(engine) { store in
      let log = MemberLog(store: store, node: "n1")
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
      let log = MemberLog(store: store, node: "n1")
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

  private func first(_ log: WebhookLog) async throws -> WebhookLog.Waiting? {
    try await log.due(at: 5_000, latest: 9_000, limit: 1).first
  }
}
