import Glibc
import JSON
import Limits
import Loop
import MusterTesting
import PluginHost
import PluginKit
import Rig
import SQLiteStore
import Storage
import TLS

@testable import HubCore

/// A real server in this process, on a free port of this machine.
struct TestServer: Sendable {
  /// Everything has to hold with one loop and with several.
  static let workers = [1, 4]

  let server: HubServer
  let hub: HubGateway
  let accounts: BenchAccounts
  let store: any Store
  /// Nil when the server goes by the real clock.
  let time: ManualTime?

  /// The encrypted listener.
  var address: PeerAddress { server.addresses[0][0] }
  /// The listener of health and metrics, without encryption.
  var inside: PeerAddress { server.addresses[1][0] }

  static func folder() -> String {
    var path = Array("/tmp/muster-server-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { preconditionFailure("no folder for tests") }
    return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Bytes of a file; nil if there is none.
  static func size(of path: String) -> Int? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
  }

  private static let certificate = Result {
    let certificate = DevelopmentCertificate(folder: folder())
    try certificate.prepare()
    return try TLSContext.server([certificate.pair])
  }

  static func start(
    workers: Int, time: ManualTime? = nil, store: (any Store)? = nil,
    accounts: BenchAccounts = BenchAccounts(), file: String = "", log: Log = .silent,
    audit: Audit = .silent,
    limits: ServerLimits = ServerLimits(),
    assets: [(path: String, asset: StaticAsset)] = [], isEncrypted: Bool = true,
    tls: TLSContext? = nil,
    webhooks: HubServer.Webhooks? = nil, adjusting: (inout HubServer.Plan) -> Void = { _ in }
  ) async throws -> TestServer {
    let store: any Store =
      if let store { store } else { try await SQLiteStore.open(.memory) }
    try await HubServer.migrate(store)
    var plan = HubServer.Plan(accounts: accounts, store: store)
    let anywhere = Loop.Endpoint(host: "127.0.0.1", port: 0)
    plan.listeners = [
      .init(anywhere, isEncrypted: isEncrypted),
      .init(anywhere, purpose: .inside, isEncrypted: false),
    ]
    plan.workers = workers
    plan.tls = if let tls { tls } else { try certificate.get() }
    plan.offersEcho = true
    plan.webhooks = webhooks
    plan.log = log
    plan.audit = audit
    if let time { plan.time = time }
    let outbox = BenchOutbox()
    let services = PluginServices(
      hub: plan.hub, store: store, accounts: accounts, mail: outbox, web: outbox,
      spreadsheets: outbox, clock: ManualClock(),
      settings: Settings(LabPlugin.settings, replacing: ["file": .text(file)]), log: log,
      audit: audit)
    plan.units = [
      try LoadedPlugin(LabPlugin.self, services: services),
      try HubServer.ownUnit(services: services),
    ]
    plan.limits = limits
    plan.assets = assets
    adjusting(&plan)
    let server = try HubServer(plan)
    try await server.start()
    return TestServer(
      server: server, hub: plan.hub, accounts: accounts, store: store, time: time)
  }

  /// Runs a test against a server that is gone afterwards.
  static func run(
    workers: Int, time: ManualTime? = nil, file: String = "",
    limits: ServerLimits = ServerLimits(), assets: [(path: String, asset: StaticAsset)] = [],
    audit: Audit = .silent, adjusting: (inout HubServer.Plan) -> Void = { _ in },
    _ body: (TestServer) async throws -> Void
  ) async throws {
    let server = try await start(
      workers: workers, time: time, file: file, audit: audit, limits: limits, assets: assets,
      adjusting: adjusting)
    do {
      try await body(server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  func stop() async {
    server.stop()
    await store.close()
  }

  /// Stops without a word to anybody, as a crash would, and starts anew with what is in the store.
  func restarted(after seconds: Int = 1, webhooks: HubServer.Webhooks? = nil) async throws
    -> TestServer
  {
    server.stop()
    time?.advance(by: .seconds(seconds))
    return try await TestServer.start(
      workers: server.workers.count, time: time, store: store, accounts: accounts,
      webhooks: webhooks)
  }

  /// Waits until `isSo`; real time, and only a test that fails waits for all of it.
  func until(_ isSo: () async throws -> Bool) async throws {
    for _ in 0..<1500 {
      if try await isSo() { return }
      await settle()
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Fault("it never became so")
  }

  func wire(encrypted: Bool = true) async throws -> Wire {
    try await Wire.connect(encrypted ? address : inside, encrypted: encrypted)
  }
}

// Time.
extension TestServer {
  /// Lets time pass in small steps, and everything happen that is due in each.
  func pass(_ seconds: Double, step: Int = 250) async {
    let whole = Int(seconds * 1000)
    for start in stride(from: 0, to: whole, by: step) {
      time?.advance(by: .milliseconds(min(step, whole - start)))
      await settle()
    }
  }

  /// Waits until what the loops have to do is done: letters take a turn each way.
  func settle() async {
    for _ in 0..<3 {
      for worker in server.workers { await worker.loop.finishTurn() }
    }
  }
}

// People.
extension TestServer {
  /// A token of a new account.
  func token(for name: String) async throws -> String {
    let account = try await accounts.create(
      NewAccount(login: name, name: name, password: "pass-\(name)", roles: .student))
    return try await accounts.issueToken(
      for: account.id, purpose: "lab", life: .fixed(seconds: 86_400)
    ).text
  }

  /// A line that speaks protocol 2 and was welcomed.
  func client(_ session: String = "", token: String? = nil) async throws -> Wire {
    let wire = try await wire()
    try await wire.enter(session: session, token: token)
    return wire
  }
}

extension ServerLimits {
  /// The usual limits with one of them changed.
  static func with(_ limit: WritableKeyPath<ServerLimits, Int>, _ value: Int) -> ServerLimits {
    var limits = ServerLimits()
    limits[keyPath: limit] = value
    return limits
  }
}
