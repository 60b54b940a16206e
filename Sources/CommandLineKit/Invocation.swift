/// A command line, understood.
public struct Invocation: Sendable, Equatable {
  /// `["account", "add"]`
  public let path: [String]
  public internal(set) var operands: [String] = []
  /// The words after a command that takes anything.
  public internal(set) var rest: [String] = []
  var switches: Set<String> = []
  var values: [String: [String]] = [:]

  init(path: [String]) { self.path = path }

  public func has(_ flag: String) -> Bool { switches.contains(flag) }

  /// The value of a flag; of several the last.
  public func value(_ flag: String) -> String? { values[flag]?.last }

  public func values(_ flag: String) -> [String] { values[flag] ?? [] }

  public func operand(_ index: Int) -> String? {
    operands.indices.contains(index) ? operands[index] : nil
  }
}

/// The outcome of parsing a command line.
public enum Parsed: Sendable, Equatable {
  case run(Invocation)
  /// Print this and end well.
  case help(String)
}

/// A command line that makes no sense, in one sentence.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String
  /// The command that it was about, for `--help`.
  public let path: [String]

  public init(_ message: String, path: [String] = []) {
    self.message = message
    self.path = path
  }

  public var description: String { message }
}
