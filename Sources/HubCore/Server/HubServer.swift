internal import HTTP
internal import HubTopics
public import Limits
public import Loop
public import PluginHost
public import PluginKit
public import Primitives
public import Storage
public import TLS
public import WebSocket

/// The running server: its workers, its listeners, and how they start and stop.
public final class HubServer: Sendable {
  /// Where to listen, and for what.
  public struct ListenerConfiguration: Sendable {
    public var endpoint: Endpoint
    public var purpose: ListenerRole.Purpose
    public var dialect: String?
    public var isEncrypted: Bool
    /// Sockets of the service manager at this address; without one the server opens its own.
    public var inherited: [Listener] = []

    public typealias Endpoint = Loop.Endpoint

    public init(
      _ endpoint: Endpoint, purpose: ListenerRole.Purpose = .everything, dialect: String? = nil,
      isEncrypted: Bool = true
    ) {
      self.endpoint = endpoint
      self.purpose = purpose
      self.dialect = dialect
      self.isEncrypted = isEncrypted
    }
  }

  /// Everything the server is made of.
  public struct Plan: Sendable {
    public var listeners: [ListenerConfiguration] = []
    public var workers = 1
    public var limits = ServerLimits()
    public var heartbeat = HeartbeatRules()
    public var origins = OriginRules()
    public var tls: TLSContext?
    public var offersEcho = false
    /// Tells browsers to use HTTPS alone for a year. Not with a self-made certificate: it is for
    /// `localhost`, where other programs serve HTTP.
    public var isStrict = true
    public var units: [LoadedPlugin] = []
    public var accounts: any Accounts
    public var store: any Store
    public var hub = HubGateway()
    public var node = "n1"
    public var version = ""
    /// Asked by `/ready`.
    public var checks: [Check] = []
    public var isExempt: RouteRunner.Exemption = { _ in false }
    /// Further numbers for `/metrics`, by name.
    public var extraMetrics: @Sendable () -> [(String, Int)] = { [] }
    /// Where uploads lie until their handler returns.
    public var uploadFolder = "/tmp"
    /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
    public var proxies: [Network] = []
    /// To whom it is told who comes and goes; nobody without it.
    public var webhooks: Webhooks?
    /// Checks the keys of the server interface; without it no key is good.
    public var checkKey: KeyCheck = { _ in nil }
    public var assets: [(path: String, asset: StaticAsset)] = []
    public var log = Log.silent
    public var audit = Audit.silent
    public var accessLog = AccessLog.none
    public var time: any TimeSource = SystemTime()
    public var random: any RandomSource = SystemRandom()

    public init(accounts: any Accounts, store: any Store) {
      self.accounts = accounts
      self.store = store
    }
  }

  /// A check of a part that the server depends on, such as the store.
  public struct Check: Sendable {
    public let name: String
    /// Throws what is wrong. It may cost something, such as a write.
    public let run: @Sendable () async throws -> Void
    /// The error when it last ran; costs nothing.
    public let last: @Sendable () -> (any Error)?

    public init(
      _ name: String, last: @escaping @Sendable () -> (any Error)? = { nil },
      _ run: @escaping @Sendable () async throws -> Void
    ) {
      self.name = name
      self.last = last
      self.run = run
    }
  }

  /// The parts of webhooks.
  public struct Webhooks: Sendable {
    public let rules: WebhookRules
    public let web: any WebService

    public init(_ rules: WebhookRules, by web: any WebService) {
      self.rules = rules
      self.web = web
    }
  }

  let shared: ServerContext
  let workers: [Worker]
  let certificates: Certificates?
  let checkKey: KeyCheck
  /// The addresses of each listener, in the order of the plan.
  public let addresses: [[PeerAddress]]

  /// Opens the listeners; no connection is accepted before `start`.
  public init(_ plan: Plan) throws {
    let endpoints = HealthEndpoints(checks: plan.checks, version: plan.version, time: plan.time)
    let count = max(plan.workers, 1)
    checkKey = plan.checkKey
    certificates = plan.tls.map { Certificates($0) }
    var acceptors = [[SharedTransport.Acceptor]](repeating: [], count: count)
    var addresses: [[PeerAddress]] = []
    for role in plan.listeners {
      addresses.append(try HubServer.open(role, certificates, &acceptors))
    }
    self.addresses = addresses
    shared = ServerContext(
      plan, acceptors: acceptors,
      everything: try HubServer.routes(plan, endpoints, port: addresses.first?.first?.port),
      inside: try HubServer.insideRoutes(endpoints), rules: try HubServer.topics(plan))
    let shared = shared
    let loops = (0..<count).map { HubServer.makeLoop($0, plan) }
    let inboxes = loops.map { WorkerInbox(wakes: $0) }
    workers = loops.enumerated().map { index, loop in
      Worker(index: index, loop: loop, shared: shared, inboxes: inboxes)
    }
    shared.topics.setOwners(workers)
    plan.hub.connect(to: workers)
    endpoints.serve(self)
    for case let own as HubPlugin in plan.units.map(\.plugin) { own.serve(self) }
  }

  private static func makeLoop(_ worker: Int, _ plan: Plan) -> EventLoop {
    let log = plan.log
    return EventLoop(time: plan.time) { nanoseconds in
      log.warning(
        "an event loop was held up and its clients waited: the machine is busy, or a plugin"
          + " computes for long",
        ["worker": worker, "ms": Int(nanoseconds / 1_000_000)])
    }
  }

  /// One listener per worker, all on the port that the first of them got.
  private static func open(
    _ plan: ListenerConfiguration, _ certificates: Certificates?,
    _ acceptors: inout [[SharedTransport.Acceptor]]
  ) throws -> [PeerAddress] {
    let listeners = try open(plan, count: acceptors.count)
    let role = ListenerRole(
      purpose: plan.purpose, defaultDialect: plan.dialect,
      certificates: plan.isEncrypted ? certificates : nil)
    for (worker, own) in listeners.enumerated() {
      acceptors[worker] += own.map { SharedTransport.Acceptor(role: role, listener: $0) }
    }
    return listeners[0].map(\.address)
  }

  /// The listeners of each worker at one address.
  private static func open(
    _ plan: ListenerConfiguration, count: Int
  ) throws(LoopError) -> [[Listener]] {
    if !plan.inherited.isEmpty {
      var listeners = [plan.inherited]
      while listeners.count < count {
        var copies: [Listener] = []
        for listener in plan.inherited { copies.append(try listener.copy()) }
        listeners.append(copies)
      }
      return listeners
    }
    let alone = try Listener.open(plan.endpoint)
    guard count > 1 else { return [alone] }
    // Sharing a port would also share it with another server that is running already: so it is
    // first taken alone, which fails then, and given back.
    let port = alone.first?.address.port ?? plan.endpoint.port
    let same = Loop.Endpoint(host: plan.endpoint.host, port: port)
    _ = consume alone
    var listeners: [[Listener]] = []
    for _ in 0..<count { listeners.append(try Listener.open(same, sharesPort: true)) }
    return listeners
  }

  public var workerCount: Int { workers.count }

  public func start() async throws {
    for worker in workers { worker.loop.start(name: "muster-\(worker.index)", client: worker) }
    let window = await lastWindow()
    let time = shared.heartbeat.timeToReturn(in: window)
    await workers[0].inherit(window, for: time)
    if let rules = shared.webhooks.rules { try await workers[0].openWebhooks(rules, within: time) }
    await expectMembers(within: time)
    for worker in workers { try await worker.open() }
  }

  /// Ends the loops; whoever is still connected is cut off.
  public func stop() {
    for worker in workers { worker.loop.stop() }
    for worker in workers { worker.loop.join() }
  }
}
