import JSON
import Rig
import Testing

@testable import muster_bench

extension Trials {
  /// Peers that mean no good, many at a time, while somebody asks how the server is.
  @Suite struct HostileTrialTests {
    private typealias Attack = @Sendable (RealServer) async throws -> Void

    private static let attacks: [(name: String, attack: Attack)] = [
      ("dripping bytes", Attacks.drip),
      ("vanishing at every stage", Attacks.vanish),
      ("compression bombs", Attacks.bombs),
      ("declared lengths", Attacks.lengths),
      ("pings without end", Attacks.pings),
      ("never reading", Attacks.neverRead),
      ("bodies without their end", Attacks.bodies),
    ]

    @Test(.timeLimit(.minutes(10)))
    func `the server answers others promptly, and is as small afterwards as before`() async throws {
      try await RealServer.run(["limits.requests_per_second=0"]) { server, _ in
        // What the server keeps for good after its first crowd is no growth.
        try await Attacks.vanish(server)
        try await settle(server)
        var before = try await memory(server)
        var growth = 0
        // What the allocator does not give back after the first round, the second has to do with.
        for _ in 0..<Trial.pick(short: 1, long: 2) {
          try await attack(server, before)
          let after = try await memory(server)
          (growth, before) = (after - before, after)
          print(
            "hostile trial: \(after >> 20) MiB afterwards, \(growth >> 10) KiB more than before")
        }
        #expect(growth < Trial.pick(short: 64, long: 24) << 20)
      }
    }

    private func attack(_ server: RealServer, _ before: Int) async throws {
      for (name, attack) in HostileTrialTests.attacks {
        let probe = HealthProbe(server)
        async let probing: Void = probe.run()
        try await attack(server)
        await probe.finish()
        try await probing
        await judge(name, probe, before)
      }
      try await settle(server)
    }

    private func judge(_ name: String, _ probe: HealthProbe, _ before: Int) async {
      let latency = await probe.latency
      let peak = await probe.peak - before
      let complaints = await probe.complaints
      print(
        "hostile trial: \(name): \(latency.count) answers, p50",
        "\(Int(latency.microseconds(at: 0.5))) µs, p99 \(Int(latency.microseconds(at: 0.99))) µs,",
        "longest \(latency.longest / 1_000_000) ms, +\(peak >> 20) MiB")
      #expect(complaints == [], "\(name)")
      #expect(latency.microseconds(at: 0.99) < 500_000, "\(name)")
      #expect(latency.longest < 3_000_000_000, "\(name)")
      #expect(peak < 128 << 20, "\(name)")
    }

    private func memory(_ server: RealServer) async throws -> Int {
      try #require(ProcessFigures(of: await server.process ?? 0)).memory
    }

    /// Waits until nobody is connected but whoever asks.
    private func settle(_ server: RealServer) async throws {
      let isAlone = try await eventually(within: 70) {
        let wire = try await Wire.connect(server.address)
        let health = try await wire.call("GET", "/health")
        await wire.drop()
        return try JSONValue(parsing: health.body)["connections"]?.int ?? 2 <= 1
      }
      #expect(isAlone)
    }
  }
}
