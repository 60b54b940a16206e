import JSON
import MusterTesting
import Rig
import Testing

extension Trials {
  /// The database is killed again and again while people publish in stored topics.
  @Suite(
    .enabled(if: ThrowawayPostgres.missing == nil, "\(ThrowawayPostgres.missing ?? "")"),
    .timeLimit(.minutes(10)))
  struct HistoryOutageTests {
    private static let topic = "chat.room.outage"

    @Test func `what was acknowledged is there once, however often the database is killed`()
      async throws
    {
      let database = try await ThrowawayPostgres.start()
      let settings = [
        "database=\(try await database.makeDatabase())", "limits.publishes_per_second=0",
        "limits.frames_per_second=0",
      ]
      let people = ["p1", "p2", "p3", "follower"]
      try await RealServer.run(settings, people: people) { server, tokens in
        let follower = Follower(of: [Self.topic], at: server, token: tokens[3])
        let publishers = (0..<3).map { number in
          Publisher(
            people[number], at: server, token: tokens[number], topics: [Self.topic],
            returnsOnRefusal: true)
        }
        var chance = Trial.makeChance(for: "history outage trial")
        try await withThrowingTaskGroup { group in
          group.addTask { await follower.run() }
          #expect(await eventually(within: 10) { await follower.isEverywhere })
          for publisher in publishers { group.addTask { await publisher.run() } }
          for _ in 0..<Trial.pick(short: 4, long: 30) {
            try await goOn(publishers)
            try await Task.sleep(for: .milliseconds(.random(in: 0..<300, using: &chance)))
            try database.kill()
            try await Task.sleep(for: .milliseconds(.random(in: 0..<300, using: &chance)))
            try database.resume()
          }
          try await goOn(publishers)
          for publisher in publishers { await publisher.finish() }
          try await look(at: publishers, follower)
          await follower.finish()
          await server.kill()
          try await group.waitForAll()
        }
      }
    }

    /// Waits until something is acknowledged again.
    private func goOn(_ publishers: [Publisher]) async throws {
      var before: [Int] = []
      for publisher in publishers { before.append(await publisher.acks.count) }
      for (publisher, count) in zip(publishers, before) {
        let isGoingOn = await eventually(within: 30) { await publisher.acks.count > count + 5 }
        #expect(isGoingOn, "\(publisher.name) is told nothing any more")
      }
    }

    private func look(at publishers: [Publisher], _ follower: Follower) async throws {
      let acks = await publishers.settledAcks()
      let last = acks.map(\.offset).max() ?? 0
      let isThere = await eventually(within: 30) {
        await follower.log(of: Self.topic)?.last ?? 0 >= last
      }
      #expect(isThere)
      let log = try #require(await follower.log(of: Self.topic))
      let complaints = await follower.complaints
      #expect(complaints == [])
      let ids = log.events.compactMap { event in
        event["data"]?["event"] == "chat.msg" ? event["data"]?["id"]?.string : nil
      }
      #expect(Set(ids).count == ids.count)
      #expect(Set(ids) == Set(acks.map(\.message.id)))
      let misplaced = acks.filter { log[$0.offset]?["data"]?["msg"]?.string != $0.message.text }
      #expect(misplaced.isEmpty && acks.allSatisfy { $0.epoch == log.epoch })
      let repetitions = await publishers.repetitions()
      print("history outage trial: \(acks.count) acknowledged, \(repetitions) sent again")
    }
  }
}
