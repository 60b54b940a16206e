import HubCore
import HubStore
import MusterTesting
import PluginHost
import PluginKit
import Primitives
import Storage
import Testing

/// Several servers on one database share the runs of jobs.
@Suite(.timeLimit(.minutes(3))) struct JobTableTests {
  @Test(arguments: Engine.testable)
  func `of many servers one runs a job at its due time`(engine: Engine) async throws {
    try await withFreshStore(engine) { store in
      try await JobTable.migrate(store)
      for due: Int64 in [1000, 2000, 3000] {
        let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<8 {
            group.addTask { try await JobTable(store).claim("lab.nightly", due: due) }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(claims == 1)
      }
      #expect(try await JobTable(store).claim("lab.weekly", due: 1000))
      // A server that lags behind does not repeat an earlier run.
      #expect(try await !JobTable(store).claim("lab.nightly", due: 2000))
    }
  }

  @Test(arguments: Engine.testable)
  func `old runs are deleted`(engine: Engine) async throws {
    try await withFreshStore(engine) { store in
      try await JobTable.migrate(store)
      let day: Int64 = 86_400_000
      for number: Int64 in 0..<40 {
        #expect(try await JobTable(store).claim("lab.nightly", due: number * day))
      }
      let rows = try await store.query("SELECT due FROM hub_jobs")
      #expect(rows.count == 32)
    }
  }

  @Test(arguments: Engine.testable)
  func `two servers run a daily job once and a periodic one each`(engine: Engine) async throws {
    try await withFreshStore(engine) { store in
      try await JobTable.migrate(store)
      let runs = Locked<[String: Int]>([:])
      let clock = ManualClock("2022-09-01 23:29:30")
      let unit = try JobPlugin.unit(store, clock) { name in
        runs.withLock { $0[name, default: 0] += 1 }
      }
      let servers = (0..<2).map { _ in
        JobScheduler(
          units: [unit], clock: clock, zone: .shanghai, log: .silent,
          claim: { try await JobTable(store).claim($0, due: $1) })
      }
      for expected in 1...3 {
        clock.advance(seconds: 86_400)
        for server in servers { await server.runDue() }
        for server in servers { while await !server.isIdle { await Task.yield() } }
        #expect(runs.withLock { $0 } == ["daily": expected, "periodic": 2 * expected])
      }
    }
  }
}

/// A plugin with a daily job and a periodic one.
private struct JobPlugin: Plugin {
  static let name = "lab"
  var note: @Sendable (String) -> Void = { _ in }

  init(services: PluginServices) throws {}

  func register(with registrar: inout Registrar) {
    let note = self.note
    registrar.job("nightly", .daily(at: TimeOfDay(23, 30))) { _ in note("daily") }
    registrar.job("upkeep", .every(seconds: 60)) { _ in note("periodic") }
  }

  static func unit(
    _ store: any Store, _ clock: ManualClock, _ note: @escaping @Sendable (String) -> Void
  ) throws -> LoadedPlugin {
    let outbox = BenchOutbox()
    let services = PluginServices(
      hub: HubGateway(), store: store, accounts: BenchAccounts(), mail: outbox, web: outbox,
      spreadsheets: outbox, clock: clock, settings: Settings([]), log: .silent)
    var plugin = try JobPlugin(services: services)
    plugin.note = note
    return LoadedPlugin(plugin, services: services)
  }
}
