/// A flag of a command: a switch, or with a value behind it.
public struct Flag: Sendable, Hashable {
  /// Without the two dashes.
  public let name: String
  /// The name of its value in the help; nil for a switch.
  public let value: String?
  public let isRepeated: Bool
  public let help: String

  public static func on(_ name: String, _ help: String) -> Flag {
    Flag(name: name, value: nil, isRepeated: false, help: help)
  }

  public static func value(
    _ name: String, _ value: String, repeated: Bool = false, _ help: String
  ) -> Flag {
    Flag(name: name, value: value, isRepeated: repeated, help: help)
  }

  var spelling: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }
}

/// A word on a command line without dashes.
public struct Operand: Sendable, Hashable {
  public let name: String
  public let isOptional: Bool
  public let help: String

  public init(_ name: String, optional: Bool = false, _ help: String) {
    self.name = name
    isOptional = optional
    self.help = help
  }

  var spelling: String { isOptional ? "[\(name)]" : name }
}

/// A command with its flags and operands, or a group of commands.
public struct Command: Sendable {
  public let name: String
  /// One line for the list of commands.
  public let summary: String
  /// Further sentences of the help.
  public var details: String?
  public var operands: [Operand]
  public var flags: [Flag]
  public var commands: [Command]
  /// Everything behind the name belongs to another program.
  public var takesAnything: Bool

  public init(
    _ name: String, _ summary: String, details: String? = nil, operands: [Operand] = [],
    flags: [Flag] = [], commands: [Command] = [], takesAnything: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.details = details
    self.operands = operands
    self.flags = flags
    self.commands = commands
    self.takesAnything = takesAnything
  }

  func command(_ name: String) -> Command? { commands.first { $0.name == name } }
  func flag(_ name: String) -> Flag? { flags.first { $0.name == name } }
}

/// How a program ends, as scripts see it.
public struct ExitCode: Sendable, Hashable {
  public let rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let success = ExitCode(rawValue: 0)
  public static let failure = ExitCode(rawValue: 1)
  /// The command line makes no sense.
  public static let usage = ExitCode(rawValue: 2)
  /// A service that is needed does not answer: trying again may help.
  public static let unavailable = ExitCode(rawValue: 69)
  public static let configuration = ExitCode(rawValue: 78)
}
