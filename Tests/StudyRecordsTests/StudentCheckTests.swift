import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import StudyRecords

/// Answers only when a test lets it.
private actor HangingService: WebService {
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private let status: Int

  init(status: Int = 200) { self.status = status }

  func call(_ call: WebCall) async throws -> WebAnswer {
    await withCheckedContinuation { waiting.append($0) }
    return WebAnswer(status: status, body: [])
  }

  func hasWaiting(_ count: Int) -> Bool { waiting.count == count }

  func answer() {
    for call in waiting { call.resume() }
    waiting = []
  }
}

@Suite struct `A student check` {
  private static let service: [String: Setting.Kind] = [
    "student_check": .text("service"), "check_url": .text("https://college.example/check"),
    "check_seconds": .number(7),
  ]

  private func checks(
    _ settings: [String: Setting.Kind], web: any WebService, store: any Store
  ) -> StudentChecks {
    let outbox = BenchOutbox()
    return StudentChecks(
      PluginServices(
        hub: RecordingHub(), store: store, accounts: BenchAccounts(), mail: outbox, web: web,
        spreadsheets: outbox, clock: ManualClock(),
        settings: Settings(StudyRecordsPlugin.settings, replacing: settings), log: .silent))
  }

  @Test(arguments: [
    (200, StudentVerdict.good, 1), (402, .badPair, 1), (401, .unavailable, 3),
    (500, .unavailable, 1), (302, .unavailable, 1),
  ])
  func `of the service follows the status, and repeats a misread captcha`(
    status: Int, verdict: StudentVerdict, calls: Int
  ) async throws {
    try await withFreshStore(.sqlite) { store in
      let outbox = BenchOutbox()
      await outbox.setAnswer(WebAnswer(status: status, body: []))
      let checks = checks(Self.service, web: outbox, store: store)
      #expect(try await checks.verify("4130209102", "秘密") == verdict)
      let made = await outbox.calls
      #expect(made.count == calls)
      #expect(made.first?.url == "https://college.example/check")
      #expect(made.first?.timeoutSeconds == 7)
      let body = try JSONValue(parsing: made.first?.body ?? [])
      #expect(body == ["stu_id": "4130209102", "stu_pwd": "秘密"])
    }
  }

  @Test func `is given up at once where eight wait for a service that hangs`() async throws {
    try await withFreshStore(.sqlite) { store in
      let service = HangingService()
      let checks = checks(Self.service, web: service, store: store)
      await withTaskGroup(of: StudentVerdict?.self) { group in
        for number in 0..<8 {
          group.addTask { try? await checks.verify("413020910\(number)", "x") }
        }
        while await !service.hasWaiting(8) { await Task.yield() }
        let ninth = try? await checks.verify("4130209108", "x")
        #expect(ninth == .unavailable)
        await service.answer()
        for await verdict in group { #expect(verdict == .good) }
      }
    }
  }

  @Test func `bounds guesses that come at the same moment`() async throws {
    try await withFreshStore(.sqlite) { store in
      let service = HangingService(status: 402)
      let checks = checks(Self.service, web: service, store: store)
      await withTaskGroup(of: StudentVerdict?.self) { group in
        for _ in 0..<5 { group.addTask { try? await checks.verify("4130209102", "guess") } }
        while await !service.hasWaiting(5) { await Task.yield() }
        await #expect(throws: PluginError.self) {
          try await checks.verify("4130209102", "guess")
        }
        await service.answer()
        for await verdict in group { #expect(verdict == .badPair) }
      }
    }
  }

  @Test func `that gets no answer costs no attempt`() async throws {
    try await withFreshStore(.sqlite) { store in
      let outbox = BenchOutbox()
      await outbox.setAnswer(WebAnswer(status: 500, body: []))
      let checks = checks(Self.service, web: outbox, store: store)
      for _ in 0..<9 {
        let verdict = try await checks.verify("4130209102", "right")
        #expect(verdict == .unavailable)
      }
      await outbox.setAnswer(WebAnswer(status: 200, body: []))
      let verdict = try await checks.verify("4130209102", "right")
      #expect(verdict == .good)
    }
  }

  @Test(arguments: [("always", 1), ("service", 0), ("table", 0)])
  func `that accepts every pair is warned of`(kind: String, count: Int) {
    let settings = Settings(
      StudyRecordsPlugin.settings, replacing: ["student_check": .text(kind)])
    #expect(StudyRecordsPlugin.warnings(settings).count == count)
  }

  @Test func `of the table is unavailable without the example data`() async throws {
    try await withFreshStore(.sqlite) { store in
      let bench = try await PluginBench(StudyRecordsPlugin.self, store: store)
      let answer = await bench.post(
        "/api/v1.0/register",
        json: ["username": "a", "password": "b", "stu_id": "123456789", "stu_pwd": "c"])
      #expect(answer.status == 502)
    }
  }

  @Test(
    arguments: [
      (["student_check": .text("x")], ["student_check"]),
      (["student_check": .text("service")], ["check_url"]),
      (["check_url": .text("http://college.example")], ["check_url"]),
      (
        ["check_seconds": .number(0), "token_seconds": .number(0)],
        ["token_seconds", "check_seconds"]
      ),
      ([:], []),
    ] as [([String: Setting.Kind], [String])])
  func `needs settings that fit together`(
    settings: [String: Setting.Kind], keys: [String]
  ) {
    let problems = StudyRecordsPlugin.check(
      Settings(StudyRecordsPlugin.settings, replacing: settings))
    #expect(problems.map(\.key) == keys)
  }
}
