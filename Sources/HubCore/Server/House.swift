internal import HTTP
internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginKit
internal import Primitives
internal import Storage
internal import Synchronization
internal import WebSocket

/// The context that all workers share and none of them changes: routes, plugins, stores, limits.
final class House: Sendable {
  /// A door's listener on one worker.
  struct Entrance: Sendable {
    let door: Door
    let listener: Listener
  }

  let log: Log
  let audit: Audit
  let admission = Admission()
  let input = InputBudget()
  let everything: RouteTrie<Endpoint>
  /// The plugins' rules for pages of other sites, by the index of the route in `everything`.
  let siteRules: [SiteRule?]
  /// The prefixes of plugins, the longest first.
  let mounts: [MountPoint]
  let inside: RouteTrie<Endpoint>
  let units: [PluginUnit]
  let dialects: [DialectRegistration]
  let runner: RouteRunner
  let accounts: any Accounts
  let checkKey: KeyCheck
  /// For how long browsers shall use HTTPS alone; nil to leave that to them.
  let strictTransportSeconds: Int?
  private let entrances: [[Entrance]]
  private let currentLimits: Locked<ServerLimits>
  private let currentOrigins: Locked<OriginRules>
  private let currentCORS: Locked<CORSPolicy>
  private let currentProxies: Locked<[Network]>
  let accessLog: AccessLog
  let topics: TopicTable<TopicRules>
  let messages: [String: (plugin: String, registration: MessageRegistration)]
  let eventStore: EventStore
  let memberStore: MemberStore
  /// To whom it is told who comes and goes, and by what means.
  let webhooks: WebhookRules?
  let web: any WebService
  let webhookCounters = WebhookCounters()
  let tabs = Tabs()
  let people = People()
  let disk = Disk()
  /// Where uploads lie until their handler returns.
  let uploadFolder: String
  let workerCount: Int
  /// Names this process in `welcome` and in the logs.
  let node: String
  private let owners: [String]
  private let draining = Atomic<Bool>(false)
  private let removals = Atomic<UInt64>(0)
  private let hasWarnedOfProxy = Atomic<Bool>(false)
  private let longestTold = Atomic<Int>(0)
  private let inherited = Atomic<Int>(0)
  let extraMetrics: @Sendable () -> [(String, Int)]
  private let allWorkers = Locked<[Worker]>([])
  let heartbeat: HeartbeatRules
  let random: any RandomSource
  /// The callers of the gateway that wait.
  let publishes: PendingPublishes

  init(
    entrances: [[Entrance]], everything: RouteTrie<Endpoint>, inside: RouteTrie<Endpoint>,
    units: [PluginUnit], runner: RouteRunner, accounts: any Accounts,
    checkKey: @escaping KeyCheck, limits: ServerLimits,
    heartbeat: HeartbeatRules, origins: OriginRules, log: Log, audit: Audit,
    accessLog: AccessLog,
    topics: TopicTable<TopicRules>, store: any Store, node: String,
    extraMetrics: @escaping @Sendable () -> [(String, Int)], uploadFolder: String,
    proxies: [Network], webhooks: HubServer.Webhooks?, strictTransportSeconds: Int?,
    random: any RandomSource, publishes: PendingPublishes
  ) {
    self.strictTransportSeconds = strictTransportSeconds
    self.random = random
    self.publishes = publishes
    self.webhooks = webhooks?.rules
    web = webhooks?.web ?? NoWeb()
    self.uploadFolder = uploadFolder
    self.extraMetrics = extraMetrics
    self.topics = topics
    eventStore = EventStore(store: store)
    memberStore = MemberStore(store: store, node: node)
    self.node = node
    workerCount = entrances.count
    owners = units.flatMap { unit in unit.dialects.map { _ in unit.name } }
    messages = Dictionary(
      units.flatMap { unit in unit.messages.map { ($0.type, (unit.name, $0)) } },
      uniquingKeysWith: { $1 })
    self.entrances = entrances
    self.everything = everything
    siteRules = SiteRule.all(of: everything.routes)
    mounts = units.flatMap(\.mounts).sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    self.inside = inside
    self.units = units
    dialects = units.flatMap(\.dialects)
    self.runner = runner
    self.accounts = accounts
    self.checkKey = checkKey
    currentLimits = Locked(limits)
    currentOrigins = Locked(origins)
    currentCORS = Locked(CORSPolicy(origins))
    currentProxies = Locked(proxies)
    self.log = log
    self.audit = audit
    self.accessLog = accessLog
    self.heartbeat = heartbeat
  }

  /// Closes all doors; those who are inside may stay.
  func closeDoors() {
    for entrance in entrances.joined() { entrance.listener.refuseAll() }
  }

  func listeners(of worker: Int) -> [Entrance] { entrances[worker] }

  var limits: ServerLimits { currentLimits.withLock { $0 } }
  var origins: OriginRules { currentOrigins.withLock { $0 } }

  /// Which pages of other sites may call everything.
  var cors: CORSPolicy { currentCORS.withLock { $0 } }

  /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
  var proxies: [Network] { currentProxies.withLock { $0 } }

  /// Takes new values for everything that a reload may change.
  func reload(limits: ServerLimits, origins: OriginRules, proxies: [Network]) {
    currentProxies.withLock { $0 = proxies }
    currentLimits.withLock { $0 = limits }
    currentOrigins.withLock { $0 = origins }
    currentCORS.withLock { $0 = CORSPolicy(origins) }
  }

  /// Known once all of them have been made.
  var workers: [Worker] { allWorkers.withLock { $0 } }

  func employ(_ workers: [Worker]) { allWorkers.withLock { $0 = workers } }

  var isDraining: Bool { draining.load(ordering: .relaxed) }

  func beginDraining() { draining.store(true, ordering: .relaxed) }

  /// True once: requests without a client's address come by the thousand.
  func beginsProxyWarning() -> Bool {
    !hasWarnedOfProxy.exchange(true, ordering: .relaxed)
  }

  /// How many users were removed from topics since the start.
  var removalGeneration: UInt64 { removals.load(ordering: .acquiring) }

  func nextRemovalGeneration() -> UInt64 {
    removals.add(1, ordering: .acquiringAndReleasing).newValue
  }

  /// The plugin that a dialect belongs to.
  func dialectOwner(_ index: Int) -> String { owners[index] }

  /// Clients that come back spread over this many milliseconds, so that no more than the planned
  /// number of handshakes a second have to be made.
  func reconnectWindow(_ limits: ServerLimits) -> Int {
    let window = ReconnectPlan(handshakesPerSecond: limits.handshakesPerSecond)
      .window(connections: admission.total)
    longestTold.max(window, ordering: .relaxed)
    return window
  }

  /// The longest window that anybody was told since the start.
  var longestWindow: Int { longestTold.load(ordering: .relaxed) }

  /// The same with what those were told who are still expected from before.
  var windowToStore: Int { max(longestWindow, inherited.load(ordering: .relaxed)) }

  func inheritWindow(_ milliseconds: Int) { inherited.store(milliseconds, ordering: .relaxed) }

  func table(of door: Door) -> RouteTrie<Endpoint> {
    door.purpose == .inside ? inside : everything
  }

  func dialect(named name: String?) -> Int? {
    guard let name else { return nil }
    return dialects.firstIndex { $0.name == name }
  }
}
