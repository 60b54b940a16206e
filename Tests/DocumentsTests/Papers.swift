import Campus
import Chat
import CheckIn
import HTTP
import JSON
import MusterTesting
import PluginHost
import PluginKit
import SignTasks
import Storage
import StudyRecords

@testable import APIDocuments
@testable import HubCore

/// The documents of a server with all plugins of this tree, and what is registered there.
struct Papers {
  let units: [LoadedPlugin]
  let calls: JSONValue
  let topics: JSONValue
  /// `GET /rooms/{room}`, of everything in the table of paths that is a call.
  let registered: Set<String>

  /// Without the units named in `hidden`, the documents are written; the table has all.
  static func with<Result>(
    hiding hidden: Set<String> = [], _ body: (Papers) throws -> Result
  ) async throws -> Result {
    try await withFreshStore(.sqlite) { store in
      try body(try Papers(store, hiding: hidden))
    }
  }

  private init(_ store: any Store, hiding hidden: Set<String>) throws {
    let accounts = BenchAccounts()
    func services(_ settings: [Setting]) -> PluginServices {
      let outbox = BenchOutbox()
      return PluginServices(
        hub: RecordingHub(), store: store, accounts: accounts, mail: outbox, web: outbox,
        spreadsheets: outbox, clock: ManualClock(), settings: Settings(settings), log: .silent)
    }
    units = [
      try HubServer.ownUnit(services: services([])),
      try LoadedPlugin(CampusPlugin.self, services: services(CampusPlugin.settings)),
      try LoadedPlugin(ChatPlugin.self, services: services(ChatPlugin.settings)),
      try LoadedPlugin(CheckInPlugin.self, services: services(CheckInPlugin.settings)),
      try LoadedPlugin(SignTasksPlugin.self, services: services(SignTasksPlugin.settings)),
      try LoadedPlugin(StudyRecordsPlugin.self, services: services(StudyRecordsPlugin.settings)),
    ]
    var plan = HubServer.Plan(accounts: accounts, store: store)
    plan.units = units
    let desk = HealthEndpoints(checks: [], version: "1", time: plan.time)
    registered = try Papers.registered(HubServer.routes(plan, desk, port: nil))
    let own = desk.publicCalls
    let shown = units.filter { !hidden.contains($0.name) }
    calls = try Papers.read(OpenAPI.document(units: shown, own: own, version: "1"))
    topics = try Papers.read(AsyncAPI.document(units: shown, version: "1"))
  }

  private static func registered(_ table: RouteTrie<Endpoint>) -> Set<String> {
    Set(
      table.routes.compactMap { route in
        switch route.value {
        case .route, .own: "\(route.method.name) \(OpenAPI.template(route.pattern))"
        case .asset, .pageOrSocket, .socket: nil
        }
      })
  }

  /// As somebody reads it who was sent it.
  private static func read(_ document: JSONValue) throws -> JSONValue {
    try JSONValue(
      parsing: document.encoded(), limits: JSONLimits(bytes: 16 << 20, values: 1_000_000))
  }
}

extension JSONValue {
  var members: [(String, JSONValue)] { object.map { Array($0) } ?? [] }
}
