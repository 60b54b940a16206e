import MusterTesting
import PluginKit
import Testing

@testable import CheckIn

/// What the plugin remembers between calls, and that it stays small.
@Suite struct MemoryTests {
  @Test func `a session is named once and follows the last number`() throws {
    let sessions = LegacySessions()
    let name = try #require(sessions.remember("21", session: nil, at: 0))
    #expect(name.utf8.count == 32)
    #expect(sessions.remember("20", session: name, at: 0) == nil)
    #expect(sessions.number(of: name, at: 0) == "20")
    #expect(sessions.remember("20", session: nil, at: 0) != name)
  }

  @Test func `a session that nobody gave out is not taken over`() throws {
    let sessions = LegacySessions()
    let fresh = try #require(sessions.remember("21", session: "chosen", at: 0))
    #expect(sessions.number(of: "chosen", at: 0) == nil)
    #expect(sessions.number(of: fresh, at: 0) == "21")
  }

  @Test func `a flood forgets the oldest and keeps who comes back`() throws {
    let sessions = LegacySessions(capacity: 10)
    let loyal = try #require(sessions.remember("21", session: nil, at: 0))
    let stranger = try #require(sessions.remember("22", session: nil, at: 0))
    for round in 0..<100 {
      _ = sessions.remember("20", session: nil, at: 0)
      if round.isMultiple(of: 5) { #expect(sessions.number(of: loyal, at: 0) == "21") }
    }
    #expect(sessions.number(of: stranger, at: 0) == nil)
  }

  @Test func `a session is over a day after the last check-in`() throws {
    let sessions = LegacySessions()
    let name = try #require(sessions.remember("21", session: nil, at: 0))
    #expect(sessions.remember("21", session: name, at: 1000) == nil)
    #expect(sessions.number(of: name, at: 86_400_999) == "21")
    #expect(sessions.number(of: name, at: 86_401_000) == nil)
    #expect(sessions.remember("21", session: name, at: 86_401_000) != nil)
  }

  /// A hub in which some topics have subscribers.
  private func hub(_ bench: PluginBench, following prefixes: [String]) async throws -> [BenchClient]
  {
    var clients: [BenchClient] = []
    for prefix in prefixes {
      let wall = Identity(guest: "wall \(prefix)", name: "")
      clients.append(
        try await bench.subscribe(Topic("checkin.grade.\(prefix)"), as: wall, from: .labDevice))
    }
    return clients
  }

  @Test func `only so many other grades can be followed at once`() async throws {
    try await withLab { bench in
      let clients = try await hub(bench, following: ["2", "210", "22"])
      let followed = FollowedGrades(capacity: 2)
      func follow(_ prefix: String, at now: Int64) async throws {
        try await followed.follow(try #require(Grade(prefix)), bench.hub, at: now)
      }
      try await follow("2", at: 0)
      try await follow("210", at: 0)
      try await follow("210", at: 0)
      await #expect(throws: TopicRefusal.unavailable) { try await follow("2100", at: 0) }
      // The grades of the documents cost nothing.
      try await follow("22", at: 0)
      #expect(followed.grades(of: "2100301419").map(\.prefix) == ["21", "2", "210"])
      #expect(followed.grades(of: "x1").isEmpty)
      // A place is free as soon as nobody follows its grade, and is looked for once a second.
      await bench.unsubscribe(clients[1], "checkin.grade.210")
      await #expect(throws: TopicRefusal.unavailable) { try await follow("2100", at: 999) }
      try await follow("2100", at: 1000)
      #expect(followed.others.map(\.prefix) == ["2", "2100"])
    }
  }

  @Test(arguments: [("20", "21"), ("29", "2:"), ("9", ":")])
  func `a grade ends before the first number that does not begin with it`(
    prefix: String, end: String
  ) throws {
    let grade = try #require(Grade(prefix))
    #expect(grade.end == end)
    #expect(grade.contains(prefix + "99"))
    #expect(prefix + "9999999999" < end)
  }
}
