internal import Configuration

extension Command {
  /// Understands the arguments behind the program's name.
  ///
  /// Flags may stand before, between and behind operands; `--name=value` and `--name value` are the
  /// same; `--` ends the flags.
  public func parse(_ arguments: [String]) throws(UsageError) -> Parsed {
    if arguments.first == "help" { return .help(try help(for: Array(arguments.dropFirst()))) }
    var parser = Parser(arguments, program: self)
    return try parser.parse(self, path: [])
  }

  private func help(for path: [String]) throws(UsageError) -> String {
    var command = self
    for name in path { command = try command.chosen(name, path: []) }
    return command.help(path: [self.name] + path)
  }

  func chosen(_ name: String, path: [String]) throws(UsageError) -> Command {
    if let command = command(name) { return command }
    let question = Nearest.question(name, in: commands.map(\.name))
    throw UsageError("unknown command \(name)\(question)", path: path)
  }
}

private struct Parser {
  private let arguments: [String]
  private let program: Command
  private var position = 0

  init(_ arguments: [String], program: Command) {
    self.arguments = arguments
    self.program = program
  }

  mutating func parse(_ command: Command, path: [String]) throws(UsageError) -> Parsed {
    guard !command.takesAnything else {
      var invocation = Invocation(path: path)
      invocation.rest = Array(arguments[position...])
      return .run(invocation)
    }
    guard command.commands.isEmpty else { return try choose(from: command, path: path) }
    return try read(command, path: path)
  }

  private mutating func choose(from group: Command, path: [String]) throws(UsageError) -> Parsed {
    guard let word = take() else {
      guard path.isEmpty else {
        let names = group.commands.map(\.name).joined(separator: ", ")
        throw UsageError("\(path.joined(separator: " ")) needs one of \(names)", path: path)
      }
      return .help(group.help(path: [program.name]))
    }
    if isHelp(word) { return .help(group.help(path: [program.name] + path)) }
    // The one flag that everybody tries on a program they do not know.
    if path.isEmpty, word == "--version", let command = group.command("version") {
      return try parse(command, path: ["version"])
    }
    guard !word.hasPrefix("-") else {
      throw UsageError("\(word) must stand behind a command", path: path)
    }
    let command = try group.chosen(word, path: path)
    return try parse(command, path: path + [word])
  }

  private mutating func read(_ command: Command, path: [String]) throws(UsageError) -> Parsed {
    var invocation = Invocation(path: path)
    var takesFlags = true
    while let word = take() {
      if !takesFlags || word == "-" || !word.hasPrefix("-") {
        invocation.operands.append(word)
      } else if word == "--" {
        takesFlags = false
      } else if isHelp(word) {
        return .help(command.help(path: [program.name] + path))
      } else {
        try readFlag(word, of: command, into: &invocation)
      }
    }
    try check(invocation.operands, of: command, path: path)
    return .run(invocation)
  }

  private mutating func readFlag(
    _ word: String, of command: Command, into invocation: inout Invocation
  ) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].drop { $0 == "-" })
    guard let flag = command.flag(name) else {
      let question = Nearest.question(name, in: command.flags.map(\.name) + ["help"])
      let spelled = question.replacing("mean ", with: "mean --")
      throw UsageError("unknown flag \(parts[0])\(spelled)", path: invocation.path)
    }
    guard flag.value != nil else {
      guard parts.count == 1 else {
        throw UsageError("--\(name) takes no value", path: invocation.path)
      }
      invocation.switches.insert(name)
      return
    }
    guard let value = parts.count == 2 ? String(parts[1]) : take() else {
      throw UsageError("\(flag.spelling): the value is missing", path: invocation.path)
    }
    guard flag.isRepeated || invocation.values[name] == nil else {
      throw UsageError("--\(name) is there twice", path: invocation.path)
    }
    invocation.values[name, default: []].append(value)
  }

  private func check(_ operands: [String], of command: Command, path: [String]) throws(UsageError) {
    if operands.count < command.operands.count {
      let missing = command.operands[operands.count]
      guard missing.isOptional else { throw UsageError("\(missing.name) is missing", path: path) }
    }
    if operands.count > command.operands.count {
      throw UsageError("\(operands[command.operands.count]) is one word too many", path: path)
    }
  }

  private func isHelp(_ word: String) -> Bool { word == "--help" || word == "-h" }

  private mutating func take() -> String? {
    guard position < arguments.count else { return nil }
    position += 1
    return arguments[position - 1]
  }
}

extension String {
  /// Replaces the first occurrence.
  fileprivate func replacing(_ text: String, with other: String) -> String {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return self[..<start] + other + self[index(start, offsetBy: text.count)...]
      }
      start = index(after: start)
    }
    return self
  }
}
