internal import HTTP
internal import PluginKit

// The endpoint of a request, and the answers where there is none.
extension Worker {
  /// The endpoint; nil if no route has the path and the method.
  func endpoint(
    _ outcome: RouteOutcome, _ connection: Connection, _ exchange: HTTPExchange,
    _ head: RequestHead
  ) -> Endpoint? {
    switch outcome {
    case .found(let match):
      exchange.match = match
      return house.table(of: connection.door).routes[match.route].value
    case .notFound where head.wantsUpgrade:
      return house.dialect(named: connection.door.defaultDialect).map { .socket(.dialect($0)) }
    case .notFound, .options, .methodNotAllowed:
      return nil
    }
  }

  func answerWithoutRoute(
    _ outcome: RouteOutcome, _ connection: Connection, _ exchange: HTTPExchange,
    _ head: RequestHead
  ) -> Response {
    switch outcome {
    case .found: return Response.plain(404, "There is nothing at this address.")
    case .notFound: return unknownPath(head, connection)
    case .options(let methods):
      exchange.match = anyMatch(methods, head, connection)
      exchange.methods = methods
      return Response(status: 204).with("Allow", "\(methods)")
    case .methodNotAllowed(let methods):
      let match = anyMatch(methods, head, connection)
      exchange.match = match
      return wrongMethod(match, head, connection).with("Allow", "\(methods)")
    }
  }

  /// In the shape of the plugin whose prefix the path has.
  private func unknownPath(_ head: RequestHead, _ connection: Connection) -> Response {
    guard connection.door.purpose != .inside,
      let mount = house.mounts.first(where: { $0.contains(head.path) })
    else { return Response.plain(404, "There is nothing at this address.") }
    return mount.unknownPath(head.path)
  }

  /// In the shape of the route that takes other methods: its clients read no other.
  private func wrongMethod(
    _ match: RouteMatch?, _ head: RequestHead, _ connection: Connection
  ) -> Response {
    let text = "This address does not take that method."
    guard let match,
      case .route(_, let route) = house.table(of: connection.door).routes[match.route].value
    else { return Response.plain(405, text) }
    let request = Request(PluginKit.Method(head.method), head.path)
    return route.shape(PluginError(.methodNotAllowed, text), request)
  }

  /// A route of this path, whatever the method: what it says about other sites' pages goes for
  /// the questions that their browsers ask beforehand, too. The method that is asked for comes first.
  private func anyMatch(
    _ methods: MethodSet, _ head: RequestHead, _ connection: Connection
  ) -> RouteMatch? {
    let wanted = head.headers["Access-Control-Request-Method"]
    let known = HTTP.Method.allCases.filter { methods.contains($0) }
    let first = known.filter { "\($0.name)" == wanted }
    for method in first + known where method != .options {
      if case .found(let match) = house.table(of: connection.door).match(method, head.pathBytes) {
        return match
      }
    }
    return nil
  }

  /// There are too many connections already; this one hears so and is closed.
  func turnAway(_ connection: Connection) -> Bool {
    counters.refused.add(1)
    if connection.admission == .surplusOfClient {
      refuse(connection, .tooManyRequests, "too many connections from this address")
    } else {
      refuse(connection, .serviceUnavailable, "too many connections, try again later")
    }
    return false
  }
}
