import CheckIn
import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Two servers on one database.
@Suite struct SharedLabTests {
  private func withServers(
    _ engine: Engine, _ body: (PluginBench, PluginBench) async throws -> Void
  ) async throws {
    try await withLab(engine) { first in
      let second = try await PluginBench(
        CheckInPlugin.self, store: first.store, clock: ManualClock("2022-09-01 10:16:40"))
      try await body(first, second)
    }
  }

  @Test(arguments: Engine.testable)
  func `of many check-ins of one person on two servers one counts`(engine: Engine) async throws {
    try await withServers(engine) { first, second in
      let codes = await withTaskGroup(of: Int.self) { group in
        for number in 0..<8 {
          let server = number.isMultiple(of: 2) ? first : second
          group.addTask {
            await server.get("/login?studentid=2100301419").json["code"]?.int ?? 0
          }
        }
        return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(codes == [20011: 1, 20050: 7])
      let announced = await [first, second].asyncCount {
        await $0.hub.names(in: "checkin.presence")
      }
      #expect(announced == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `a check-in on one server opens the chat of the other one`(engine: Engine) async throws {
    try await withServers(engine) { first, second in
      let answer = await first.get("/login?studentid=2100301419")
      let cookie = try #require(answer.header("Set-Cookie"))
      let session = String(cookie.split(separator: ";")[0].dropFirst("JSESSIONID=".count))
      let client = try await second.connect("/chart", cookies: ["JSESSIONID": session])
      #expect(client.client.takeTexts().last?.contains("2100301419") == true)
      await #expect(throws: PluginError.self) {
        _ = try await second.connect(
          "/chart", cookies: ["JSESSIONID": String(repeating: "0", count: 32)], id: "c2")
      }
    }
  }
}

extension [PluginBench] {
  /// The number of all names that `names` finds.
  fileprivate func asyncCount(_ names: (PluginBench) async -> [String]) async -> Int {
    var count = 0
    for bench in self { count += await names(bench).count }
    return count
  }
}
