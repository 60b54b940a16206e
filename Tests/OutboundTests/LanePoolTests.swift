import Loop
import PluginKit
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(3))) struct LanePoolTests {
  /// Keeps calls under way until a test lets them end.
  private actor Gate {
    private(set) var lanes: [TransferLane] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass(_ lane: TransferLane) async {
      lanes.append(lane)
      await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
      for call in waiting { call.resume() }
      waiting = []
    }
  }

  private func withPool(_ count: Int, _ body: (LanePool) async throws -> Void) async throws {
    let lanes = (0..<count).map { TransferLane(name: "lane-\($0)", brake: Curl.Brake()) }
    let pool = LanePool(lanes, waiting: 256)
    try await body(pool)
    pool.stop()
  }

  @Test(arguments: [(1, 1), (2, 1), (4, 2), (5, 2)])
  func `a host that hangs holds half of the lanes`(count: Int, share: Int) async throws {
    try await withPool(count) { pool in
      let gate = Gate()
      try await withThrowingTaskGroup { group in
        for _ in 0..<20 {
          group.addTask { try await pool.withLane(to: "https://slow") { await gate.pass($0) } }
        }
        while await gate.lanes.count < 20 { await Task.yield() }
        let held = Set(await gate.lanes.map { ObjectIdentifier($0) })
        #expect(held.count == share)
        let other = try await pool.withLane(to: "https://other") { ObjectIdentifier($0) }
        #expect(count == 1 || !held.contains(other))
        await gate.open()
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: [
    ("https://a.example:8443/x/y?z", "https://a.example:8443"),
    ("https://me:secret@a.example", "https://a.example"), ("nonsense", "nonsense"),
  ])
  func `a call belongs to its scheme, host and port`(url: String, host: String) {
    #expect(WebCall("GET", url).host == host)
  }
}
