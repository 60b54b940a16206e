import JSON
import Rig
import Testing

extension Trials {
  /// The load generator as a program, against the server as a program.
  @Suite struct BenchProgramTests {
    // A generator says more than a person may.
    private static let settings = ["limits.publishes_per_second=0", "limits.frames_per_second=0"]

    private func bench(
      _ scenario: String, _ server: RealServer, _ more: [String] = []
    ) async throws -> BenchProgram {
      let process = await server.process ?? 0
      let target = "muster://127.0.0.1:\(server.port),pid=\(process)"
      return try await BenchProgram.start(
        [
          scenario, "--target", target, "--connections", "10", "--seconds", "0.3", "--warm-up",
          "0.05", "--json",
        ] + more)
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["echo", "fanout", "connect", "idle"])
    func `each scenario counts what it did, and prints it as JSON`(scenario: String) async throws {
      try await RealServer.run(Self.settings) { server, _ in
        let figures = try await bench(scenario, server).figures(within: 60)
        #expect(figures["target"] == "muster")
        #expect(figures["scenario"]?.string == scenario)
        #expect(figures["count"]?.int ?? 0 >= 10)
        #expect(figures["server_memory_bytes"]?.int ?? 0 > 1 << 20)
        if scenario == "idle" {
          #expect(figures["bytes_per_connection"]?.int ?? 0 > 0)
        } else {
          #expect(figures["per_second"]?.double ?? 0 > 10)
          #expect(figures["server_us_each"]?.double ?? 0 > 1)
          let (half, most) = (figures["p50_us"]?.double ?? 0, figures["p99_us"]?.double ?? 0)
          #expect(half > 1 && most >= half)
        }
      }
    }

    @Test(.timeLimit(.minutes(2))) func `a server that answers something else is no result`()
      async throws
    {
      try await RealServer.run(Self.settings) { server, _ in
        let bench = try await BenchProgram.start([
          "echo", "--target", "wss://127.0.0.1:\(server.port)/ws", "--connections", "2",
          "--seconds", "0.3", "--json",
        ])
        let (code, output) = try await bench.result(within: 60)
        #expect(code == 1 && output.isEmpty)
        #expect(await bench.remarks.contains("nothing came back"))
      }
    }

    @Test(.timeLimit(.minutes(2))) func `messages that nobody of its own has sent are a failure`()
      async throws
    {
      try await RealServer.run(Self.settings) { server, _ in
        // Each hears the other's publisher, who has the same number as its own.
        let both = [try await bench("fanout", server), try await bench("fanout", server)]
        var codes: [Int32] = []
        var remarks = ""
        for bench in both {
          codes.append(try await bench.result(within: 60).code)
          remarks += await bench.remarks
        }
        #expect(codes.contains(1))
        #expect(remarks.contains("damaged or out of order"))
      }
    }

    @Test(.timeLimit(.minutes(2))) func `a server that is not there is a failure with a reason`()
      async throws
    {
      let bench = try await BenchProgram.start([
        "echo", "--target", "muster://127.0.0.1:1", "--json",
      ])
      #expect(try await bench.result(within: 60).code == 1)
      #expect(await bench.remarks.contains("muster"))
    }
  }
}
