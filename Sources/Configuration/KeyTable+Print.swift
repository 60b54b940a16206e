extension KeyTable {
  /// The whole configuration as a file, each key with its help above it.
  ///
  /// - Parameter configuration: whose values to print; nil prints the defaults.
  public func printed(_ configuration: ServerConfiguration? = nil) -> String {
    var lines: [String] = []
    print(keys, depth: 0, configuration, into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private func print(
    _ keys: [AnyKey], depth: Int, _ configuration: ServerConfiguration?, into lines: inout [String]
  ) {
    let indent = String(repeating: "  ", count: depth)
    for (name, group) in grouped(keys, depth: depth) {
      if let last = lines.last, !last.hasSuffix(":") { lines.append("") }
      guard let key = group.first, key.parts.count == depth + 1 else {
        lines.append("\(indent)\(name):")
        print(group, depth: depth + 1, configuration, into: &lines)
        continue
      }
      lines += wrapped(key.help, width: 96 - indent.count).map { "\(indent)# \($0)" }
      lines.append("\(indent)\(name): \(configuration?.yaml(key) ?? key.builtInYAML)")
    }
  }

  /// Keys by their next part, in the order in which those appear first.
  private func grouped(_ keys: [AnyKey], depth: Int) -> [(String, [AnyKey])] {
    var order: [String] = []
    var groups: [String: [AnyKey]] = [:]
    for key in keys {
      let name = key.parts[depth]
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(key)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  private func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

extension AnyKey {
  fileprivate var parts: [String] { path.split(separator: ".").map(String.init) }
}
