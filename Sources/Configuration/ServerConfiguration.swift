/// A value for every key, and where it came from. Made by `load`, never changed.
public struct ServerConfiguration: Sendable {
  public let table: KeyTable
  var values: [String: any Configurable] = [:]
  var origins: [String: Origin] = [:]
  /// Suspicious settings that do not stop the server.
  public internal(set) var warnings: [Problem] = []

  init(table: KeyTable) { self.table = table }

  public subscript<Value>(key: Key<Value>) -> Value { value(at: key.path, as: Value.self) }

  /// The value of a key that only its path is known of, as a plugin's are.
  ///
  /// - Precondition: the table has such a key, of this type.
  public func value<Value: Configurable>(at path: String, as type: Value.Type) -> Value {
    guard let key = table[path] else { preconditionFailure("the key \(path) is not declared") }
    guard let value = (values[path] ?? key.builtIn) as? Value else {
      preconditionFailure("the key \(path) is of another type")
    }
    return value
  }

  /// Where a value came from.
  public func origin(of path: String) -> Origin { origins[path] ?? .builtIn }

  /// A key's value as it could stand in a file; secrets are hidden.
  public func yaml(_ key: AnyKey) -> String { (values[key.path] ?? key.builtIn).yaml }

  /// The keys whose values differ between two configurations of one table.
  public func changes(since before: ServerConfiguration) -> [AnyKey] {
    table.keys.filter { key in
      let old = before.values[key.path] ?? key.builtIn
      return !(values[key.path] ?? key.builtIn).isSame(as: old)
    }
  }
}

extension Configurable {
  fileprivate func isSame(as other: any Configurable) -> Bool { other as? Self == self }
}
