internal import Primitives

/// One key a plugin can be configured with; `print-config` shows the help beside the default.
public struct Setting: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([String])
    /// A password or a key: `print-config` hides it, and `file:/path` names a file that holds it.
    case secret(String)
  }

  public let key: String
  /// The default, which also fixes the type.
  public let kind: Kind
  public let help: String
  /// False for what is read at the start only: a reload then asks for a restart.
  public let isReloadable: Bool

  public init(_ key: String, _ kind: Kind, _ help: String, isReloadable: Bool = true) {
    self.key = key
    self.kind = kind
    self.help = help
    self.isReloadable = isReloadable
  }
}

/// A value of the right type that a plugin cannot work with.
public struct SettingProblem: Sendable, Equatable {
  public let key: String
  /// Follows the key in a sentence: `wants a time such as 23:30, not "25:00"`.
  public let message: String

  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// A plugin's own part of the configuration, read at the moment of use: a reload is seen at once.
public struct Settings: Sendable {
  private let current: @Sendable (String) -> Setting.Kind?
  private let parsed = Locked<[String: (texts: [String], ranges: [AddressRange])]>([:])

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

  public func secret(_ key: String) -> String {
    guard case .secret(let value) = value(key) else { wrongType(key) }
    return value
  }

  public func list(_ key: String) -> [String] {
    guard case .list(let value) = value(key) else { wrongType(key) }
    return value
  }

  /// A list of networks such as `10.0.0.0/8`; what is none is left out. Read anew only after the
  /// list has changed.
  public func networks(_ key: String) -> [AddressRange] {
    let texts = list(key)
    return parsed.withLock { parsed in
      if let known = parsed[key], known.texts == texts { return known.ranges }
      let ranges = texts.compactMap { AddressRange($0) }
      parsed[key] = (texts, ranges)
      return ranges
    }
  }

  /// The entries of a list that `networks` would leave out, as problems.
  public func networkProblems(_ key: String) -> [SettingProblem] {
    list(key).filter { AddressRange($0) == nil }.map { entry in
      SettingProblem(key, "wants addresses and networks such as 10.0.0.0/8, not \"\(entry)\"")
    }
  }

  /// A problem if a number lies outside of `range`.
  public func rangeProblems(_ key: String, _ range: ClosedRange<Int>) -> [SettingProblem] {
    let value = number(key)
    guard !range.contains(value) else { return [] }
    return [
      SettingProblem(key, "is \(range.lowerBound) to \(range.upperBound), not \(value)")
    ]
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
