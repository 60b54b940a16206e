import JSON
import Rig
import Testing

extension Trials {
  /// The server is killed again and again while people publish.
  @Suite struct KillTests {
    private static let topics = ["chat.room.trial-1", "chat.room.trial-2"]

    @Test(.timeLimit(.minutes(20)))
    func `what was acknowledged is there once and in order, however often the server is killed`()
      async throws
    {
      let settings = ["limits.publishes_per_second=0", "limits.frames_per_second=0"]
      try await RealServer.run(settings, people: ["p1", "p2", "p3", "follower"]) { server, tokens in
        let follower = Follower(of: KillTests.topics, at: server, token: tokens[3])
        let publishers = (0..<3).map { number in
          Publisher("p\(number + 1)", at: server, token: tokens[number], topics: KillTests.topics)
        }
        var chance = Trial.makeChance(for: "kill trial")
        try await withThrowingTaskGroup { group in
          group.addTask { await follower.run() }
          #expect(await eventually(within: 10) { await follower.isEverywhere })
          for publisher in publishers { group.addTask { await publisher.run() } }
          try await killAgainAndAgain(server, publishers, &chance)
          for publisher in publishers { await publisher.finish() }
          try await look(at: publishers, follower)
          await follower.finish()
          await server.kill()
          try await group.waitForAll()
        }
      }
    }

    /// At any moment: while people publish and come back, when something was just acknowledged,
    /// and while the server starts.
    private func killAgainAndAgain(
      _ server: RealServer, _ publishers: [Publisher], _ chance: inout Chance
    ) async throws {
      for _ in 0..<Trial.pick(short: 3, long: 50) {
        try await Task.sleep(for: .milliseconds(.random(in: 20..<700, using: &chance)))
        if Bool.random(using: &chance), let process = await server.process {
          await publishers.randomElement(using: &chance)?.strike(process)
          await server.waitForEnd()
        } else {
          await server.kill()
        }
        if Int.random(in: 0..<4, using: &chance) == 0 {
          try await server.launch()
          try await Task.sleep(for: .milliseconds(.random(in: 0..<300, using: &chance)))
          await server.kill()
        }
        try await server.start()
      }
    }

    private func look(at publishers: [Publisher], _ follower: Follower) async throws {
      let acks = await publishers.settledAcks()
      for topic in KillTests.topics {
        let mine = acks.filter { $0.message.topic == topic }
        let last = mine.map(\.offset).max() ?? 0
        #expect(await eventually(within: 30) { await follower.log(of: topic)?.last ?? 0 >= last })
        check(try #require(await follower.log(of: topic)), against: mine)
      }
      let complaints = await follower.complaints
      #expect(complaints == [])
      let repetitions = await publishers.repetitions()
      print(
        "kill trial: \(acks.count) acknowledged, \(repetitions) sent again, the follower came back",
        await follower.returns, "times and recovered", await follower.recovered)
    }

    private func check(_ log: TopicLog, against acks: [Publisher.Ack]) {
      #expect(acks.count > 0 && acks.allSatisfy { $0.epoch == log.epoch })
      var complaints: [String] = []
      var seen: Set<String> = []
      var numbers: [String: Int] = [:]
      for event in log.events {
        guard event["data"]?["event"] == "chat.msg", let id = event["data"]?["id"]?.string else {
          continue
        }
        if !seen.insert(id).inserted { complaints.append("\(id) came twice") }
        let parts = id.split(separator: "-")
        let (name, number) = (String(parts[0]), Int(parts[1]) ?? 0)
        let before = numbers.updateValue(number, forKey: name) ?? 0
        if number <= before { complaints.append("\(id) came behind \(before)") }
      }
      for ack in acks where log[ack.offset]?["data"]?["msg"]?.string != ack.message.text {
        complaints.append("\(ack.message.id) is not at \(ack.offset)")
      }
      #expect(complaints.prefix(10) == [])
      #expect(seen == Set(acks.map(\.message.id)))
    }
  }
}
