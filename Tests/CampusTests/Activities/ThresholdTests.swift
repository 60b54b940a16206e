import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The threshold of attendance` {
  @Test(arguments: Engine.testable)
  func `is told by mail once an activity has ended`(engine: Engine) async throws {
    try await withFaculty(engine, settings: ["threshold_percent": .number(51)]) { faculty in
      _ = await faculty.enrol(as: faculty.li)
      try await faculty.bench.runJob("thresholds")
      #expect(await faculty.bench.outbox.mails.isEmpty)
      faculty.bench.clock.advance(seconds: 9 * 3600)
      for _ in 0..<2 { try await faculty.bench.runJob("thresholds") }
      let mails = await faculty.bench.outbox.mails
      #expect(mails.map(\.to) == ["chen@example.edu", "lina@example.edu"])
      #expect(mails.first?.subject == "教学研讨：打卡未达标提醒")
      #expect(mails.first?.text.contains("1 / 2 次打卡，未达到 51%") == true)
    }
  }

  @Test func `is met by half where half is asked for`() async throws {
    try await withFaculty(settings: ["threshold_percent": .number(50)]) { faculty in
      try await faculty.bench.accounts.change(faculty.wang.account ?? 0) {
        $0.email = "wang@example.edu"
      }
      _ = await faculty.enrol(as: faculty.li)
      faculty.bench.clock.advance(seconds: 9 * 3600)
      try await faculty.bench.runJob("thresholds")
      let mails = await faculty.bench.outbox.mails
      #expect(mails.map(\.to) == ["lina@example.edu", "wang@example.edu"])
      #expect(mails.last?.text.contains("20120002 李娜：0 / 2 次打卡") == true)
      #expect(mails.last?.text.contains("陈伟") == false)
    }
  }

  @Test func `is off unless it is set, and is a percentage`() async throws {
    try await withFaculty { faculty in
      faculty.bench.clock.advance(seconds: 9 * 3600)
      try await faculty.bench.runJob("thresholds")
      #expect(await faculty.bench.outbox.mails.isEmpty)
    }
    let settings = Settings(CampusPlugin.settings, replacing: ["threshold_percent": .number(101)])
    #expect(CampusPlugin.check(settings).map(\.key) == ["threshold_percent"])
  }
}
