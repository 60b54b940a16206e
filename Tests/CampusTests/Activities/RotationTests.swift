import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The rotation of codes` {
  private static let good = "已存在该打卡记录。"
  private static let wrong = "打卡二维码异常或已过期，请重试。"

  @Test(arguments: Engine.testable)
  func `shows all screens one code, good for 25 seconds and not for 27.1, a thousand times`(
    engine: Engine
  ) async throws {
    let turns = engine == .sqlite ? 1000 : 50
    try await withFaculty(engine) { faculty in
      let clock = faculty.bench.clock
      let rotation = try faculty.plugin.activities.rotation
      let screens = [
        try await faculty.bench.subscribe("campus.qr.12", as: faculty.wang),
        try await faculty.bench.subscribe("campus.qr.12", as: faculty.admin),
      ]
      // From here on the test alone changes codes.
      await rotation.stop()
      for screen in screens { _ = screen.takeEvents() }
      let start = clock.now
      // Chen has a record: a good code is told from a bad one by the words.
      func answer(_ code: String, _ age: Int64, madeAt: Int64) async -> String? {
        clock.set(madeAt + age)
        return await faculty.scan(code, as: faculty.chen).detail
      }
      var last = await faculty.code()
      for turn in 1...turns {
        let due = start + Int64(turn) * 25_000
        #expect(await answer(last, 24_999, madeAt: due - 25_000) == Self.good)
        clock.set(due + Int64(turn % 50))
        #expect(await rotation.turn(12) == due + 25_000)
        let shown = screens.map { $0.takeEvents().map { $0.data["payload"]?.string } }
        #expect(shown[0].count == 1 && shown[0] == shown[1])
        let code = try #require(shown[0].first ?? nil)
        #expect(code != last)
        #expect(await answer(last, 27_000, madeAt: due - 25_000) == Self.good)
        #expect(await answer(last, 27_100, madeAt: due - 25_000) == Self.wrong)
        #expect(await answer(code, 0, madeAt: due) == Self.good)
        last = code
      }
    }
  }

  @Test func `is not early: a screen that asks before the time keeps its code`() async throws {
    try await withFaculty { faculty in
      let clock = faculty.bench.clock
      let rotation = try faculty.plugin.activities.rotation
      let screen = try await faculty.bench.subscribe("campus.qr.12", as: faculty.wang)
      await rotation.stop()
      _ = screen.takeEvents()
      let start = clock.now
      clock.set(start + 24_999)
      #expect(await rotation.turn(12) == start + 25_000)
      #expect(screen.takeEvents().isEmpty)
      await faculty.bench.unsubscribe(screen, "campus.qr.12")
      clock.set(start + 25_000)
      #expect(await rotation.turn(12) == nil)
    }
  }
}
