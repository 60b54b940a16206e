import MusterTesting
import PluginKit
import Testing

@testable import CheckIn

/// What the plugin remembers between calls, and that it stays small.
@Suite struct MemoryTests {
  @Test func `a session is named once and follows the last number`() throws {
    let sessions = LegacySessions()
    let name = try #require(sessions.remember("21", session: nil))
    #expect(name.utf8.count == 32)
    #expect(sessions.remember("20", session: name) == nil)
    #expect(sessions.number(of: name) == "20")
    #expect(sessions.remember("20", session: nil) != name)
  }

  @Test func `a session that nobody gave out is not taken over`() throws {
    let sessions = LegacySessions()
    let fresh = try #require(sessions.remember("21", session: "chosen"))
    #expect(sessions.number(of: "chosen") == nil)
    #expect(sessions.number(of: fresh) == "21")
  }

  @Test func `a flood forgets the oldest and keeps who comes back`() throws {
    let sessions = LegacySessions(capacity: 10)
    let loyal = try #require(sessions.remember("21", session: nil))
    let stranger = try #require(sessions.remember("22", session: nil))
    for round in 0..<100 {
      _ = sessions.remember("20", session: nil)
      if round.isMultiple(of: 5) { #expect(sessions.number(of: loyal) == "21") }
    }
    #expect(sessions.number(of: stranger) == nil)
  }

  @Test func `only so many other grades can be followed`() throws {
    let followed = Followed(capacity: 2)
    func follow(_ prefix: String) throws { try followed.follow(try #require(Grade(prefix))) }
    try follow("2")
    try follow("210")
    try follow("210")
    #expect(throws: TopicRefusal.unavailable) { try follow("2100") }
    // The grades of the documents cost nothing.
    try follow("22")
    #expect(followed.grades(of: "2100301419").map(\.prefix) == ["21", "2", "210"])
    #expect(followed.grades(of: "x1").isEmpty)
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
