/// One key a plugin can be configured with; `print-config` shows the help beside the default.
public struct Setting: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([String])
  }

  public let key: String
  /// The default, which also fixes the type.
  public let kind: Kind
  public let help: String

  public init(_ key: String, _ kind: Kind, _ help: String) {
    self.key = key
    self.kind = kind
    self.help = help
  }
}

/// A plugin's own part of the configuration, read at the moment of use: a reload is seen at once.
public struct Settings: Sendable {
  private let current: @Sendable (String) -> Setting.Kind?

  /// `current` gives the value of a declared key, its default where nothing is configured.
  public init(_ current: @escaping @Sendable (String) -> Setting.Kind?) { self.current = current }

  /// The defaults of `declared` with some of them replaced, for tests.
  public init(_ declared: [Setting], replacing: [String: Setting.Kind] = [:]) {
    let values = Dictionary(declared.map { ($0.key, $0.kind) }, uniquingKeysWith: { $1 })
      .merging(replacing) { $1 }
    self.init { values[$0] }
  }

  public func flag(_ key: String) -> Bool {
    guard case .flag(let value) = value(key) else { wrongType(key) }
    return value
  }

  public func number(_ key: String) -> Int {
    guard case .number(let value) = value(key) else { wrongType(key) }
    return value
  }

  public func text(_ key: String) -> String {
    guard case .text(let value) = value(key) else { wrongType(key) }
    return value
  }

  public func list(_ key: String) -> [String] {
    guard case .list(let value) = value(key) else { wrongType(key) }
    return value
  }

  private func value(_ key: String) -> Setting.Kind {
    guard let value = current(key) else {
      preconditionFailure("setting \(key) was read but never declared")
    }
    return value
  }

  private func wrongType(_ key: String) -> Never {
    preconditionFailure("setting \(key) was read as another type than it was declared with")
  }
}
