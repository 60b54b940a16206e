/// The holder of a key for the server interface, and the rights of that key.
public struct KeyHolder: Sendable {
  /// Names the key for good; two keys may share a name.
  public let id: Int64
  public let name: String
  /// Is an action (`publish`, `presence`, …) allowed, on this topic?
  public let allows: @Sendable (_ action: String, _ topic: String?) -> Bool

  public init(
    id: Int64, name: String, allows: @escaping @Sendable (String, String?) -> Bool
  ) {
    self.id = id
    self.name = name
    self.allows = allows
  }

  /// The actor of an audit event.
  package var auditName: String { "key \(name)" }
}

/// The holder of a key, nil if it is not good.
public typealias KeyCheck = @Sendable (_ key: String) async throws -> KeyHolder?
