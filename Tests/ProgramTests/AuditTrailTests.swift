import Configuration
import HubCore
import HubStore
import Loop
import MusterTesting
import PluginKit
import Primitives
import SQLiteStore
import Storage
import Testing

@testable import AccountStore
@testable import MusterServer

/// The trail that a whole server leaves, in its database and in its log.
@Suite struct AuditTrailTests {
  private struct Bench {
    let accounts: StoredAccounts
    let audited: AuditedAccounts
    let trail: AuditLog
    let table: AuditTable
    let clock: ManualClock
    let lines: Locked<[String]>

    func actions() async throws -> [String] {
      await trail.finish()
      return try await table.page(limit: 100).reversed().map { entry in
        [entry.event.action, entry.event.target, entry.event.detail]
          .filter { !$0.isEmpty }.joined(separator: " ")
      }
    }
  }

  private func withBench(_ body: (Bench) async throws -> Void) async throws {
    let store = try await SQLiteStore.open(.memory)
    try await AuditTable.migrate(store)
    let clock = ManualClock()
    let lines = Locked<[String]>([])
    let log = Log { level, message, fields in
      let text = LogLine(at: 0, level, message, fields).text(.text)
      lines.withLock { $0.append(String(text.dropFirst("1970-01-01 00:00:00.000Z ".count))) }
    }
    var options = StoredAccounts.Options()
    options.accountRule.freeFailures = 2
    let accounts = StoredAccounts(store: store, clock: clock, options: options)
    try await accounts.migrate()
    let trail = AuditLog(store, clock: clock, log: log)
    try await body(
      Bench(
        accounts: accounts, audited: AuditedAccounts(accounts: accounts, audit: trail.audit),
        trail: trail, table: AuditTable(store), clock: clock, lines: lines))
    await trail.stop()
    accounts.stop()
    await store.close()
  }

  @Test func `failed logins, lock-outs and the staff's logins are recorded, as typed is no name`()
    async throws
  {
    try await withBench { bench async throws in
      for (login, roles) in [("lin", Roles.student), ("root", .admin)] {
        try await bench.accounts.create(
          NewAccount(login: login, name: login, password: "right-\(login)", roles: roles))
      }
      func logIn(_ login: String, _ password: String) async throws {
        let peer = Peer(address: "10.0.0.9", bytes: [10, 0, 0, 9])
        _ = try await bench.audited.logIn(.any(login), password: password, from: peer)
      }
      try await logIn("lin", "right-lin")
      try await logIn("root", "right-root")
      for _ in 0..<4 { try await logIn("lin", "hunter2") }
      for _ in 0..<2 { try await logIn("my-password", "x") }
      let actions = try await bench.actions()
      #expect(
        actions == [
          "login", "login.failed lin (u1) wrong password", "login.failed lin (u1) wrong password",
          "login.locked_out lin (u1) too many failed logins", "login.failed no such login",
        ])
      let lines = bench.lines.withLock { $0 }
      #expect(
        lines.contains(
          "info audit action=login.failed target=\"lin (u1)\" from=10.0.0.9"
            + " detail=\"wrong password\"\n"))
      #expect(!lines.joined().contains("hunter2") && !lines.joined().contains("my-password"))
    }
  }

  @Test func `registrations are recorded, and whether a number was proved`() async throws {
    try await withBench { bench async throws in
      bench.accounts.apply(RegistrationRules(.open, passwordLength: 1))
      for (login, number) in [("zz", nil), ("li", "4130209102")] {
        var new = NewAccount(login: login, name: login, password: "secret-1", roles: .student)
        if let number {
          new.profiles[.studentNumber] = number
          new.hasProvenNumber = true
        }
        let peer = Peer(address: "10.0.0.9", bytes: [10, 0, 0, 9])
        _ = try await bench.audited.register(new, from: peer)
      }
      #expect(
        try await bench.actions() == [
          "account.registered zz (u1)",
          "account.registered li (u2) the student number 4130209102 was proved",
        ])
    }
  }

  @Test func `old entries are deleted`() async throws {
    try await withBench { bench async throws in
      bench.trail.audit.record(AuditEvent("old"))
      await bench.trail.finish()
      bench.clock.advance(seconds: 100)
      bench.trail.audit.record(AuditEvent("new"))
      await bench.trail.finish()
      await bench.trail.trim(keeping: 50)
      #expect(try await bench.actions() == ["new"])
    }
  }

  @Test func `what anyone can cause is recorded once a minute`() async throws {
    try await withBench { bench async throws in
      for topic in ["a", "b", "c"] {
        bench.trail.audit.recordPaced(AuditEvent("key.refused", "may not subscribe \(topic)"))
      }
      bench.clock.advance(seconds: 61)
      bench.trail.audit.recordPaced(AuditEvent("key.refused"))
      #expect(
        try await bench.actions() == ["key.refused may not subscribe a", "key.refused"])
      #expect(bench.lines.withLock { $0.count } == 2)
    }
  }

  @Test func `commands that change accounts and keys are recorded, lists are not`() async throws {
    let screen = Screen()
    _ = await screen.run("account", "add", "li", "--no-password")
    _ = await screen.run("account", "list")
    _ = await screen.run("account", "disable", "li")
    _ = await screen.run("token", "key", "add", "exporter", "--scope", "publish")
    _ = await screen.run("token", "key", "list")
    let store = try await SQLiteStore.open(.file("\(screen.folder)/data/muster.db"))
    let entries = try await AuditTable(store).page(limit: 9)
    #expect(entries.map(\.event.action) == ["token.key.add", "account.disable", "account.add"])
    #expect(entries.map(\.event.target) == ["exporter", "li", "li"])
    #expect(entries.allSatisfy { $0.event.actor.hasSuffix(" on the command line") })
    await store.close()
  }

  @Test func `a server records its start and its end`() async throws {
    let screen = Screen()
    try await screen.withServer { $0.running.logStart() }
    let store = try await SQLiteStore.open(.file("\(screen.folder)/data/muster.db"))
    let entries = try await AuditTable(store).page(limit: 9)
    #expect(entries.map(\.event.action) == ["server.stopped", "server.started"])
    await store.close()
  }

  @Test func `a server that speaks JSON says nothing else, not even why it does not start`()
    async throws
  {
    let screen = Screen()
    #expect(await screen.run("serve", "--log-format", "json", "--set", "limits.mesage=1") == 78)
    let lines = (screen.output + screen.errors).split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      #expect(line.hasPrefix("{\"time\":\"") && line.hasSuffix("}"), "\(line)")
    }
    #expect(screen.errors.contains("limits.mesage is not known"))
  }
}
