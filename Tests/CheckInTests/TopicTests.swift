import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// What subscribers see, and who may be one.
@Suite struct TopicTests {
  /// A user of the documented calls as the topics have it: with the moments in milliseconds.
  private func live(_ user: JSONValue?) -> JSONValue {
    guard var fields = user?.object else { return .null }
    for (text, moment) in [("startTime", "startedAt"), ("endTime", "endedAt")] {
      let time = fields[text]?.string.flatMap { LocalZone.shanghai.time($0) }
      fields[moment] = JSONValue(time.map { Int($0.unixMilliseconds) })
    }
    return .object(fields)
  }

  @Test func `a check-in is told to the lab, the grade and the student`() async throws {
    try await withLab { bench in
      let answer = await bench.get("/login?studentid=2100301419")
      for topic in ["checkin.presence", "checkin.grade.21", "checkin.user.2100301419"] {
        let events = await bench.events(in: Topic(topic))
        #expect(events == [["event": "checkin.in", "user": live(answer.json["data"])]])
      }
    }
  }

  @Test func `a check-out carries the stay, the record only for the student`() async throws {
    try await withLab { bench in
      _ = await bench.get("/login?studentid=2100301419")
      await bench.hub.forget()
      bench.clock.advance(seconds: 95)
      let user = live(await bench.get("/logout?studentid=2100301419").json["data"])
      let seen: JSONValue = ["event": "checkin.out", "user": user, "recordtime": "0.03"]
      #expect(await bench.events(in: "checkin.presence") == [seen])
      #expect(await bench.events(in: "checkin.grade.21").first == seen)
      let own = await bench.events(in: "checkin.user.2100301419").first
      #expect(own?["recordtime"] == "0.03")
      #expect(own?["record"]?["id"] == 144)
      #expect(own?["record"]?["duration"] == 0.03)
    }
  }

  @Test func `calls that fail tell nobody anything`() async throws {
    try await withLab { bench in
      for target in [
        "/login?studentid=2100301418", "/logout?studentid=2100301419", "/login?studentid=221",
        "/logout?studentid=221", "/login", "/showonline",
      ] {
        _ = await bench.get(target)
      }
      #expect(await bench.hub.published.isEmpty)
    }
  }

  @Test func `a rank is told when the first three have changed, and only then`() async throws {
    try await withLab { bench in
      func stay(_ number: String, seconds: Int) async {
        _ = await bench.get("/login?studentid=\(number)")
        bench.clock.advance(seconds: seconds)
        _ = await bench.get("/logout?studentid=\(number)")
      }
      func ranks() async -> Int {
        await bench.hub.names(in: "checkin.grade.21").count { $0 == "checkin.rank" }
      }
      await stay("2100301419", seconds: 95)
      #expect(await ranks() == 1)
      let event = await bench.events(in: "checkin.grade.21").last
      #expect(event?["grade"] == "21")
      #expect(
        event?["top"]?.array?.map { $0["name"]?.string } == ["lin", "chen", "tao"])
      // Nine seconds are 0.00 hours.
      await stay("2100301419", seconds: 9)
      #expect(await ranks() == 1)
      _ = await bench.post("/adduser", json: ["name": "wu", "studentid": "2100301500"])
      await stay("2100301500", seconds: 95)
      #expect(await ranks() == 1)
      await stay("2100301500", seconds: 3700)
      #expect(await ranks() == 2)
      #expect(await bench.hub.names(in: "checkin.grade.20").isEmpty)
    }
  }

  @Test func `somebody imported into the first three changes the rank`() async throws {
    try await withLab { bench in
      _ = await bench.post(
        "/adduser", json: ["name": "wu", "studentid": "2100301500", "weekTime": 60])
      #expect(await bench.hub.names(in: "checkin.grade.21") == ["checkin.rank"])
    }
  }

  @Test func `a longer prefix gets events while somebody follows it`() async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      let follower = try await bench.subscribe("checkin.grade.210030", as: tao)
      _ = await bench.get("/login?studentid=2100301419")
      #expect(follower.takeEvents().map(\.name) == ["checkin.in"])
      await bench.unsubscribe(follower, "checkin.grade.210030")
      try await bench.runJob("tidy")
      await bench.hub.forget()
      _ = await bench.get("/logout?studentid=2100301419")
      #expect(await bench.hub.names(in: "checkin.grade.210030").isEmpty)
    }
  }

  @Test(arguments: ["checkin.presence", "checkin.grade.21"])
  func `a wall screen in an open network needs no account, elsewhere it does`(
    topic: String
  ) async throws {
    try await withLab { bench in
      let wall = Identity(guest: "wall", name: "")
      _ = try await bench.subscribe(Topic(topic), as: wall, from: .labDevice)
      await #expect(throws: TopicRefusal.unauthorized) {
        try await bench.subscribe(Topic(topic), as: wall, from: .outside)
      }
      let tao = try await bench.account("tao", number: "2100301419")
      _ = try await bench.subscribe(Topic(topic), as: tao, from: .outside)
    }
  }

  @Test(arguments: ["checkin.grade.ab", "checkin.grade.2%", "checkin.grade.12345678901"])
  func `a grade is one to ten digits`(topic: String) async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      await #expect(throws: TopicRefusal.unknown) {
        try await bench.subscribe(Topic(topic), as: tao)
      }
    }
  }

  @Test func `a personal topic is for the student and the staff`() async throws {
    try await withLab { bench in
      let tao = try await bench.account("tao", number: "2100301419")
      let boss = try await bench.account("boss", roles: .staff)
      _ = try await bench.subscribe("checkin.user.2100301419", as: tao)
      _ = try await bench.subscribe("checkin.user.2100301419", as: boss)
      await #expect(throws: TopicRefusal.denied) {
        try await bench.subscribe("checkin.user.2100301418", as: tao)
      }
      await #expect(throws: TopicRefusal.unauthorized) {
        try await bench.subscribe(
          "checkin.user.2100301419", as: Identity(guest: "wall", name: ""), from: .labDevice)
      }
    }
  }

  @Test func `newcomers are given what the documented calls answer`() async throws {
    try await withLab { bench in
      let boss = try await bench.account("boss", roles: .staff)
      func snapshot(_ topic: Topic) async throws -> String? {
        try await bench.snapshot(topic, as: boss)?.description
      }
      let present = try JSONValue(
        parsing: Array(try #require(await snapshot("checkin.presence")).utf8))
      let documented = await bench.get("/showonline").json["data"]?.array ?? []
      #expect(documented.count == 1 && present["flag"] == true)
      #expect(present["data"]?.array == documented.map { live($0) })
      #expect(try await snapshot("checkin.grade.21") == bench.get("/topthree?grade=21").text)
      let chen = try await bench.snapshot("checkin.user.2100301417", as: boss)
      let own = try JSONValue(parsing: try #require(chen).encoded())
      #expect(own["user"]?["name"] == "chen")
      #expect(own["record"]?["id"] == 143)
      #expect(
        try await snapshot("checkin.user.2000301416")?.hasSuffix(#""record":null}"#) == true)
    }
  }

  @Test func `a dashboard that opens finds what happened before`() async throws {
    try await withLab { bench in
      let rules = try #require(
        bench.unit.topics.first { $0.pattern == "checkin.presence" }?.rules)
      guard case .stream(let count, _, stored: false) = rules.history else {
        Issue.record("the presence keeps no history")
        return
      }
      #expect(count >= 12)
    }
  }
}
