import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `A screen with a code` {
  private static let screens = "/activities/clockins/items/12/screens/"

  private func report(
    _ faculty: Faculty, _ shown: JSONValue? = nil, screen: JSONValue = "wall-1",
    as who: Identity? = nil
  ) async -> BenchAnswer {
    var body: JSONObject = ["screen": screen]
    body["generated_at"] = shown
    return await faculty.post(Self.screens, .object(body), as: who ?? faculty.wang)
  }

  private func made(_ faculty: Faculty) async -> JSONValue? {
    await faculty.get("/activities/clockins/items/12/qr/", as: faculty.wang).json["generated_at"]
  }

  private func told(_ faculty: Faculty) async -> [String] {
    await faculty.bench.hub.names(in: "campus.screens")
  }

  @Test(arguments: Engine.testable)
  func `is in the list of the staff with what it shows`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      #expect(await report(faculty, await made(faculty)).json == ["state": "current"])
      let list = await faculty.get("/admin/api/screens/", as: faculty.admin).json
      #expect(
        list == [
          [
            "screen": "wall-1", "clockin": 12, "activity": 3, "activity_name": "教学研讨",
            "label": "签到", "user": 9, "fullname": "王芳", "state": "current",
            "since": "2020-02-22T12:00:00+08:00", "seen": "2020-02-22T12:00:00+08:00",
          ]
        ])
      let snapshot = try await faculty.bench.snapshot("campus.screens", as: faculty.admin)
      #expect(snapshot == list)
      #expect(await faculty.get("/admin/api/screens/", as: faculty.wang).status == 403)
      await #expect(throws: TopicRefusal.denied) {
        _ = try await faculty.bench.subscribe("campus.screens", as: faculty.wang)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `is stale within a minute of its last report, and that is said once`(
    engine: Engine
  ) async throws {
    try await withFaculty(engine) { faculty in
      _ = await report(faculty, await made(faculty))
      faculty.bench.clock.set(faculty.bench.clock.now + 39_999)
      try await faculty.bench.runJob("screens")
      #expect(await told(faculty) == [])
      faculty.bench.clock.set(faculty.bench.clock.now + 1)
      for _ in 0..<2 { try await faculty.bench.runJob("screens") }
      #expect(await told(faculty) == ["screen.stale"])
      let notices = await faculty.bench.hub.notices
      #expect(notices.map(\.event.name) == ["screen.stale"])
      #expect(notices.first?.subject == "screen:12:wall-1")
      #expect(notices.first?.event.fields["state"] == "silent")
      #expect(faculty.bench.unit.gauges.map { $0.read() } == [1, 1])

      _ = await report(faculty, await made(faculty))
      #expect(await told(faculty) == ["screen.stale", "screen.current"])
      try await faculty.bench.runJob("screens")
      #expect(faculty.bench.unit.gauges.map { $0.read() } == [1, 0])
      faculty.bench.clock.advance(seconds: 86_400)
      try await faculty.bench.runJob("screens")
      #expect(faculty.bench.unit.gauges.map { $0.read() } == [0, 0])
    }
  }

  @Test func `that shows an old code or none is stale at once`() async throws {
    try await withFaculty { faculty in
      let old = await made(faculty)
      #expect(await report(faculty, old).json == ["state": "current"])
      faculty.bench.clock.set(faculty.bench.clock.now + 26_000)
      let new = await made(faculty)
      #expect(new != old)
      // The push of the new code may still be on its way.
      #expect(await report(faculty, old).json == ["state": "current"])
      faculty.bench.clock.set(faculty.bench.clock.now + 1500)
      #expect(await report(faculty, old).json == ["state": "outdated"])
      #expect(await report(faculty).json == ["state": "outdated"])
      #expect(await told(faculty) == ["screen.stale"])
      #expect(await report(faculty, new).json == ["state": "current"])
      #expect(await told(faculty) == ["screen.stale", "screen.current"])
    }
  }

  @Test func `leaves the list when it is switched off or dismissed`() async throws {
    try await withFaculty { faculty in
      _ = await report(faculty, screen: "a")
      _ = await report(faculty, screen: "b", as: faculty.admin)
      #expect(await faculty.delete("\(Self.screens)b/", as: faculty.wang).status == 404)
      #expect(await faculty.delete("\(Self.screens)a/", as: faculty.wang).status == 204)
      #expect(await faculty.delete("/admin/api/screens/12/b/", as: faculty.wang).status == 403)
      #expect(await faculty.delete("/admin/api/screens/12/b/", as: faculty.admin).status == 204)
      #expect(await faculty.get("/admin/api/screens/", as: faculty.admin).json == [])
    }
  }

  @Test func `is refused to others, with a bad name, and beyond a hundred`() async throws {
    try await withFaculty { faculty in
      #expect(await report(faculty, as: faculty.chen).status == 403)
      for name in ["", "a b", "墙", String(repeating: "a", count: 65)] {
        #expect(await report(faculty, screen: .string(name)).status == 400)
      }
      for number in 1...100 {
        #expect(await report(faculty, screen: .string("s\(number)")).status == 200)
      }
      #expect(await report(faculty, screen: "s101").detail == "该打卡项的屏幕过多。")
      #expect(await report(faculty, screen: "s100").status == 200)
    }
  }
}
