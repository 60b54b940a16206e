import JSON
import MusterTesting
import PluginHost
import PluginKit
import Primitives
import Rig
import Storage
import Testing

@testable import HubCore
@testable import HubStore

/// The audit trail in the database, and the calls that write and read it.
@Suite struct AuditTests {
  private func withHub(_ body: (PluginBench) async throws -> Void) async throws {
    try await withFreshStore(.sqlite) { store in
      try await AuditTable.migrate(store)
      try await body(try await PluginBench(HubPlugin.self, store: store))
    }
  }

  private func make(_ bench: PluginBench, _ login: String, _ roles: Roles) async throws -> Identity
  {
    try await bench.accounts.create(NewAccount(login: login, name: login, roles: roles)).identity
  }

  @Test(arguments: Engine.testable)
  func `entries are read newest first, page by page, and go with age and number`(engine: Engine)
    async throws
  {
    try await withFreshStore(engine) { store in
      try await AuditTable.migrate(store)
      let table = AuditTable(store)
      let events = (1...5).map { AuditEvent("a\($0)", by: "x", on: "y", from: "z", "d") }
      try await table.append(events.enumerated().map { AuditEntry($1, at: Int64($0)) })
      let newest = try await table.page(limit: 2)
      #expect(newest.map(\.event) == [events[4], events[3]])
      let rest = try await table.page(before: newest.last?.id, limit: 9)
      #expect(rest.map(\.event.action) == ["a3", "a2", "a1"])
      try await table.trim(olderThan: 2, keeping: 9)
      #expect(try await table.page(limit: 9).map(\.event.action) == ["a5", "a4", "a3"])
      try await table.trim(olderThan: 0, keeping: 1)
      #expect(try await table.page(limit: 9).map(\.event.action) == ["a5"])
    }
  }

  @Test func `texts from outside are short and steer nothing`() {
    let event = AuditEvent("a", by: "li\0\n\u{202E}", on: String(repeating: "x", count: 5000))
    #expect(event.actor == "li")
    #expect(event.target.count == 200)
  }

  @Test func `each act of staff is recorded with who, what, whom and from where`() async throws {
    try await withHub { bench in
      let lin = try await make(bench, "lin", .student)
      let root = try await make(bench, "root", .admin)
      let id = try #require(lin.account)
      _ = await bench.post("/api/v1/accounts/\(id)/lock", json: [:], as: root)
      _ = await bench.post("/api/v1/accounts/\(id)/unlock", json: [:], as: root)
      _ = await bench.post("/api/v1/disconnect", json: ["user": "u1"], as: root)
      let by = "root (\(root.id))"
      #expect(
        bench.audited == [
          AuditEvent("account.locked", by: by, on: "lin (u\(id))", from: "127.0.0.1"),
          AuditEvent("account.unlocked", by: by, on: "lin (u\(id))", from: "127.0.0.1"),
          AuditEvent("user.disconnected", by: by, on: "u1", from: "127.0.0.1", "0 connections"),
        ])
    }
  }

  @Test func `the staff confirms an account that its holder made, once`() async throws {
    try await withHub { bench in
      let zz = try await bench.accounts.register(
        NewAccount(login: "zz", name: "zz", password: "longenough", roles: .student),
        from: .loopback)
      let lin = try await make(bench, "lin", .student)
      let boss = try await make(bench, "boss", .staff)
      let path = "/api/v1/accounts/\(zz.id)/confirm"
      #expect(await bench.post(path, json: [:], as: lin).status == 403)
      #expect(try await bench.accounts.account(zz.id)?.isProvisional == true)
      for _ in 0..<2 {
        let answer = await bench.post(path, json: [:], as: boss)
        #expect(answer.status == 200 && answer.json["provisional"] == false)
      }
      #expect(try await bench.accounts.account(zz.id)?.isProvisional == false)
      #expect(await bench.post("/api/v1/accounts/99/confirm", json: [:], as: boss).status == 404)
      #expect(
        bench.audited.filter { $0.action == "account.confirmed" } == [
          AuditEvent(
            "account.confirmed", by: boss.auditName, on: "zz (u\(zz.id))", from: "127.0.0.1")
        ])
    }
  }

  @Test func `a call beyond somebody's roles is recorded`() async throws {
    try await withHub { bench in
      let lin = try await make(bench, "lin", .student)
      _ = await bench.post("/api/v1/accounts", json: [:], as: lin)
      #expect(bench.audited.map(\.action) == ["call.refused"])
      #expect(bench.audited.map(\.detail) == ["may not accounts"])
    }
  }

  @Test func `a key that is not good, or not for this, is recorded without its text`()
    async throws
  {
    let trail = Locked<[AuditEvent]>([])
    let audit = Audit { event, _ in trail.withLock { $0.append(event) } }
    func adjust(_ plan: inout HubServer.Plan) {
      plan.checkKey = { text in
        text == "good"
          ? KeyHolder(id: 1, name: "exporter") { action, _ in action == "topics" } : nil
      }
    }
    try await TestServer.run(workers: 1, audit: audit, adjusting: adjust) { server in
      for key in ["good", "mk_secret"] {
        _ = try await server.wire().call(
          "POST", "/api/v1/accounts", headers: [("Authorization", "Bearer \(key)")], body: "{}")
      }
      #expect(
        trail.withLock { $0 } == [
          AuditEvent(
            "key.refused", by: "key exporter", from: "127.0.0.1", "may not accounts"),
          AuditEvent("key.refused", from: "127.0.0.1", "no such key, or an expired one"),
        ])
    }
  }

  @Test func `staff reads the trail, students do not`() async throws {
    try await withHub { bench in
      let lin = try await make(bench, "lin", .student)
      let boss = try await make(bench, "boss", .staff)
      try await AuditTable(bench.store).append([
        AuditEntry(AuditEvent("login.failed", on: "lin (u1)", from: "10.0.0.9"), at: 7),
        AuditEntry(AuditEvent("account.locked", by: "root (u2)", on: "lin (u1)"), at: 8),
      ])
      #expect(await bench.post("/api/v1/audit", json: [:], as: lin).status == 403)
      let page = await bench.post("/api/v1/audit", json: ["limit": 1], as: boss)
      #expect(page.json["entries"]?.array?.count == 1)
      #expect(page.json["entries"]?[0]?["action"] == "account.locked")
      #expect(page.json["entries"]?[0]?["at"] == 8)
      let next = try #require(page.json["next"])
      let rest = await bench.post("/api/v1/audit", json: ["limit": 9, "before": next], as: boss)
      #expect(rest.json["entries"]?[0]?["address"] == "10.0.0.9")
      #expect(rest.json["next"] == .null)
    }
  }
}
