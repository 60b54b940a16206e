internal import HTTP
internal import PluginKit

/// Finds the endpoint of a request, and the answer where there is none.
struct RequestRouter {
  let shared: SharedHTTP

  /// The target of a request.
  enum Target {
    case endpoint(Endpoint)
    /// No endpoint has the path, or the path does not take the method.
    case answer(Response)
  }

  /// Notes in `conversation` which route it is, for the rules about pages of other sites.
  func target(
    of head: RequestHead, _ connection: Connection, _ conversation: HTTPConversation
  ) -> Target {
    let table = shared.table(of: connection.role)
    switch table.match(head.method, head.pathBytes) {
    case .found(let match):
      conversation.match = match
      return .endpoint(table.routes[match.route].value)
    case .notFound where head.wantsUpgrade:
      guard let index = shared.dialect(named: connection.role.defaultDialect) else {
        return .answer(unknownPath(head, connection))
      }
      return .endpoint(.socket(.dialect(index)))
    case .notFound: return .answer(unknownPath(head, connection))
    case .options(let methods):
      conversation.match = anyMatch(methods, head, connection)
      conversation.methods = methods
      return .answer(Response(status: 204).with("Allow", "\(methods)"))
    case .methodNotAllowed(let methods):
      let match = anyMatch(methods, head, connection)
      conversation.match = match
      return .answer(wrongMethod(match, head, connection).with("Allow", "\(methods)"))
    }
  }

  /// In the shape of the plugin whose prefix the path has.
  private func unknownPath(_ head: RequestHead, _ connection: Connection) -> Response {
    guard connection.role.purpose != .inside,
      let mount = shared.mounts.first(where: { $0.contains(head.path) })
    else { return Response.plain(404, "There is nothing at this address.") }
    return mount.unknownPath(head.path)
  }

  /// In the shape of the route that takes other methods: its clients read no other.
  private func wrongMethod(
    _ match: RouteMatch?, _ head: RequestHead, _ connection: Connection
  ) -> Response {
    let text = "This address does not take that method."
    guard let match,
      case .route(_, let route) = shared.table(of: connection.role).routes[match.route].value
    else { return Response.plain(405, text) }
    let request = Request(PluginKit.Method(head.method), head.path)
    return route.shape(PluginError(.methodNotAllowed, text), request)
  }

  /// A route of this path, whatever the method. Its CORS rule also answers preflight requests,
  /// which ask for a method: that one comes first.
  private func anyMatch(
    _ methods: MethodSet, _ head: RequestHead, _ connection: Connection
  ) -> RouteMatch? {
    let wanted = head.headers["Access-Control-Request-Method"]
    let known = HTTP.Method.allCases.filter { methods.contains($0) }
    let first = known.filter { "\($0.name)" == wanted }
    for method in first + known where method != .options {
      if case .found(let match) = shared.table(of: connection.role).match(method, head.pathBytes) {
        return match
      }
    }
    return nil
  }
}
