internal import Bytes

/// All routes of a server, found by method and path; built once at the start, then only read.
///
/// A pattern is made of literal segments, `:name` for any one segment and, at its end, `*name` for
/// whatever is left, which may be nothing. At each step a literal wins over a parameter and a
/// parameter over the rest; if the winner leads nowhere, the next one is tried. A path that a
/// literal takes lacks the methods of the parameter beside it, as OpenAPI has it: GET for
/// `/rooms/mine` is a 405 if there is but POST for it and GET for `/rooms/:id`. A slash at the end
/// makes no difference.
public struct RouteTrie<Value> {
  public struct Route {
    public let method: Method
    /// As it was registered, for documentation.
    public let pattern: String
    public let parameterNames: [String]
    public let value: Value
  }

  /// All routes in the order of their registration.
  public private(set) var routes: [Route] = []
  private var tree = RouteTree()

  public init() {}

  /// Adds a route, or says why it cannot be told apart from another one.
  public mutating func add(
    _ method: Method, _ pattern: String, _ value: Value
  ) throws(RouteError) {
    let parsed = try RoutePattern(pattern)
    if let taken = tree.insert(parsed, method, route: routes.count) {
      throw RouteError(
        .conflict, pattern: "\(method.name) \(pattern)",
        other: "\(method.name) \(routes[taken].pattern)")
    }
    routes.append(
      Route(method: method, pattern: pattern, parameterNames: parsed.names, value: value))
  }

  /// Finds the route for a path as `RequestHead.pathBytes` gives it. Takes no memory.
  public func match(_ method: Method, _ path: Span<UInt8>) -> RouteOutcome {
    tree.match(method, path)
  }

  /// The values of all parameters of a match, by name.
  public func parameters(
    of match: RouteMatch, in path: Span<UInt8>
  ) -> [(name: String, value: String)] {
    let names = routes[match.route].parameterNames
    return names.indices.map { (names[$0], String(path.extracting(match[$0]))) }
  }
}

extension RouteTrie: Sendable where Value: Sendable {}
extension RouteTrie.Route: Sendable where Value: Sendable {}

/// The result of looking up a method and a path.
public enum RouteOutcome: Sendable {
  case found(RouteMatch)
  /// OPTIONS for a path that has no route of its own for it: answer with these methods.
  case options(MethodSet)
  /// 405 with these methods in `Allow`.
  case methodNotAllowed(MethodSet)
  case notFound
}

/// Which route was found, and where the values of its parameters lie in the path.
public struct RouteMatch: Sendable {
  /// So many parameters fit without taking memory; a pattern with more is refused.
  static let capacity = 8

  /// The index in `RouteTrie.routes`.
  public internal(set) var route = 0
  public private(set) var count = 0
  private var starts: [8 of UInt32] = .init(repeating: 0)
  private var ends: [8 of UInt32] = .init(repeating: 0)

  init() {}

  /// The part of the path that the parameter at `index` of the pattern stands for.
  public subscript(index: Int) -> Range<Int> { Int(starts[index])..<Int(ends[index]) }

  mutating func push(_ part: Range<Int>) {
    starts[count] = UInt32(part.lowerBound)
    ends[count] = UInt32(part.upperBound)
    count += 1
  }

  mutating func pop() { count -= 1 }
}
