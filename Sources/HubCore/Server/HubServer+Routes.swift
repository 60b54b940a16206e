internal import HTTP
internal import PluginKit

// The table of all paths.
extension HubServer {
  static func routes(_ plan: Plan) throws -> RouteTrie<Endpoint> {
    var table = RouteTrie<Endpoint>()
    for unit in plan.units {
      for route in unit.routes { try add(route, of: unit, to: &table) }
    }
    for (path, asset) in plan.assets { try table.add(.get, path, .asset(asset)) }
    try table.add(.get, "/ws", .socket(.hub))
    if plan.offersEcho { try table.add(.get, "/echo", .socket(.echo)) }
    for (index, dialect) in plan.units.flatMap(\.dialects).enumerated() {
      for path in dialect.paths { try table.add(.get, path, .socket(.dialect(index))) }
    }
    return table
  }

  static func insideRoutes(_ plan: Plan) throws -> RouteTrie<Endpoint> { RouteTrie<Endpoint>() }

  private static func add(
    _ route: Route, of unit: PluginUnit, to table: inout RouteTrie<Endpoint>
  ) throws {
    for path in route.paths {
      for method in route.methods {
        try table.add(HTTP.Method(method), path, .route(unit, route))
      }
    }
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
