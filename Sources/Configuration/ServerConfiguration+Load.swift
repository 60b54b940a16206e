/// The sources of a configuration. A flag wins over a variable, a variable over the file, the file
/// over the defaults.
public struct Sources: Sendable {
  /// The name for messages, and the bytes.
  public var file: (name: String, bytes: [UInt8])?
  public var environment: [String: String] = [:]
  /// Flags with the key that they set; of two for one key the later wins.
  public var flags: [Flag] = []

  public struct Flag: Sendable, Hashable {
    /// As it was written: `--listen`.
    public let name: String
    public let path: String
    public let value: String

    public init(_ name: String, path: String, value: String) {
      self.name = name
      self.path = path
      self.value = value
    }
  }

  public init() {}

  /// Variables that are no keys: they say where the configuration is, or belong to scripts.
  static let otherVariables = ["MUSTER_CONFIG", "MUSTER_KEY"]
}

extension ServerConfiguration {
  /// Reads all sources. Throws everything that is wrong with any of them at once: a configuration
  /// is taken whole or not at all.
  public static func load(_ table: KeyTable, from sources: Sources) throws(ConfigurationError)
    -> ServerConfiguration
  {
    var loading = Loading(table: table)
    if let file = sources.file { loading.take(file.bytes, name: file.name) }
    loading.take(environment: sources.environment)
    for flag in sources.flags { loading.take(flag) }
    return try loading.finish()
  }
}

/// A configuration in the making: later sources overwrite earlier ones.
private struct Loading {
  let table: KeyTable
  var result: ServerConfiguration
  var problems: [Problem] = []

  init(table: KeyTable) {
    self.table = table
    result = ServerConfiguration(table: table)
  }

  mutating func take(_ bytes: [UInt8], name: String) {
    do throws(ValueProblem) {
      guard let root = try YAMLReader.read(bytes), !root.isEmpty else { return }
      guard case .map(let members) = root.content else {
        throw ValueProblem("a configuration is a section of keys, not \(root.kind)", root)
      }
      take(members, below: "", name)
    } catch {
      problems.append(Problem(origin: .file(name, line: error.line ?? 1), message: error.message))
    }
  }

  private mutating func take(_ members: [YAMLNode.Member], below prefix: String, _ name: String) {
    for member in members {
      let path = prefix + member.key
      let origin = Origin.file(name, line: member.line)
      if let key = table[path] {
        take(member.value, key, origin, name)
      } else if table.isSection(path) {
        takeSection(member.value, path, origin, name)
      } else {
        let message = "\(path) is not known\(question(path, below: prefix))"
        problems.append(Problem(origin: origin, message: message))
      }
    }
  }

  private mutating func take(_ node: YAMLNode, _ key: AnyKey, _ origin: Origin, _ name: String) {
    guard !node.isEmpty else { return }
    do {
      set(key, try key.read(node), origin)
    } catch {
      let origin = Origin.file(name, line: error.line ?? node.line)
      problems.append(Problem(origin: origin, message: "\(key.path) \(error.message)"))
    }
  }

  private mutating func takeSection(
    _ node: YAMLNode, _ path: String, _ origin: Origin, _ name: String
  ) {
    if node.isEmpty { return }
    guard case .map(let members) = node.content else {
      problems.append(Problem(origin: origin, message: "\(path) is a section, not \(node.kind)"))
      return
    }
    take(members, below: path + ".", name)
  }

  /// The nearest key, or the nearest section: a whole section can be misspelt.
  private func question(_ path: String, below prefix: String) -> String {
    let question = table.question(path)
    guard question.isEmpty else { return question }
    let sections = table.keys.compactMap { key -> String? in
      guard key.path.hasPrefix(prefix) else { return nil }
      let parts = key.path.dropFirst(prefix.count).split(separator: ".")
      return parts.count > 1 ? prefix + parts[0] : nil
    }
    return Nearest.question(path, in: Set(sections).sorted())
  }

  mutating func take(environment: [String: String]) {
    for key in table.keys {
      guard let text = environment[key.variable] else { continue }
      take(text, key, .environment(key.variable))
    }
    warnOfStrangers(environment)
  }

  /// Not an error: container platforms set such variables by themselves for a service of this name.
  private mutating func warnOfStrangers(_ environment: [String: String]) {
    let known = table.keys.map(\.variable) + Sources.otherVariables
    for name in environment.keys.sorted() where name.hasPrefix("MUSTER_") && !known.contains(name) {
      let message = "is no setting and is left alone\(Nearest.question(name, in: known))"
      result.warnings.append(Problem(origin: .environment(name), message: message))
    }
  }

  mutating func take(_ flag: Sources.Flag) {
    let origin = Origin.flag(flag.name)
    guard let key = table[flag.path] else {
      let message = "\(flag.path) is not known\(table.question(flag.path))"
      problems.append(Problem(origin: origin, message: message))
      return
    }
    take(flag.value, key, origin)
  }

  private mutating func take(_ text: String, _ key: AnyKey, _ origin: Origin) {
    do {
      set(key, try key.readText(text), origin)
    } catch {
      problems.append(Problem(origin: origin, message: "\(key.path) \(error.message)"))
    }
  }

  private mutating func set(_ key: AnyKey, _ value: any Configurable, _ origin: Origin) {
    result.values[key.path] = value
    result.origins[key.path] = origin
  }

  consuming func finish() throws(ConfigurationError) -> ServerConfiguration {
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return result
  }
}
