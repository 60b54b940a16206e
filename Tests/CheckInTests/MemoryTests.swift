import MusterTesting
import PluginKit
import Testing

@testable import CheckIn

/// The bounds of the plugin's caches.
@Suite struct MemoryTests {
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
