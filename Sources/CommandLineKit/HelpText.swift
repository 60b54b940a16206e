extension Command {
  /// The text that `--help` prints. `path` begins with the program's name.
  public func help(path: [String]) -> String {
    var blocks = ["\(summary)", usage(path)]
    if let details { blocks.append(wrapped(details, indent: 0)) }
    if !commands.isEmpty {
      blocks.append("Commands:\n" + table(commands.map { ($0.name, $0.summary) }))
    }
    if !operands.isEmpty {
      blocks.append(table(operands.map { ($0.name, $0.help) }))
    }
    let flags = flags + [.on("help", "Print this.")]
    if !takesAnything { blocks.append("Flags:\n" + table(flags.map { ($0.spelling, $0.note) })) }
    if !commands.isEmpty {
      blocks.append("\(path.joined(separator: " ")) COMMAND --help tells more of each.")
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private func usage(_ path: [String]) -> String {
    var words = path
    if !commands.isEmpty { words.append("COMMAND") }
    words += operands.map(\.spelling)
    if !flags.isEmpty || !commands.isEmpty { words.append("[FLAGS]") }
    if takesAnything { words.append("…") }
    return "Usage: " + words.joined(separator: " ")
  }

  /// Two columns; a long entry on the left gets a line of its own.
  private func table(_ rows: [(String, String)]) -> String {
    let left = 26
    return rows.map { name, text in
      let note = wrapped(text, indent: left + 4)
      guard name.count <= left else {
        return "  \(name)\n\(String(repeating: " ", count: left + 4))\(note)"
      }
      return "  \(name)\(String(repeating: " ", count: left + 2 - name.count))\(note)"
    }.joined(separator: "\n")
  }

  private func wrapped(_ text: String, indent: Int) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, indent + line.count + 1 + word.count > 96 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}

extension Flag {
  fileprivate var note: String { isRepeated ? "\(help) Can be given more than once." : help }
}
