import CheckIn
import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Tables in which another program, or a broken import, has left any numbers.
@Suite struct HostileRowTests {
  static let numbers: [Int64] = [.min, -1, 1 << 53, .max]

  private func withNumbers(
    _ engine: Engine, _ number: Int64, _ body: (PluginBench) async throws -> Void
  ) async throws {
    try await withLab(engine) { bench in
      try await bench.store.execute(
        """
        UPDATE checkin_users
        SET status = 1, starttime = ?, endtime = ?, weektime = ?, totaltime = ?
        """, number, number, number, number)
      try await bench.store.execute(
        "UPDATE checkin_records SET starttime = ?, endtime = ?, duration = ?", number, number,
        number)
      try await body(bench)
    }
  }

  @Test(arguments: Engine.testable, numbers)
  func `lists show them`(engine: Engine, number: Int64) async throws {
    try await withNumbers(engine, number) { bench in
      let answer = await bench.get("/showonline").json
      #expect(answer["data"]?.array?.count == 4)
      for path in ["/topthree?grade=21", "/mytimerecored?userid=1", "/checkin/day"] {
        #expect(await bench.get(path).status == 200)
      }
      let staff = try await bench.account("boss", roles: .staff)
      #expect(try await bench.snapshot("checkin.presence", as: staff) != nil)
    }
  }

  @Test(arguments: Engine.testable, numbers)
  func `a stay that began at any of them can be ended`(engine: Engine, number: Int64) async throws {
    try await withNumbers(engine, number) { bench in
      let answer = await bench.get("/logout?studentid=2100301418")
      #expect(answer.json["code"] == 20021)
      #expect(answer.json["data"]?["endTime"] == "2022-09-01 10:16:40")
      _ = await bench.get("/login?studentid=2100301418")
      bench.clock.advance(seconds: 3600)
      #expect(await bench.get("/logout?studentid=2100301418").json["recordtime"] == "1.00")
    }
  }
}
