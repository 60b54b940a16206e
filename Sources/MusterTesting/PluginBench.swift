internal import HubCore
public import JSON
public import PluginHost
public import PluginKit
internal import Primitives
public import Storage

/// One plugin on a bench: real routes, rules, tables and jobs, without a server.
///
/// ```swift
/// let bench = try await PluginBench(CheckInPlugin.self, store: store)
/// let answer = await bench.get("/login?studentid=2100301419")
/// #expect(answer.json["code"] == 20011)
/// #expect(await bench.hub.names(in: "checkin.presence") == ["checkin.in"])
/// ```
public struct PluginBench: Sendable {
  public let unit: LoadedPlugin
  public let hub: RecordingHub
  public let store: any Store
  public let accounts: BenchAccounts
  public let outbox: BenchOutbox
  public let clock: ManualClock
  private let trail = Locked<[AuditEvent]>([])
  private let runner: RouteRunner

  /// The events of the audit trail, oldest first.
  public var audited: [AuditEvent] { trail.withLock { $0 } }

  /// Makes the plugin's tables in `store` and starts it; `demo` fills them first.
  public init<P: Plugin>(
    _ type: P.Type, store: any Store, settings: [String: Setting.Kind] = [:],
    clock: ManualClock = ManualClock(), zone: LocalZone = .shanghai, demo: Bool = false
  ) async throws {
    hub = RecordingHub()
    accounts = BenchAccounts()
    outbox = BenchOutbox()
    self.store = store
    self.clock = clock
    let services = PluginServices(
      hub: hub, store: store, accounts: accounts, mail: outbox, web: outbox,
      spreadsheets: outbox, clock: clock, zone: zone,
      settings: Settings(P.settings, replacing: settings),
      log: .silent, audit: Audit { [trail] event, _ in trail.withLock { $0.append(event) } })
    unit = try LoadedPlugin(type, services: services)
    runner = RouteRunner(units: [unit], accounts: accounts)
    await hub.serve(unit)
    try await store.migrate(unit.name, unit.migrations)
    if demo { for seed in unit.demos { try await seed(services, clock.now) } }
    try await unit.plugin.start()
  }

  /// Calls a route; `target` may carry a query string. Unknown paths give a 404, other methods what
  /// the route makes of a 405.
  public func call(
    _ method: Method, _ target: String, body: Request.Body = .bytes([]),
    headers: KeyValuePairs<String, String> = [:], cookies: KeyValuePairs<String, String> = [:],
    as identity: Identity? = nil, from peer: Peer = .loopback
  ) async -> BenchAnswer {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0])
    var request = Request(
      method, path, headers: Fields(headers, ignoringCase: true), cookies: Fields(cookies),
      body: body, identity: identity, peer: peer, receivedAt: clock.now)
    if let host = request.headers["host"] { request.origin = "https://\(host)" }
    request.isFromOtherSite = request.headers["sec-fetch-site"] == "cross-site"
    request.query = BenchQuery.fields(parts.count > 1 ? String(parts[1]) : "")
    if let identity {
      guard let token = await token(for: identity) else {
        return BenchAnswer(Response(status: 500))
      }
      request.headers.append("Authorization", "Bearer \(token)")
    }
    let found = unit.routes.filter { route in
      route.paths.contains { BenchPattern($0).parameters(of: path) != nil }
    }
    guard !found.isEmpty else {
      let mount = unit.mounts.first { $0.contains(path) }
      return BenchAnswer(mount?.unknownPath(path) ?? Response(status: 404))
    }
    guard let route = found.first(where: { $0.methods.contains(method) }) else {
      let error = PluginError(.methodNotAllowed, "This address does not take that method.")
      return BenchAnswer(found[0].shape(error, request))
    }
    request.parameters =
      route.paths.lazy.compactMap { BenchPattern($0).parameters(of: path) }.first ?? [:]
    return BenchAnswer(await runner.answer(request, route: route, of: unit))
  }

  public func get(
    _ target: String, as identity: Identity? = nil, from peer: Peer = .loopback
  ) async -> BenchAnswer {
    await call(.get, target, as: identity, from: peer)
  }

  public func post(
    _ target: String, json: JSONValue, as identity: Identity? = nil, from peer: Peer = .loopback
  ) async -> BenchAnswer {
    await call(
      .post, target, body: .bytes(json.encoded()),
      headers: ["Content-Type": "application/json"], as: identity, from: peer)
  }

  public func post(
    _ target: String, form: KeyValuePairs<String, String>, as identity: Identity? = nil,
    from peer: Peer = .loopback
  ) async -> BenchAnswer {
    await call(.post, target, body: .form(Fields(form), files: []), as: identity, from: peer)
  }

  /// Runs the job of that name as if it were due now.
  public func runJob(_ name: String) async throws {
    guard let job = unit.jobs.first(where: { $0.name == name }) else {
      preconditionFailure("\(unit.name) has no job \(name)")
    }
    try await job.run(clock.now)
  }

  /// A version-2 client that subscribes to `topic`. Throws what the rules refuse with.
  public func subscribe(
    _ topic: Topic, as identity: Identity, from peer: Peer = .loopback
  ) async throws -> BenchClient {
    let client = BenchClient(id: "c-\(identity.id)", hub: hub, dialect: nil)
    var who = identity
    who.peer = peer
    who.origin = "https://localhost"
    try await hub.join(client, topic, as: who)
    return client
  }

  /// The snapshot that a new subscriber of `topic` is given.
  public func snapshot(_ topic: Topic, as identity: Identity) async throws -> JSONValue? {
    guard let rules = await hub.rules(of: topic) else { return nil }
    var who = identity.standing(where: rules.allowsProvisional, guest: "bench")
    who.origin = "https://localhost"
    return try await rules.snapshot?(topic, who)
  }

  /// A client that leaves `topic` by unsubscribing.
  public func unsubscribe(_ client: BenchClient, _ topic: Topic) async {
    await hub.leave(client, topic, .bye)
  }

  /// Publishes to `topic` the way a member does.
  @discardableResult
  public func publish(_ data: JSONValue, to topic: Topic, as identity: Identity) async throws
    -> Position
  {
    guard let rules = await hub.rules(of: topic) else { throw TopicRefusal.unknown }
    let identity = identity.standing(where: rules.allowsProvisional, guest: "bench")
    try await rules.authorize(identity, topic, .publish)
    let message = MemberMessage(
      topic: topic, sender: identity, data: data, id: "m-\(clock.now)", at: clock.now)
    var event =
      try rules.compose?(message) ?? Event("message", data.object ?? [:], author: identity.id)
    event.author = identity.id
    return try await hub.publish(event, to: topic)
  }

  /// Connects a client of the dialect at `path`.
  public func connect(
    _ path: String, headers: KeyValuePairs<String, String> = [:],
    cookies: KeyValuePairs<String, String> = [:], query: String = "", as identity: Identity? = nil,
    from peer: Peer = .loopback, id: String = "c1"
  ) async throws -> BenchDialect {
    guard let found = unit.dialects.first(where: { $0.paths.contains(path) }) else {
      preconditionFailure("\(unit.name) has no dialect at \(path)")
    }
    let request = Request(
      .get, path, query: BenchQuery.fields(query), headers: Fields(headers, ignoringCase: true),
      cookies: Fields(cookies),
      identity: identity?.isProvisional == true && !found.admitsProvisional ? nil : identity,
      peer: peer, receivedAt: clock.now)
    let client = BenchClient(id: id, hub: hub, dialect: found.dialect)
    return BenchDialect(
      client: client, session: try await found.dialect.accept(client, request), hub: hub)
  }

  private func token(for identity: Identity) async -> String? {
    guard let account = identity.account else { return nil }
    return try? await accounts.issueToken(
      for: account, purpose: "bench", life: .fixed(seconds: 3600)
    ).text
  }
}

/// The answer of a route, with accessors for tests.
public struct BenchAnswer: Sendable {
  public let response: Response

  init(_ response: Response) { self.response = response }

  public var status: Int { response.status }

  public var bytes: [UInt8] {
    if case .bytes(let bytes) = response.body { return bytes }
    return []
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The body as JSON; null if it is none.
  public var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }

  public func header(_ name: String) -> String? {
    response.headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// The client of a dialect together with its session.
public struct BenchDialect {
  public let client: BenchClient
  let session: any DialectSession
  let hub: RecordingHub

  public func send(_ text: String) async { await session.received(Array(text.utf8)) }

  /// The connection ends; its subscriptions end with it, as the hub would do it.
  public func end(_ how: Departure = .closed(code: 1000)) async {
    await session.closed(how)
    await hub.leaveAll(client, how == .lost ? .timeout : .closed)
  }
}
