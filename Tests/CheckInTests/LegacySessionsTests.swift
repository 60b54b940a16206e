import MusterTesting
import PluginKit
import Storage
import Testing

@testable import CheckIn

/// The sessions of old clients, which are rows in the store.
@Suite struct LegacySessionsTests {
  private func withSessions(
    _ engine: Engine, capacity: Int = 40_000, trimInterval: Int = 1000,
    _ body: (LegacySessions, any Store) async throws -> Void
  ) async throws {
    try await withFreshStore(engine) { store in
      try await store.migrate("checkin", [Migration(1, Tables.sessions)])
      try await body(
        LegacySessions(store, capacity: capacity, trimInterval: trimInterval), store)
    }
  }

  @Test(arguments: Engine.testable)
  func `a session is named once and follows the last number`(engine: Engine) async throws {
    try await withSessions(engine) { sessions, _ in
      let name = try #require(await sessions.remember("21", session: nil, at: 0))
      #expect(name.utf8.count == 32)
      #expect(try await sessions.remember("20", session: name, at: 0) == nil)
      #expect(try await sessions.number(of: name, at: 0) == "20")
      #expect(try await sessions.remember("20", session: nil, at: 0) != name)
    }
  }

  @Test(arguments: Engine.testable)
  func `a session of one server is known to all others`(engine: Engine) async throws {
    try await withSessions(engine) { sessions, store in
      let name = try #require(await sessions.remember("21", session: nil, at: 0))
      let other = LegacySessions(store)
      #expect(try await other.number(of: name, at: 0) == "21")
      #expect(try await other.remember("22", session: name, at: 0) == nil)
      #expect(try await sessions.number(of: name, at: 0) == "22")
    }
  }

  @Test(arguments: [
    "chosen", "", String(repeating: "G", count: 32), "ä\0", "0123456789ABCDEF0123456789ABCDEF",
  ])
  func `a session that the server did not give out is not taken over`(
    chosen: String
  ) async throws {
    for engine in Engine.testable {
      try await withSessions(engine) { sessions, _ in
        let fresh = try #require(await sessions.remember("21", session: chosen, at: 0))
        #expect(try await sessions.number(of: chosen, at: 0) == nil)
        #expect(try await sessions.number(of: fresh, at: 0) == "21")
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `a flood deletes the longest unused sessions first`(engine: Engine) async throws {
    try await withSessions(engine, capacity: 10, trimInterval: 5) { sessions, store in
      let loyal = try #require(await sessions.remember("21", session: nil, at: 0))
      let stranger = try #require(await sessions.remember("22", session: nil, at: 0))
      for minute in 1...30 {
        let now = Int64(minute) * 60_000
        _ = try await sessions.remember("20", session: nil, at: now)
        #expect(try await sessions.number(of: loyal, at: now) == "21")
      }
      #expect(try await sessions.number(of: stranger, at: 0) == nil)
      let count = try await store.first("SELECT count(*) AS count FROM checkin_sessions")
      #expect(try count?.int("count") ?? 99 <= 14)
    }
  }

  @Test(arguments: Engine.testable)
  func `a session is over a day after the last check-in`(engine: Engine) async throws {
    try await withSessions(engine) { sessions, store in
      let name = try #require(await sessions.remember("21", session: nil, at: 0))
      #expect(try await sessions.remember("21", session: name, at: 1000) == nil)
      #expect(try await sessions.number(of: name, at: 86_400_999) == "21")
      #expect(try await sessions.number(of: name, at: 86_401_000) == nil)
      #expect(try await sessions.remember("21", session: name, at: 86_401_000) != nil)
      try await sessions.tidy(at: 86_401_000)
      let rows = try await store.query("SELECT name FROM checkin_sessions")
      #expect(rows.count == 1)
    }
  }
}
