internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import Crypto
internal import Glibc
internal import HubCore
internal import HubStore
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import SQLiteStore
internal import Storage
internal import TLS
internal import Web

/// A server with everything around it, from the open store to the banner.
struct Running {
  let configuration: ServerConfiguration
  let live: LiveConfiguration
  let writer: LogWriter
  let claim: DataClaim
  let store: any Store
  let watch: StoreWatch
  let accounts: StoredAccounts
  let upkeep: AccountUpkeep
  let trail: AuditLog
  let outbound: OutboundServices
  let units: [LoadedPlugin]
  let server: HubServer
  let jobs: JobScheduler
  let certificates: CertificateWatch
  /// The one-time password of the account `admin`, on the first start.
  let adminPassword: String?
  let isSeeded: Bool
  let pairs: [CertificatePair]

  var log: Log { writer.log }

  /// Opens everything; nobody is served before `start`.
  init(_ program: Program, _ call: Invocation) async throws {
    configuration = try program.checkedConfiguration(call)
    live = LiveConfiguration(configuration)
    let clock = program.clock
    writer = LogWriter(
      level: Log.Level(configuration[Keys.logLevel]), format: configuration[Keys.logFormat],
      clock: clock)
    claim = try await DataClaim(configuration) { [writer] in Running.giveUp($0, writer) }
    store = try await program.openStore(configuration)
    watch = StoreWatch(store, clock: clock, log: writer.log)
    let isDemo = configuration[Keys.demo]
    var options = StoredAccounts.Options(configuration)
    options.log = writer.log
    accounts = StoredAccounts(store: store, clock: clock, options: options)
    upkeep = AccountUpkeep(accounts, log: writer.log)
    trail = AuditLog(store, clock: clock, log: writer.log)
    let audited = AuditedAccounts(accounts: accounts, audit: trail.audit)
    try await accounts.migrate()
    if !isDemo { try await Running.refusePublicPasswords(accounts) }
    try await HubServer.migrate(store)
    try await JobTable.migrate(store)
    try await StoreWatch.migrate(store)
    outbound = try OutboundServices(live: live, store: store, clock: clock, log: writer.log)
    try await outbound.migrate()

    let hub = HubGateway()
    units = try Running.units(
      program.plugins, hub: hub, store: store, accounts: audited, outbound: outbound, live: live,
      clock: clock, log: writer.log, audit: trail.audit)
    for unit in units { try await store.migrate(unit.name, unit.migrations) }
    isSeeded = isDemo ? try await Running.seed(units, accounts, clock.now) : false
    adminPassword = try await accounts.prepareFirstStart()

    pairs = try Running.certificates(configuration)
    var plan = try Running.plan(
      configuration, explicitListen: !call.values("listen").isEmpty, units: units, hub: hub,
      store: store, watch: watch, accounts: audited, outbound: outbound, pairs: pairs,
      writer: writer)
    plan.audit = trail.audit
    try ActivatedSockets().assign(to: &plan.listeners)
    server = try PortCheck(configuration).explaining { try HubServer(plan) }
    let runs = JobTable(store)
    jobs = JobScheduler(
      units: units, clock: clock, zone: configuration.zone, log: writer.log,
      claim: { try await runs.claim($0, due: $1) })
    certificates = CertificateWatch(pairs, server: server, log: writer.log)
  }

  private static func units(
    _ plugins: [any Plugin.Type], hub: HubGateway, store: any Store, accounts: any Accounts,
    outbound: OutboundServices, live: LiveConfiguration, clock: any WallClock, log: Log,
    audit: Audit
  ) throws -> [LoadedPlugin] {
    func services(_ settings: Settings) -> PluginServices {
      PluginServices(
        hub: hub, store: store, accounts: accounts, mail: outbound.mail, web: outbound.web,
        spreadsheets: outbound.spreadsheets, clock: clock, zone: live.current.zone,
        settings: settings, log: log, audit: audit)
    }
    func unit<P: Plugin>(_ type: P.Type) throws -> LoadedPlugin {
      try LoadedPlugin(type, services: services(live.settings(of: type)))
    }
    return [try HubServer.ownUnit(services: services(Settings([])))]
      + (try plugins.map { try unit($0) })
  }

  /// Example data that were once served with `--demo` must not be served to everybody by accident.
  private static func refusePublicPasswords(_ accounts: StoredAccounts) async throws {
    let logins = try await accounts.publicLogins(among: DemoAccounts.passwords)
    guard !logins.isEmpty else { return }
    throw Failure(
      "the database holds example data with public passwords of \(logins.joined(separator: ", ")):"
        + " set others with muster account passwd, disable these accounts with muster account"
        + " disable, name another data folder (--data), or serve with --demo",
      .configuration)
  }

  /// Fills an empty database with the example data; true if it was empty.
  private static func seed(_ units: [LoadedPlugin], _ accounts: StoredAccounts, _ now: Int64)
    async throws -> Bool
  {
    guard try await accounts.count() == 0 else { return false }
    try await DemoAccounts.seed(accounts)
    for unit in units {
      for seed in unit.demos { try await seed(unit.services, now) }
    }
    return true
  }

  /// The configured certificates, or one of our own making.
  private static func certificates(_ configuration: ServerConfiguration) throws
    -> [CertificatePair]
  {
    let configured = configuration[Keys.certificates].map { CertificatePair($0) }
    guard configured.isEmpty else { return configured }
    try Folder.make(configuration.developmentFolder)
    let own = DevelopmentCertificate(folder: configuration.developmentFolder)
    _ = try own.prepare()
    return [own.pair]
  }

  private static func site(of units: [LoadedPlugin], zone: LocalZone) throws -> WebSite {
    do {
      return try WebSite(
        pages: units.flatMap(\.pages), assets: units.flatMap(\.assets), zone: zone)
    } catch { throw Failure("\(error)") }
  }

  private static func plan(
    _ configuration: ServerConfiguration, explicitListen: Bool, units: [LoadedPlugin],
    hub: HubGateway,
    store: any Store, watch: StoreWatch, accounts: any Accounts, outbound: OutboundServices,
    pairs: [CertificatePair], writer: LogWriter
  ) throws -> HubServer.Plan {
    var plan = HubServer.Plan(accounts: accounts, store: store)
    let isDemo = configuration[Keys.demo]
    let isListenBuiltIn = configuration.origin(of: "listen") == .builtIn
    plan.listeners = try configuration[Keys.listen].map {
      try HubServer.ListenerConfiguration($0, isDemoOnLoopback: isDemo && isListenBuiltIn)
    }
    let inside = configuration[Keys.internalListen]
    if !inside.isEmpty {
      plan.listeners.append(
        .init(try Endpoint(inside), purpose: .inside, isEncrypted: false))
    }
    plan.workers = configuration[Keys.workers]
    if plan.workers == 0 { plan.workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    plan.limits = ServerLimits(configuration)
    plan.heartbeat = try HeartbeatRules(configuration)
    plan.origins = .init(configuration)
    plan.tls = try TLSContext.server(pairs, options: TLSOptions(configuration))
    plan.offersEcho = configuration[Keys.echo]
    plan.isStrict = !configuration[Keys.certificates].isEmpty
    plan.units = units
    plan.hub = hub
    plan.version = Version.number
    plan.extraMetrics = { outbound.numbers }
    plan.webhooks = try WebhookRules(configuration).map { .init($0, by: outbound.web) }
    plan.assets = try site(of: units, zone: configuration.zone).files.map {
      ($0.path, StaticAsset($0))
    }
    plan.log = writer.log
    plan.accessLog = writer.accessLog
    plan.proxies = configuration.proxies
    plan.uploadFolder = configuration[Keys.data] + "/uploads"
    let keys = APIKeys(store: store, clock: SystemClock())
    plan.checkKey = { text in
      try await keys.verify(text).map { key in
        KeyHolder(id: key.id, name: key.name) { key.allows($0, topic: $1) }
      }
    }
    if isDemo { plan.isExempt = { $0.isLoopback } }
    plan.checks = [.init("store", last: { watch.trouble }, { try await watch.check() })]
    return plan
  }

  func start() async throws {
    for unit in units {
      do { try await unit.plugin.start() } catch {
        throw Failure("the plugin \(unit.name) cannot start: \(sentence(of: error))")
      }
    }
    try await accounts.startWatching()
    let server = server
    accounts.onRevoked { revocations in
      Task { await server.revoke(revocations) }
    }
    try await server.start()
    outbound.start()
    upkeep.start { await server.tokensInUse() }
    watch.start()
    trail.startTrimming { [live] in live.current[Keys.auditAge].inSeconds }
    await jobs.start()
    await certificates.start()
  }

  /// The last things, in the order in which they depend on each other.
  func stop() async {
    await jobs.stop()
    await certificates.stop()
    // It asks the workers for their tokens, who answer no more when they have ended.
    await upkeep.stop()
    server.stop()
    await withTaskGroup { group in
      for unit in units {
        group.addTask { [log] in
          guard await !unit.stop(within: .seconds(5)) else { return }
          log.warning("a plugin does not stop", ["plugin": unit.name])
        }
      }
    }
    await outbound.stop()
    await watch.stop()
    accounts.stop()
    trail.audit.record(AuditEvent("server.stopped"))
    await trail.stop()
    await store.close()
    await claim.release()
    log.info("stopped")
    await writer.flush()
  }

  /// Two servers on one database would each miss what the other writes. All that was acknowledged is
  /// in the database already, so nothing is lost by an end without a drain.
  private static func giveUp(_ reason: String, _ writer: LogWriter) {
    Task {
      writer.log.error("another server has taken the database", ["reason": reason])
      await writer.flush()
      _exit(ExitCode.failure.rawValue)
    }
  }
}

extension HubServer {
  fileprivate func revoke(_ revocations: [Revocation]) async {
    var ended: Set<[UInt8]> = []
    var expired: Set<[UInt8]> = []
    for revocation in revocations {
      switch revocation {
      case .account(let id): await revoke(user: "u\(id)", .revoked)
      case .permissions(let id): await revoke(user: "u\(id)", .permissionsChanged)
      case .token(let digest): ended.insert(digest.bytes)
      case .expired(let digest): expired.insert(digest.bytes)
      }
    }
    if !ended.isEmpty { await revoke(tokens: ended, .ended) }
    if !expired.isEmpty { await revoke(tokens: expired, .expired) }
  }
}
