import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct PresentListTests {
  @Test(arguments: Engine.testable)
  func `every change is in the next answer`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      #expect(await bench.present == ["2100301418"])
      _ = await bench.get("/login?studentid=2100301419")
      #expect(await bench.present == ["2100301418", "2100301419"])
      _ = await bench.get("/logout?studentid=2100301418")
      #expect(await bench.present == ["2100301419"])
      _ = await bench.post(
        "/adduser", json: ["name": "wu", "studentid": "2000301421", "status": 1])
      #expect(await bench.present == ["2100301419", "2000301421"])
      try await bench.runJob("reset")
      #expect(await bench.get("/showonline").json["data"]?[0]?["weekTime"] == 0.0)
      try await bench.runJob("nightly")
      #expect(await bench.present == [])
    }
  }

  @Test(arguments: Engine.testable)
  func `whoever has checked in finds itself, whatever others do`(engine: Engine) async throws {
    try await withLab(engine) { bench in
      let people = (0..<40).map { "\(2_200_000_000 + $0)" }
      _ = await bench.post(
        "/adduser", json: .array(people.map { ["name": "s", "studentid": .string($0)] }))
      let missing = await withTaskGroup(of: Bool.self) { group in
        for number in people {
          group.addTask {
            _ = await bench.get("/login?studentid=\(number)")
            return await !bench.present.contains(number)
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(missing == 0)
    }
  }

  @Test func `a quiet lab is read once however many ask`() async throws {
    try await withLab { bench in
      _ = await bench.get("/showonline")
      let before = bench.store.metrics.reads
      for _ in 0..<5 { #expect(await bench.present == ["2100301418"]) }
      #expect(bench.store.metrics.reads == before)
    }
  }
}
