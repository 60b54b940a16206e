import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct Topics {
  @Test func `tell a user about the own records`() async throws {
    try await withLibrary { library in
      let client = try await library.bench.subscribe("study.user.1", as: library.bllli)
      _ = await library.start(["start_time": "2017-03-25 11:55:47"], as: library.bllli)
      _ = await library.finish(8, as: library.bllli)
      let events = client.takeEvents()
      #expect(events.map(\.name) == ["study.started", "study.finished"])
      #expect(events.first?.fields["study"]?["id"] == 8)
      #expect(events.first?.fields["study"]?["url"] == "https://localhost/api/v1.0/studys/8")
      #expect(events.last?.fields["seconds"] == 255)
    }
  }

  @Test func `give newcomers the open records`() async throws {
    try await withLibrary { library in
      let snapshot = try await library.bench.snapshot("study.user.1", as: library.bllli)
      #expect(snapshot?.array?.map { $0["id"]?.int } == [1, 7])
      #expect(snapshot?[0]?["creator"] == "https://localhost/api/v1.0/users/1")
    }
  }

  @Test func `of a user are closed to everyone else`() async throws {
    try await withLibrary { library in
      let other = try await library.student("other")
      let teacher = try await library.student("teacher", roles: .teacher)
      for (topic, who) in [
        ("study.user.1", other), ("study.user.01", library.bllli), ("study.user.x", library.bllli),
        ("study.user.1", teacher),
      ] {
        await #expect(throws: TopicRefusal.denied) {
          try await library.bench.subscribe(Topic(topic), as: who)
        }
      }
    }
  }

  @Test func `count users, not records`() async throws {
    try await withLibrary { library in
      let other = try await library.student("other")
      #expect(
        try await library.bench.snapshot("study.live", as: other) == ["studying": 1])
      _ = await library.start(as: other)
      _ = await library.start(as: other)
      #expect(
        try await library.bench.snapshot("study.live", as: other) == ["studying": 2])
    }
  }

  @Test func `tell the count at most once a second, and the last one always`() async throws {
    try await withLibrary { library in
      let client = try await library.bench.subscribe("study.live", as: library.bllli)
      func counts() -> [JSONValue?] { client.takeEvents().map { $0.fields["studying"] } }
      let people = [
        try await library.student("a"), try await library.student("b"),
        try await library.student("c"),
      ]
      for who in people { _ = await library.start(as: who) }
      #expect(counts() == [2])
      try await library.bench.runJob("count")
      #expect(counts() == [])
      library.bench.clock.advance(seconds: 1)
      try await library.bench.runJob("count")
      #expect(counts() == [4])
      library.bench.clock.advance(seconds: 1)
      // A second record of one user changes no count.
      _ = await library.start(as: people[0])
      #expect(counts() == [])
    }
  }
}
