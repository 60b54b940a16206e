internal import Bytes

/// The tree under a `RouteTrie`. It deals in indices of routes, so that it is not generic and
/// other modules get it compiled.
struct RouteTree: Sendable {
  private struct Node: Sendable {
    var literals: [Literal] = []
    var parameter: Int?
    /// Of patterns that end here, and of those that end here with a rest.
    var routes = MethodTable()
    var rest = MethodTable()
  }

  private struct Literal: Sendable {
    let segment: [UInt8]
    let node: Int
  }

  private var nodes = [Node()]

  /// Puts a route into its place, or returns the one that is there already.
  mutating func insert(_ pattern: RoutePattern, _ method: Method, route: Int) -> Int? {
    var node = 0
    for segment in pattern.segments {
      switch segment {
      case .literal(let bytes): node = child(of: node, for: bytes)
      case .parameter: node = parameterChild(of: node)
      }
    }
    let table = pattern.hasRest ? \Node.rest : \Node.routes
    if let taken = nodes[node][keyPath: table][method] { return taken }
    nodes[node][keyPath: table][method] = route
    return nil
  }

  private mutating func child(of node: Int, for segment: [UInt8]) -> Int {
    if let known = nodes[node].literals.first(where: { $0.segment == segment }) {
      return known.node
    }
    nodes.append(Node())
    nodes[node].literals.append(Literal(segment: segment, node: nodes.count - 1))
    return nodes.count - 1
  }

  private mutating func parameterChild(of node: Int) -> Int {
    if let known = nodes[node].parameter { return known }
    nodes.append(Node())
    nodes[node].parameter = nodes.count - 1
    return nodes.count - 1
  }

  private struct Search {
    let method: Method
    var match = RouteMatch()
    var allowed: MethodSet = []
    /// Whether a pattern without a rest has matched, for another method.
    var isDecided = false
  }

  func match(_ method: Method, _ path: Span<UInt8>) -> RouteOutcome {
    if path.count == 1 && path[0] == UInt8(ascii: "*") { return .options(allMethods) }
    var search = Search(method: method)
    if visit(0, path, 1, &search) { return .found(search.match) }
    if search.allowed.isEmpty { return .notFound }
    return method == .options ? .options(search.allowed) : .methodNotAllowed(search.allowed)
  }

  private var allMethods: MethodSet {
    nodes.reduce([]) { $0.union($1.routes.allowed).union($1.rest.allowed) }
  }

  /// Tries what stands at `start` against the children of `node`. The most exact pattern without a
  /// rest decides which methods there are; `allowed` gathers them.
  private func visit(
    _ node: Int, _ path: Span<UInt8>, _ start: Int, _ search: inout Search
  ) -> Bool {
    guard start < path.count else {
      if take(nodes[node].routes, &search) { return true }
      search.isDecided = search.isDecided || !nodes[node].routes.allowed.isEmpty
      return takeRest(node, path, start, &search)
    }
    let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
    if let child = literal(node, path.extracting(start..<end)),
      visit(child, path, end + 1, &search)
    {
      return true
    }
    // A resource with a name of its own is not taken for one of many, whatever the method.
    if !search.isDecided, let child = nodes[node].parameter {
      search.match.push(start..<end)
      if visit(child, path, end + 1, &search) { return true }
      search.match.pop()
    }
    return takeRest(node, path, start, &search)
  }

  private func literal(_ node: Int, _ segment: Span<UInt8>) -> Int? {
    let literals = nodes[node].literals
    for index in literals.indices {
      let candidate = literals[index].segment
      if candidate.span.elementsEqual(segment) { return literals[index].node }
    }
    return nil
  }

  private func take(_ table: MethodTable, _ search: inout Search) -> Bool {
    search.allowed.formUnion(table.allowed)
    guard let route = table.route(for: search.method) else { return false }
    search.match.route = route
    return true
  }

  private func takeRest(
    _ node: Int, _ path: Span<UInt8>, _ start: Int, _ search: inout Search
  ) -> Bool {
    guard take(nodes[node].rest, &search) else { return false }
    search.match.push(min(start, path.count)..<path.count)
    return true
  }
}

/// Which route serves which method, without a dictionary.
struct MethodTable: Sendable {
  private var slots: [8 of Int32] = .init(repeating: -1)
  private var methods: MethodSet = []

  subscript(method: Method) -> Int? {
    get {
      let slot = slots[Int(method.rawValue)]
      return slot < 0 ? nil : Int(slot)
    }
    set {
      slots[Int(method.rawValue)] = newValue.map { Int32($0) } ?? -1
      methods.insert(MethodSet(method))
    }
  }

  /// HEAD is answered by the route for GET unless it has its own.
  func route(for method: Method) -> Int? {
    self[method] ?? (method == .head ? self[.get] : nil)
  }

  /// The methods in `Allow`: HEAD comes with GET, OPTIONS with everything.
  var allowed: MethodSet {
    guard !methods.isEmpty else { return [] }
    var all = methods.union(MethodSet(.options))
    if all.contains(.get) { all.insert(MethodSet(.head)) }
    return all
  }
}
