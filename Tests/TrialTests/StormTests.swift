import JSON
import Rig
import Testing

extension Trials {
  /// Everybody is sent away by a server that is restarted, and comes back.
  @Suite struct StormTests {
    private static let clients = Trial.pick(short: 200, long: 5000)
    /// What the server plans with, when it announces a window.
    private static let rate = Trial.pick(short: 100, long: 500)
    private static let settings = Trial.pick(
      short: ["heartbeat.reconnects_per_second=100", "heartbeat.resume=10s"], long: [])

    @Test(.timeLimit(.minutes(5)))
    func `all are back in time and no faster than planned, and nobody sees anybody leave`()
      async throws
    {
      try await RealServer.run(StormTests.settings) { server, _ in
        let bench = try await BenchProgram.start(
          "storm", "--target", "muster://127.0.0.1:\(server.port)", "--connections",
          "\(StormTests.clients)", "--json")
        let isReady = await eventually(within: 120) {
          await bench.remarks.contains("are connected")
        }
        #expect(isReady)
        #expect(try await server.stop() == 0)
        let stopped = ContinuousClock.now
        try await server.start()
        let seen = try await lookAround(server, bench)
        print(
          "storm trial: down until", (seen.came - stopped) / .seconds(1), "s;",
          String(decoding: seen.figures.encoded(), as: UTF8.self))
        check(seen.figures)
        // Everybody whom the first to come was shown is still there, and was all the time.
        #expect(seen.found == 100)
        #expect(seen.changes == [])
      }
    }

    private struct Sight {
      let came: ContinuousClock.Instant
      /// How many members of one room somebody was shown who came before most of them.
      let found: Int
      let figures: JSONValue
      /// Who of them joined or left while they came.
      let changes: [String]
    }

    private func lookAround(_ server: RealServer, _ bench: BenchProgram) async throws -> Sight {
      try await Watcher.run("echo.room.storm-0", at: server) { watcher in
        let came = ContinuousClock.now
        let figures = try await bench.figures(within: 120)
        return Sight(
          came: came, found: await watcher.found.count { $0 != watcher.user }, figures: figures,
          changes: await watcher.sightings.filter { sighting in
            sighting.user != watcher.user && ["join", "leave"].contains(sighting.what)
          }.map(\.description))
      }
    }

    private func check(_ figures: JSONValue) {
      let window = figures["window_ms"]?.int ?? 0
      #expect(window >= 1000 && window <= 60_000)
      #expect(figures["away"] == 0)
      #expect(figures["back_after_ms"]?.int ?? .max <= window + 5000)
      // By when they were to come: on a busy machine they come in bunches. Chance weighs more
      // where few come.
      let peak = figures["peak_due"]?.int ?? .max
      let most = StormTests.rate * Trial.pick(short: 15, long: 10) / 10
      #expect(peak <= most, "\(peak) handshakes in one second")
    }
  }
}
