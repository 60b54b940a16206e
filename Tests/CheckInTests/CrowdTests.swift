import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Many at once: nothing is lost, counted twice or told in the wrong order.
@Suite struct CrowdTests {
  @Test(arguments: Engine.testable)
  func `of many who check one person in and out at once each turn counts once`(
    engine: Engine
  ) async throws {
    try await withLab(engine) { bench in
      let codes = await withTaskGroup(of: Int?.self) { group in
        for turn in 0..<60 {
          let path = turn.isMultiple(of: 2) ? "/login" : "/logout"
          group.addTask { await bench.get("\(path)?studentid=2000301416").json["code"]?.int }
        }
        return await group.reduce(into: [Int: Int]()) { $0[$1 ?? 0, default: 0] += 1 }
      }
      let ins = codes[20011] ?? 0
      let outs = codes[20021] ?? 0
      #expect(codes.values.reduce(0, +) == 60)
      #expect(codes.keys.sorted().allSatisfy { [20011, 20021, 20050, 20060].contains($0) })
      #expect(ins - outs == (await bench.present.contains("2000301416") ? 1 : 0))
      #expect(await bench.get("/mytimerecored?userid=4").json["data"]?.array?.count == outs)
      // What was told alternates: whoever watches always knows the truth.
      let told = await bench.hub.names(in: "checkin.presence")
      #expect(told.count == ins + outs)
      for (index, name) in told.enumerated() {
        #expect(name == (index.isMultiple(of: 2) ? "checkin.in" : "checkin.out"))
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `sums are exact however the stays of a crowd interleave`(engine: Engine) async throws {
    try await withLab(engine, demo: false) { bench in
      let numbers = (0..<20).map { "\(2_100_000_000 + $0)" }
      _ = await bench.post(
        "/adduser",
        json: .array(numbers.map { ["name": "s", "studentid": .string($0)] }))
      for _ in 0..<7 {
        await everybody(numbers, "/login", bench)
        bench.clock.advance(seconds: 95)
        await everybody(numbers, "/logout", bench)
      }
      let people = await bench.get("/showbygrade?grade=21&isonline=0").json["data"]?.array ?? []
      #expect(people.count == 20)
      #expect(people.allSatisfy { $0["weekTime"] == 0.21 && $0["totalTime"] == 0.21 })
    }
  }

  private func everybody(_ numbers: [String], _ path: String, _ bench: PluginBench) async {
    await withTaskGroup(of: Void.self) { group in
      for number in numbers {
        group.addTask { _ = await bench.get("\(path)?studentid=\(number)") }
      }
    }
  }
}
