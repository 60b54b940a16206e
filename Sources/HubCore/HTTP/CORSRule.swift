internal import HTTP
internal import PluginHost
internal import PluginKit
internal import WebSocket

/// One route's rule about the pages of other sites, with the settings that it reads.
final class CORSRule: Sendable {
  private let rule: CrossOrigin
  private let settings: Settings
  /// Those of the path's methods that the rule is for.
  private let methods: MethodSet

  init(_ rule: CrossOrigin, _ settings: Settings, _ methods: MethodSet) {
    self.rule = rule
    self.settings = settings
    self.methods = methods
  }

  /// The rules of all routes in their order.
  static func all(of routes: [RouteTrie<Endpoint>.Route]) -> [CORSRule?] {
    let alike = Dictionary(grouping: routes) { RouteKind($0) }.mapValues { routes in
      MethodSet(routes.map { MethodSet($0.method) })
    }
    return routes.map { entry in
      guard case .route(let unit, let route) = entry.value, let rule = route.crossOrigin else {
        return nil
      }
      return CORSRule(rule, unit.services.settings, alike[RouteKind(entry)] ?? [])
    }
  }

  /// The features that the routes of one rule have in common.
  private struct RouteKind: Hashable {
    let pattern: String
    let plugin: String?
    let rule: CrossOrigin?

    init(_ entry: RouteTrie<Endpoint>.Route) {
      pattern = entry.pattern
      guard case .route(let unit, let route) = entry.value else {
        (plugin, rule) = (nil, nil)
        return
      }
      (plugin, rule) = (unit.name, route.crossOrigin)
    }
  }

  /// Says who may read an answer to `head`, beside those who may read all answers by `usual` and
  /// use all methods of the path, which are `all`.
  func append(
    to headers: inout Headers, for head: RequestHead, _ all: MethodSet,
    beside usual: @autoclosure () -> CORSPolicy
  ) throws(HTTPError) {
    // The answer differs by origin even to those who have none: caches are told.
    guard head.headers.contains(.origin) else { return try headers.append(.vary, "Origin") }
    let usual = usual()
    let origin = Origin(head.headers)
    let isUsual = origin.map { usual.allows($0) } ?? false
    let policy = policy(for: origin, isUsual, beside: usual)
    if case .any = policy.origins { try headers.append(.vary, "Origin") }
    try policy.append(to: &headers, for: head, isUsual ? all : methods)
  }

  func trust(_ origin: Origin) -> RequestSite {
    let listed = settings.list(rule.setting)
    if listed.contains(where: { Origin($0) == origin }) { return .trusted }
    return listed.contains("*") ? .anywhere : .foreign
  }

  private func policy(
    for origin: Origin?, _ isUsual: Bool, beside usual: CORSPolicy
  ) -> CORSPolicy {
    var policy = usual
    policy.requestHeaders += rule.headers
    let listed = settings.list(rule.setting)
    if let origin, isUsual || listed.contains(where: { Origin($0) == origin }) {
      policy.origins = .listed([origin])
    } else if listed.contains("*") {
      policy.origins = .any
      policy.allowsCredentials = false
    } else {
      policy.origins = .listed([])
    }
    return policy
  }
}

extension CORSPolicy {
  /// Pages of the listed origins may call us, with cookies; others may not.
  init(_ rules: OriginRules) {
    let listed = rules.allowed.compactMap { Origin($0) }
    self.init(listed.isEmpty ? .none : .listed(Set(listed)))
    allowsCredentials = true
    requestHeaders.append("token")
  }
}

/// How far a request's web page is trusted.
enum RequestSite {
  /// No page of another site, or one that the configuration lists.
  case trusted
  /// A page of any site, on a path that is open to all: it acts, but its cookies do not count.
  case anywhere
  case foreign
}
