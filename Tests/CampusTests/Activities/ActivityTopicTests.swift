import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The topics of activities` {
  @Test func `give the code to those who show it alone`() async throws {
    try await withFaculty { faculty in
      for who in [faculty.admin, faculty.wang] {
        _ = try await faculty.bench.subscribe("campus.qr.12", as: who)
      }
      for (topic, who) in [("campus.qr.12", faculty.chen), ("campus.qr.13", faculty.wang)] {
        await #expect(throws: TopicRefusal.denied) {
          try await faculty.bench.subscribe(Topic(topic), as: who)
        }
      }
      for topic in ["campus.qr.99", "campus.qr.012", "campus.qr.x"] {
        await #expect(throws: TopicRefusal.unknown) {
          try await faculty.bench.subscribe(Topic(topic), as: faculty.admin)
        }
      }
      let student = try await faculty.student()
      await #expect(throws: TopicRefusal.denied) {
        try await faculty.bench.subscribe("campus.activity.3", as: student)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `change the code while a screen watches, and not after`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let rotation = try faculty.plugin.activities.rotation
      let screen = try await faculty.bench.subscribe("campus.qr.12", as: faculty.wang)
      let first = try #require(try await faculty.bench.snapshot("campus.qr.12", as: faculty.wang))
      #expect(first["clockin"] == 12)
      let due = try #require(await rotation.turn(12))
      #expect(due == faculty.bench.clock.now + 25_000)
      _ = screen.takeEvents()
      faculty.bench.clock.set(due)
      // The clock turns it as well; its event may be told after this call.
      #expect(await rotation.turn(12) == due + 25_000)
      var events: [Event] = []
      for _ in 0..<500 where events.isEmpty {
        events = screen.takeEvents()
        if events.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      }
      let event = try #require(events.first)
      #expect(event.name == "qr.rotated" && event.isSecret)
      #expect(event.data["payload"] != first["payload"])
      #expect(event.data["payload"]?.string == (await faculty.code()))
      await faculty.bench.unsubscribe(screen, "campus.qr.12")
      faculty.bench.clock.set(due + 25_000)
      #expect(await rotation.turn(12) == nil)
      let clockins = try faculty.plugin.activities.clockins
      #expect(try await clockins.item(12)?.keys.current?.createdAt == due)
    }
  }

  @Test func `change it by the clock, with nobody asking`() async throws {
    try await withFaculty { faculty in
      let screen = try await faculty.bench.subscribe("campus.qr.12", as: faculty.wang)
      _ = try await faculty.bench.snapshot("campus.qr.12", as: faculty.wang)
      _ = screen.takeEvents()
      faculty.bench.clock.advance(seconds: 25)
      // The rotation looks at the wall clock at least once a second.
      for _ in 0..<500 {
        if await faculty.bench.hub.names(in: "campus.qr.12").count > 1 { break }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(await faculty.bench.hub.names(in: "campus.qr.12") == ["qr.rotated", "qr.rotated"])
      await faculty.bench.unit.plugin.stop()
    }
  }

  @Test func `show an activity, and its clock-ins to the staff alone`() async throws {
    try await withFaculty { faculty in
      _ = await faculty.enrol(as: faculty.li)
      let admin = try await faculty.bench.subscribe("campus.activity.3", as: faculty.admin)
      let staff = try await faculty.bench.subscribe("campus.activity.3", as: faculty.wang)
      let other = try await faculty.bench.subscribe("campus.activity.3", as: faculty.chen)
      let snapshot = try await faculty.bench.snapshot("campus.activity.3", as: faculty.li)
      #expect(snapshot == (await faculty.get("/activities/3", as: faculty.li).json))
      #expect(await faculty.scan(await faculty.code(), as: faculty.li).status == 200)
      #expect(admin.takeEvents().map(\.name) == ["clockin.recorded"])
      #expect(staff.takeEvents().map(\.name) == ["clockin.recorded"])
      #expect(other.takeEvents().isEmpty)
      await #expect(throws: TopicRefusal.unknown) {
        try await faculty.bench.subscribe("campus.activity.1", as: faculty.chen)
      }
    }
  }

  @Test func `forget an administrator who is none any more`() async throws {
    try await withFaculty { faculty in
      _ = try await faculty.bench.subscribe("campus.activity.3", as: faculty.admin)
      let followers = try faculty.plugin.activities.followers
      #expect(try await followers.hubUsers(of: 3).sorted() == [faculty.admin.id, faculty.wang.id])
      let former = Identity(account: faculty.admin.account ?? 0, name: "a", roles: .teacher)
      _ = try await faculty.bench.subscribe("campus.activity.3", as: former)
      #expect(try await followers.hubUsers(of: 3) == [faculty.wang.id])
    }
  }
}
