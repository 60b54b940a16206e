public import PluginKit
internal import Storage

/// Answers one call to a plugin's route: who is calling, may they, and if so the handler.
///
/// Everything that goes wrong becomes a response in the plugin's own error shape, here and
/// nowhere else.
public struct RouteRunner: Sendable {
  /// Peers whose calls this runner does not count, e.g. loopback addresses with demo data.
  public typealias Exemption = @Sendable (Peer) -> Bool

  private let accounts: any Accounts
  package let isExempt: Exemption
  private let meter = CallLimits()
  private let healths: [String: PluginHealth]
  private let capacity: Int
  private let authenticators: [String: [Authenticator]]

  /// - Parameter capacity: how many calls may run in one plugin at once.
  public init(
    units: [LoadedPlugin], accounts: any Accounts, capacity: Int = 1024,
    isExempt: @escaping Exemption = { _ in false }
  ) {
    self.accounts = accounts
    self.isExempt = isExempt
    self.capacity = capacity
    healths = Dictionary(units.map { ($0.name, $0.health) }, uniquingKeysWith: { $1 })
    var authenticators = Dictionary(
      units.map { ($0.name, $0.authenticators) }, uniquingKeysWith: { $1 })
    // The hub's socket belongs to no plugin, so its handshake asks under an empty name.
    authenticators[""] = units.flatMap(\.authenticators).filter(\.opensSockets)
    self.authenticators = authenticators
  }

  public func health(of plugin: String) -> PluginHealth? { healths[plugin] }

  /// Answers `request`, which matched `route` of `unit`. Never throws.
  public func answer(_ request: Request, route: Route, of unit: LoadedPlugin) async -> Response {
    guard unit.health.enter(capacity: capacity) else { return busy(request, route) }
    defer { unit.health.leave() }
    var call = AdmittedCall(request)
    do {
      try await admit(&call, route, unit)
      return try await perform(call.request, route, unit)
    } catch {
      return refusal(error, call, route, unit)
    }
  }

  /// A request that may be made, to be handled once its body is there.
  package struct AdmittedCall: Sendable {
    package var request: Request
    /// Its caller has a provisional account, which counts for nothing here.
    var isLimited = false
    /// Nothing in the head names the caller; the form in the body may.
    var awaitsForm = false

    init(_ request: Request) { self.request = request }
  }

  package enum Verdict: Sendable {
    case admitted(AdmittedCall)
    case refused(Response)
  }

  /// Finds out from the head alone whether a call may be made.
  package func judge(_ request: Request, route: Route, of unit: LoadedPlugin) async -> Verdict {
    guard unit.health.enter(capacity: capacity) else { return .refused(busy(request, route)) }
    defer { unit.health.leave() }
    var call = AdmittedCall(request)
    do {
      try await admit(&call, route, unit)
      call.awaitsForm = call.request.identity == nil && bringsForm(request, route, to: unit)
      return .admitted(call)
    } catch let error as PluginError
      where error.code == .unauthorized && bringsForm(request, route, to: unit)
    {
      call.awaitsForm = true
      return .admitted(call)
    } catch {
      return .refused(refusal(error, call, route, unit))
    }
  }

  /// Answers a request that was admitted.
  package func handle(_ call: AdmittedCall, route: Route, of unit: LoadedPlugin) async -> Response {
    guard unit.health.enter(capacity: capacity, isCounted: true) else {
      return busy(call.request, route)
    }
    defer { unit.health.leave() }
    var call = call
    do {
      if call.awaitsForm { try await admitByForm(&call, route, unit) }
      return try await perform(call.request, route, unit)
    } catch {
      return refusal(error, call, route, unit)
    }
  }

  /// Whether a form comes along that one of the plugin's authenticators looks into. Strangers can
  /// send as much as the operation takes, so that has to be little.
  private func bringsForm(_ request: Request, _ route: Route, to unit: LoadedPlugin) -> Bool {
    guard request.method == .post, unit.authenticators.contains(where: \.readsForm),
      route.operation.mostBytes <= Operation.undeclaredBytes,
      let type = request.headers["content-type"]?.lowercased()
    else { return false }
    return type.hasPrefix("application/x-www-form-urlencoded")
      || type.hasPrefix("multipart/form-data")
  }

  /// The rest of the admission of a call whose form is there now.
  private func admitByForm(
    _ call: inout AdmittedCall, _ route: Route, _ unit: LoadedPlugin
  ) async throws {
    let operation = route.operation
    call.request.identity = try await caller(call.request, operation.access, plugin: unit.name)
    if call.request.identity != nil { try count(call.request, route, by: .account) }
    call.isLimited = limitProvisional(&call.request, operation)
    try admit(call.request, operation.access, unit.services.settings)
  }

  private func admit(
    _ call: inout AdmittedCall, _ route: Route, _ unit: LoadedPlugin
  ) async throws {
    let operation = route.operation
    try count(call.request, route, by: .address)
    try refuseOtherSites(call.request, operation)
    call.request.identity = try await caller(call.request, operation.access, plugin: unit.name)
    try count(call.request, route, by: .account)
    call.isLimited = limitProvisional(&call.request, operation)
    try admit(call.request, operation.access, unit.services.settings)
  }

  private func busy(_ request: Request, _ route: Route) -> Response {
    let busy = PluginError(.unavailable, "too busy, try again", retryAfterSeconds: 1)
    return retryable(route.shape(busy, request), busy)
  }

  private func refusal(
    _ error: any Error, _ call: AdmittedCall, _ route: Route, _ unit: LoadedPlugin
  ) -> Response {
    var known = RouteRunner.shaped(error)
    if call.isLimited && known.code == .unauthorized { known = .provisional }
    if known.code == .failure {
      unit.health.countFailure()
      unit.services.log.error(
        "a handler failed",
        [
          "plugin": unit.name, "path": call.request.path, "error": "\(type(of: error)): \(error)",
        ])
    }
    return fit(retryable(route.shape(known, call.request), known), call.request, unit)
  }

  private func perform(
    _ request: Request, _ route: Route, _ unit: LoadedPlugin
  ) async throws -> Response {
    let response = fit(try await route.handler(request), request, unit)
    note(request, response, route.operation.access, unit)
    return response
  }

  /// Records what a member of the staff changed by a call that others may not make.
  private func note(
    _ request: Request, _ response: Response, _ access: Access, _ unit: LoadedPlugin
  ) {
    guard case .anyRole = access, request.method != .get, response.status < 400,
      let person = request.identity, person.hasAny(of: [.staff, .admin])
    else { return }
    unit.services.audit.record(
      AuditEvent(
        "call", by: person.auditName, on: "\(request.method.rawValue) \(request.path)",
        from: request.peer.address, "plugin \(unit.name), status \(response.status)"))
  }

  /// The response of a handler, or a failure if it is no answer to a request.
  private func fit(_ response: Response, _ request: Request, _ unit: LoadedPlugin) -> Response {
    if (200...599).contains(response.status) { return response }
    unit.health.countFailure()
    unit.services.log.error(
      "a handler answered with a status that there is not",
      ["plugin": unit.name, "path": request.path, "status": response.status])
    return PluginError.defaultShape(PluginError(.failure, "internal error"), request)
  }

  /// The answer to a call whose handler took too long; its task is cancelled by the caller.
  public func late(_ request: Request, route: Route, of unit: LoadedPlugin) -> Response {
    unit.health.countTimeout()
    return fit(route.shape(PluginError(.timeout, "this took too long"), request), request, unit)
  }

  /// The caller, found by the plugin's authenticators and then by the hub's: a `Bearer` or `Token`
  /// authorization, or the session cookie of the pages.
  public func identify(_ request: Request, plugin: String) async throws -> Identity? {
    let ways = (authenticators[plugin] ?? []) + RouteRunner.common
    for way in ways {
      if let identity = try await way.identify(request, accounts) { return identity }
    }
    return nil
  }

  /// The ways in that work everywhere.
  public static let common: [Authenticator] = [
    .authorization("Bearer"), .authorization("Token"), .field("token"),
  ]

  /// Like `identify`, but where nobody needs to log in a stale token is as good as none.
  private func caller(_ request: Request, _ access: Access, plugin: String) async throws
    -> Identity?
  {
    do {
      return try await identify(request, plugin: plugin)
    } catch let error as PluginError where error.code == .unauthorized {
      switch access {
      case .anyone, .openNetworks, .keyHolder: return nil
      case .signedIn, .anyRole: throw error
      }
    }
  }

  private func count(_ request: Request, _ route: Route, by key: CallLimit.Key) throws {
    guard let limit = route.operation.limit, limit.key == key else { return }
    if limit.key == .address && isExempt(request.peer) { return }
    let client = CallLimits.Caller.client(request.peer.client)
    let caller =
      limit.key == .address ? client : request.identity.map { .account($0.id) } ?? client
    let wait = meter.count(
      limit, route: route.paths[0], caller: caller, now: request.receivedAt)
    guard let wait else { return }
    throw PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: wait)
  }

  /// Makes a stranger of a provisional account that the operation does not admit. True if that may
  /// be the reason of a refusal.
  private func limitProvisional(_ request: inout Request, _ operation: Operation) -> Bool {
    guard request.identity?.isProvisional == true, !operation.admitsProvisional else {
      return false
    }
    request.identity = nil
    if case .anyone = operation.access { return false }
    return true
  }

  /// A page can send a request with its reader's network position, and with what its browser adds.
  /// A token in the head it sends only after a preflight, which lets no other site pass.
  private func refuseOtherSites(_ request: Request, _ operation: Operation) throws {
    guard request.isFromOtherSite, operation.changes(by: request.method), !request.hasOwnToken
    else { return }
    throw PluginError(.forbidden, "a page of another site may not do this")
  }

  private func admit(_ request: Request, _ access: Access, _ settings: Settings) throws {
    switch access {
    case .anyone: return
    case .keyHolder:
      guard request.token != nil || request.identity != nil else { throw PluginError.keyNeeded }
    case .signedIn: _ = try request.caller()
    case .anyRole(let roles):
      guard try request.caller().hasAny(of: roles) else {
        throw PluginError(.forbidden, "not allowed")
      }
    case .openNetworks(let setting):
      if !request.peer.isIn(settings.networks(setting)) { _ = try request.caller() }
    }
  }

  private func retryable(_ response: Response, _ error: PluginError) -> Response {
    guard let seconds = error.retryAfterSeconds, response.status >= 400 else { return response }
    return response.with("Retry-After", String(seconds))
  }

  /// An error as the client is told it: never more than it may know.
  package static func shaped(_ error: any Error) -> PluginError {
    switch error {
    case let known as PluginError: known
    case let store as StoreError where store.isTemporary:
      PluginError(.unavailable, "the database is not available", retryAfterSeconds: 1)
    case let store as StoreError where store.code == .readOnly:
      PluginError(.unavailable, "the database can only be read")
    // No hint to come back: a second try could do it twice.
    case let store as StoreError where store.code == .ambiguous:
      PluginError(.unavailable, "the database broke off: look whether it was done")
    case let store as StoreError where store.code == .unstorable:
      PluginError.invalid(store.message)
    case let account as AccountError where account.code == .publicPassword:
      PluginError(.conflict, account.detail)
    case is HubError: PluginError(.unavailable, "not available, try again", retryAfterSeconds: 1)
    case is CancellationError: PluginError(.timeout, "this took too long")
    case TopicRefusal.unauthorized: PluginError(.unauthorized, "log in first")
    case is TopicRefusal: PluginError(.forbidden, "not allowed")
    default: PluginError(.failure, "internal error")
    }
  }
}
