import JSON
import Rig
import Testing

extension Trials {
  /// The end of a lecture: everybody checks in or out, and the dashboards on the walls watch.
  @Suite struct LabTests {
    @Test func `every dashboard sees every check-in and the sums are exact`() async throws {
      try await RealServer.run(["limits.requests_per_second=0"]) { server, _ in
        let bench = try await BenchProgram.start(
          "lab", "--target", "muster://127.0.0.1:\(server.port)", "--json",
          "--connections", Trial.pick(short: "40", long: "1000"),
          "--rate", Trial.pick(short: "200", long: "2000"),
          "--people", Trial.pick(short: "1600", long: "10000"),
          "--warm-up", Trial.pick(short: "1", long: "19"),
          "--seconds", Trial.pick(short: "3", long: "15"))
        // It ends with an error if anything was lost, came twice, or was not counted.
        let figures = try await bench.figures(within: 180)
        let changes = try #require(figures["changes"]?.int)
        let dashboards = try #require(figures["dashboards"]?.int)
        #expect(changes > Trial.pick(short: 500, long: 25_000))
        #expect(figures["seen"]?.int == changes * dashboards)
        #expect((figures["seen_p50_us"]?.double ?? .infinity) < 250_000)
        if Trial.isLong { #expect((figures["hours"]?.double ?? 0) > 0) }
        print("lab: \(figures)")
      }
    }
  }
}
