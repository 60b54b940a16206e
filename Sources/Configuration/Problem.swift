/// A problem with one value, before its source is known.
public struct ValueProblem: Error, Equatable {
  let message: String
  /// Where in a file it stands, which may be inside of the value; nil for values from elsewhere.
  var line: Int?

  init(_ message: String, line: Int? = nil) {
    self.message = message
    self.line = line
  }
}

/// Where a value comes from.
public enum Origin: Sendable, Hashable, CustomStringConvertible {
  case builtIn
  case file(String, line: Int)
  case environment(String)
  /// A flag of the command line, e.g. `--listen`.
  case flag(String)

  public var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let name, let line): "\(name):\(line)"
    case .environment(let name): "$\(name)"
    case .flag(let name): name
    }
  }
}

/// One thing that is wrong with a configuration.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
  public let origin: Origin
  public let message: String

  public init(origin: Origin, message: String) {
    self.origin = origin
    self.message = message
  }

  public var description: String { "\(origin): \(message)" }
}

/// A configuration that cannot be used, with everything that is wrong with it.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let problems: [Problem]

  public init(_ problems: [Problem]) { self.problems = problems }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
