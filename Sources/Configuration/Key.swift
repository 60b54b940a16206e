/// One key of the configuration: its place, its type, its default and what it is for.
public struct Key<Value: Configurable>: Sendable {
  /// `limits.connections_per_address`
  public let path: String
  public let builtIn: Value
  public let help: String
  /// Does a reload take a new value, or only a restart?
  public let isReloadable: Bool
  /// The problem with a value of the right type; nil if there is none.
  let check: @Sendable (Value) -> String?

  public init(
    _ path: String, _ builtIn: Value, _ help: String, isReloadable: Bool = false,
    check: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.path = path
    self.builtIn = builtIn
    self.help = help
    self.isReloadable = isReloadable
    self.check = check
  }
}

/// A key of any type, as the table holds it.
public struct AnyKey: Sendable {
  public let path: String
  public let help: String
  public let isReloadable: Bool
  /// The default as it stands in a file.
  public let builtInYAML: String
  let builtIn: any Configurable
  let read: @Sendable (YAMLNode) throws(ValueProblem) -> any Configurable
  let readText: @Sendable (String) throws(ValueProblem) -> any Configurable

  public init<Value>(_ key: Key<Value>) {
    path = key.path
    help = key.help
    isReloadable = key.isReloadable
    builtIn = key.builtIn
    builtInYAML = key.builtIn.yaml
    let check = key.check
    read = { node throws(ValueProblem) in
      let value = try Value.read(node)
      if let wrong = check(value) { throw ValueProblem(wrong, line: node.line) }
      return value
    }
    readText = { text throws(ValueProblem) in
      guard let value = Value(configured: text) else {
        throw ValueProblem("wants \(Value.kindName)")
      }
      if let wrong = check(value) { throw ValueProblem(wrong) }
      return value
    }
  }

  /// `MUSTER_LIMITS_CONNECTIONS_PER_ADDRESS`: dots become underscores.
  public var variable: String {
    "MUSTER_" + String(path.map { $0 == "." ? "_" : $0 }).uppercased()
  }
}

/// All keys that a configuration may have.
public struct KeyTable: Sendable {
  public private(set) var keys: [AnyKey] = []
  private var positions: [String: Int] = [:]

  public init(_ keys: [AnyKey]) { for key in keys { add(key) } }

  /// - Precondition: no two keys have one path, and none is a section of another.
  public mutating func add(_ key: AnyKey) {
    precondition(positions[key.path] == nil, "the key \(key.path) is declared twice")
    precondition(
      !keys.contains { key.path.hasPrefix($0.path + ".") || $0.path.hasPrefix(key.path + ".") },
      "the key \(key.path) is a section of another one")
    positions[key.path] = keys.count
    keys.append(key)
  }

  public subscript(path: String) -> AnyKey? { positions[path].map { keys[$0] } }

  /// Is there a key below this path?
  func isSection(_ path: String) -> Bool { keys.contains { $0.path.hasPrefix(path + ".") } }

  func question(_ path: String) -> String { Nearest.question(path, in: keys.map(\.path)) }
}
