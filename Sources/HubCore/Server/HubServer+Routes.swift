internal import APIDocuments
internal import Bytes
internal import Crypto
internal import HTTP
internal import HubTopics
internal import JSON
public import PluginHost
public import PluginKit

// The table of all paths.
extension HubServer {
  static func routes(
    _ plan: Plan, _ endpoints: HealthEndpoints, port: UInt16?
  ) throws -> RouteTrie<Endpoint> {
    var table = RouteTrie<Endpoint>()
    for unit in plan.units {
      for route in unit.routes { try add(route, of: unit, to: &table) }
    }
    for own in endpoints.publicCalls { try table.add(.get, own.path, .own(own.call)) }
    try addDocuments(plan, endpoints, port: port, to: &table)
    let sockets = sockets(plan)
    for (path, asset) in plan.assets {
      let socket = sockets.first { $0.path == path }?.kind
      try table.add(.get, path, socket.map { .pageOrSocket(asset, $0) } ?? .asset(asset))
    }
    let pages = Set(plan.assets.map(\.path))
    for (path, kind) in sockets where !pages.contains(path) {
      try table.add(.get, path, .socket(kind))
    }
    return table
  }

  private static func sockets(_ plan: Plan) -> [(path: String, kind: Endpoint.SocketKind)] {
    var sockets: [(path: String, kind: Endpoint.SocketKind)] = [("/ws", .hub)]
    if plan.offersEcho { sockets.append(("/echo", .echo)) }
    for (index, dialect) in plan.units.flatMap(\.dialects).enumerated() {
      sockets += dialect.paths.map { ($0, .dialect(index)) }
    }
    return sockets
  }

  /// The documents that are made of everything that is registered.
  private static func addDocuments(
    _ plan: Plan, _ endpoints: HealthEndpoints, port: UInt16?, to table: inout RouteTrie<Endpoint>
  ) throws {
    let own = endpoints.publicCalls
    let calls = OpenAPI.document(units: plan.units, own: own, version: plan.version)
    let topics = AsyncAPI.document(
      units: plan.units, version: plan.version, port: port ?? 8443,
      isEncrypted: plan.listeners.first?.isEncrypted ?? true)
    try table.add(.get, "/openapi.json", .asset(StaticAsset(document: calls)))
    try table.add(.get, "/asyncapi.json", .asset(StaticAsset(document: topics)))
  }

  static func insideRoutes(_ endpoints: HealthEndpoints) throws -> RouteTrie<Endpoint> {
    var table = RouteTrie<Endpoint>()
    for own in endpoints.insideCalls { try table.add(.get, own.path, .own(own.call)) }
    return table
  }

  /// The unit of the hub's own topics, for the list of plugins.
  public static func ownUnit(services: PluginServices) throws -> LoadedPlugin {
    try LoadedPlugin(HubPlugin.self, services: services)
  }

  static func topics(_ plan: Plan) throws -> TopicTable<TopicRules> {
    var table = TopicTable<TopicRules>()
    var owners: [String: String] = [:]
    for unit in plan.units {
      for registration in unit.topics {
        let namespace = try add(registration, of: unit, to: &table)
        let owner = owners[namespace, default: unit.name]
        guard owner == unit.name else {
          throw ServerError(
            "the topics \(registration.pattern) of \(unit.name) lie where those of \(owner) do")
        }
        owners[namespace] = owner
      }
    }
    if plan.offersEcho, let rooms = TopicPattern("echo.room.{room}") {
      _ = table.insert(echoRooms, for: rooms)
    }
    return table
  }

  /// Adds topics of a plugin; the namespace that they lie in, which is nobody else's.
  private static func add(
    _ registration: TopicRegistration, of unit: LoadedPlugin, to table: inout TopicTable<TopicRules>
  ) throws -> String {
    guard let pattern = TopicPattern(registration.pattern) else {
      throw ServerError("\(registration.pattern) is no pattern for topics")
    }
    guard let namespace = pattern.namespace else {
      throw ServerError("\(registration.pattern) does not say whose topics these are")
    }
    var rules = registration.rules
    rules.owner = unit.name
    guard table.insert(rules, for: pattern) else {
      throw ServerError("the topics \(registration.pattern) are registered twice")
    }
    return namespace
  }

  /// Rooms for load tests, beside the path `/echo`: whoever is in one may speak, guests too.
  private static var echoRooms: TopicRules {
    var rules = TopicRules()
    rules.presence = true
    rules.publisher = .member
    rules.allowsGuests = true
    return rules
  }

  private static func add(
    _ route: Route, of unit: LoadedPlugin, to table: inout RouteTrie<Endpoint>
  ) throws {
    for path in route.paths {
      for method in route.methods {
        try table.add(HTTP.Method(method), path, .route(unit, route))
      }
    }
  }
}

extension StaticAsset {
  /// A document that is made once, at the start.
  init(document: JSONValue) {
    let bytes = document.encoded(pretty: true)
    let digest = Hex.encode(Array(Digest.sha256(bytes).prefix(8)))
    self.init(
      bytes: bytes, contentType: "application/json; charset=utf-8", entityTag: "\"\(digest)\"",
      cacheControl: "no-cache")
  }
}

extension HTTP.Method {
  init(_ method: PluginKit.Method) {
    switch method {
    case .get: self = .get
    case .post: self = .post
    case .put: self = .put
    case .patch: self = .patch
    case .delete: self = .delete
    }
  }
}
