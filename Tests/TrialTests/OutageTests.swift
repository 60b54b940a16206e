import JSON
import Loop
import MusterTesting
import Rig
import Testing

extension Trials {
  /// The database is killed, and restarted, while people check in and out.
  @Suite(
    .enabled(if: ThrowawayPostgres.missing == nil, "\(ThrowawayPostgres.missing ?? "")"),
    .timeLimit(.minutes(10)))
  struct OutageTests {
    @Test func `nothing that was acknowledged is lost, and nobody restarts the server`()
      async throws
    {
      let database = try await ThrowawayPostgres.start()
      let settings = [
        "database=\(try await database.makeDatabase())", "limits.requests_per_second=0",
      ]
      try await RealServer.run(settings) { server, _ in
        let numbers = try await Kiosk(server).add(students: 16)
        let visitors = numbers.map { Visitor($0, at: server) }
        try await withThrowingTaskGroup { group in
          for visitor in visitors { group.addTask { try await visitor.run() } }
          for _ in 0..<Trial.pick(short: 1, long: 5) {
            try await goOn(visitors)
            try database.kill()
            try await isAway(server, visitors)
            try database.resume()
            try await goOn(visitors)
            try database.restart()
          }
          try await goOn(visitors)
          for visitor in visitors { await visitor.finish() }
          try await group.waitForAll()
        }
        try await look(at: visitors, server)
      }
    }

    /// Waits until people come and go again.
    private func goOn(_ visitors: [Visitor]) async throws {
      let before = await acknowledged(visitors)
      let isGoingOn = await eventually(within: 30) { await acknowledged(visitors) > before + 200 }
      #expect(isGoingOn)
    }

    private func acknowledged(_ visitors: [Visitor]) async -> Int {
      var sum = 0
      for visitor in visitors { sum += await visitor.acknowledged }
      return sum
    }

    private func isAway(_ server: RealServer, _ visitors: [Visitor]) async throws {
      for visitor in visitors {
        let before = await visitor.refused
        #expect(await eventually(within: 20) { await visitor.refused > before + 3 })
      }
      let kiosk = Kiosk(server)
      #expect(try await kiosk.get("/health").status == 200)
      let ready = try await kiosk.get("/ready")
      #expect(ready.status == 503)
      #expect(ready.body["detail"]?["store"]?.string?.hasPrefix("failing: ") == true)
      let list = try await kiosk.get("/showonline")
      #expect(list.status == 503 && list.isRefusal && list.body["data"] == "查询失败")
    }

    private func look(at visitors: [Visitor], _ server: RealServer) async throws {
      let kiosk = Kiosk(server)
      let users = try await kiosk.get("/showbygrade?grade=21").body["data"]?.array ?? []
      let present = try await kiosk.present()
      for visitor in visitors {
        let user = users.first { $0["studentid"]?.string == visitor.number }
        let id = try #require(user?["id"]?.int)
        let records = try await kiosk.get("/mytimerecored?userid=\(id)").body["data"]?.array
        let story = await visitor.story
        // What was refused may have been done all the same, but nothing else may.
        let possible = story.stays...(story.stays + story.uncertain)
        #expect(possible.contains(records?.count ?? -1), "\(visitor.number): \(story)")
        #expect(present.contains(visitor.number) == story.isPresent, "\(visitor.number): \(story)")
        #expect(story.strange == [], "\(visitor.number)")
        #expect(story.slowest < .seconds(8), "\(visitor.number): \(story.slowest)")
      }
      #expect(await server.log.contains("the database cannot be written"))
    }
  }
}

/// A student who comes and goes all the time, and keeps an account of what was said about it.
actor Visitor {
  struct Story {
    /// Check-outs that were acknowledged, and those of which nobody knows.
    var stays = 0
    var uncertain = 0
    var isPresent = false
    var strange: [String] = []
    var slowest = Duration.zero
  }

  nonisolated let number: String
  private let server: RealServer
  private(set) var story = Story()
  private(set) var acknowledged = 0
  private(set) var refused = 0
  private var isFinishing = false

  init(_ number: String, at server: RealServer) {
    self.number = number
    self.server = server
  }

  func finish() { isFinishing = true }

  func run() async throws {
    let kiosk = Kiosk(server)
    var isSure = true
    // It ends with an answer that says how things are.
    while !isFinishing || !isSure {
      let isCheckIn = !story.isPresent
      let start = ContinuousClock.now
      let answer = try await kiosk.get("/\(isCheckIn ? "login" : "logout")?studentid=\(number)")
      story.slowest = max(story.slowest, ContinuousClock.now - start)
      isSure = answer.status == 200
      switch (answer.status, answer.body["code"]?.int) {
      case (200, 20011): arrive()
      case (200, 20021): depart()
      // An earlier call that was refused had been done.
      case (200, 20050) where refused > 0: story.isPresent = true
      case (200, 20060) where refused > 0: story.isPresent = false
      case (503, isCheckIn ? 20010 : 20020) where answer.isRefusal: await wait(isCheckIn)
      default: story.strange.append("\(answer.status) \(answer.body)")
      }
    }
  }

  private func arrive() {
    acknowledged += 1
    story.isPresent = true
  }

  private func depart() {
    acknowledged += 1
    story.stays += 1
    story.isPresent = false
  }

  private func wait(_ isCheckIn: Bool) async {
    refused += 1
    if !isCheckIn { story.uncertain += 1 }
    try? await Task.sleep(for: .milliseconds(20))
  }
}
