import AccountStore
import MusterTesting
import PluginKit
import Storage
import Testing

@Suite struct AccountImportTests {
  /// Imports a text in portions and returns the report as text.
  private func run(
    _ text: String, on bench: Bench, _ options: ImportOptions = ImportOptions(), step: Int = 1000
  ) async throws -> (report: [String], summary: ImportSummary) {
    var report: [String] = []
    var job = AccountImport(into: bench.accounts, options: options)
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
      try await job.append(Array(bytes[start..<min(start + step, bytes.count)])) {
        report.append("\($0.line) \($0.login) \($0.outcome)")
      }
    }
    try await job.finish { report.append("\($0.line) \($0.login) \($0.outcome)") }
    return (report, job.summary)
  }

  private let people = """
    login,name,password,roles,student_number,email
    tao,陶然,tao123456,student,2100301419,tao@example.edu
    chen,"陈, 伟",,teacher staff,,

    """

  @Test(arguments: [1, 7, 1000])
  func `people come in with their names, roles and profiles`(step: Int) async throws {
    try await withBench(.sqlite) { bench async throws in
      let (report, summary) = try await run(people, on: bench, step: step)
      #expect(report == ["2 tao created", "3 chen created"])
      #expect(summary.created == 2)
      let tao = try #require(try await bench.accounts.find(.profile(.studentNumber, "2100301419")))
      #expect(tao.name == "陶然" && tao.roles == .student)
      #expect(try await bench.accounts.find(.login("chen"))?.roles == [.teacher, .staff])
      let outcome = try await bench.accounts.logIn(
        .login("tao"), password: "tao123456", from: Peer("10.0.0.1"))
      #expect(outcome == .success(tao))
    }
  }

  @Test(arguments: Engine.testable)
  func `a dry run reports the same and keeps nothing`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.make("chen")
      let dry = try await run(people, on: bench, ImportOptions(isDryRun: true))
      #expect(try await bench.accounts.count() == 1)
      let real = try await run(people, on: bench)
      #expect(dry.report == real.report)
      #expect(real.report[1].hasPrefix("3 chen failed"))
    }
  }

  @Test(arguments: Engine.testable)
  func `every wrong line is named and the others are taken`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.make("old", profiles: [.studentNumber: "9"])
      let text = """
        login,student_number,roles,active,password_hash
        a,1,student,yes,
        ,2,student,yes,
        b,1,student,yes,
        c,3,boss,yes,
        d,9,student,yes,
        e,4,student,perhaps,
        f,5,student
        g,6,student,no,123
        a,7,student,yes,
        h,8,student,no,
        """
      let (report, summary) = try await run(text, on: bench)
      #expect(summary.created == 2 && summary.failed == 8)
      let failures = report.filter { $0.contains("failed") }
      let failed = failures.compactMap { $0.split(separator: " ").first }
      #expect(Set(failed) == ["3", "4", "5", "6", "7", "8", "9", "10"])
      #expect(report.contains { $0.contains("student_number 1 is in line 2 already") })
      #expect(try await bench.accounts.find(.login("h"))?.isActive == false)
    }
  }

  @Test(arguments: Engine.testable)
  func `an update changes what the file has and nothing else`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let options = ImportOptions(updatesExisting: true)
      _ = try await run(people, on: bench)
      _ = bench.takeRevoked()
      let (report, _) = try await run("login,name\ntao,Tao\nchen,\"陈, 伟\"\n", on: bench, options)
      #expect(report == ["2 tao updated", "3 chen unchanged"])
      #expect(bench.takeRevoked().isEmpty)
      let tao = try #require(try await bench.accounts.find(.login("tao")))
      #expect(tao.name == "Tao" && tao.profiles == [.studentNumber: "2100301419"])
      _ = try await run("login,active,roles\ntao,no,student\n", on: bench, options)
      #expect(bench.takeRevoked() == [.account(tao.id)])
      _ = try await run("login,password\nchen,fresh\n", on: bench, options)
      let chen = try await bench.accounts.logIn(
        .login("chen"), password: "fresh", from: Peer("10.0.0.1"))
      #expect(chen == .success(try #require(try await bench.accounts.find(.login("chen")))))
    }
  }

  @Test(arguments: ["", "name\nx\n", "login,shoe\nx,43\n", "login,login\n", "login\n\"x"])
  func `a file that makes no sense is refused with its line`(text: String) async throws {
    try await withBench(.sqlite) { bench async throws in
      await #expect(throws: ImportError.self) { try await run(text, on: bench) }
    }
  }

  @Test(arguments: Engine.testable)
  func `ten thousand students without passwords are taken in one go`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let lines = (0..<10_000).map { "s\($0),Student \($0),\(2_100_000_000 + $0)\n" }.joined()
      let (_, summary) = try await run(
        "login,name,student_number\n" + lines, on: bench, step: 65_536)
      #expect(summary.created == 10_000 && summary.failed == 0)
      #expect(try await bench.accounts.count() == 10_000)
    }
  }

  @Test(arguments: Engine.testable)
  func `an update may correct how a name is composed`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      let li = try await bench.make("li")
      try await bench.accounts.change(li.id) { $0.name = "Jose\u{301}" }
      var job = AccountImport(into: bench.accounts, options: ImportOptions(updatesExisting: true))
      var lines: [ImportLine] = []
      try await job.append(Array("login,name\nli,Jos\u{E9}\n".utf8)) { lines.append($0) }
      try await job.finish { lines.append($0) }
      #expect(lines.map(\.outcome) == [.updated])
      let name = try await bench.accounts.account(li.id)?.name ?? ""
      #expect(Array(name.utf8) == Array("Jos\u{E9}".utf8))
    }
  }
}
