internal import CommandLineKit
internal import Configuration

extension Flag {
  /// Flags of every command that reads the configuration.
  static let configuration: [Flag] = [
    .value("config", "FILE", "The configuration file; $MUSTER_CONFIG if not given."),
    .value("data", "DIR", "The folder of the server's data."),
    .value("database", "URL", "sqlite:PATH or postgres://…"),
    .value("set", "KEY=VALUE", repeated: true, "Any key of the configuration."),
  ]

  /// Settings of a server beyond those of every command.
  static let serving: [Flag] = [
    .value("listen", "HOST:PORT", repeated: true, "Where to serve; port 0 takes a free one."),
    .value("workers", "N", "Event loops; 0 takes one per core."),
    .on("demo", "Fill an empty database with the example data."),
    .value("log-level", "LEVEL", "debug, info, warning or error."),
    .value("log-format", "FORMAT", "text or json."),
    .on("echo", "Serve /echo, for measuring."),
  ]

  /// How a command finds a running server.
  static let client: [Flag] = [
    .value("server", "URL", "The server; https://localhost:8443 if not given."),
    .value("key", "KEY", "A key or token; $MUSTER_KEY if not given."),
    .on("insecure", "Do not check the server's certificate."),
  ]

  /// Flags that set one key.
  fileprivate static let keys = [
    "data": "data", "database": "database", "workers": "workers",
    "log-level": "log.level", "log-format": "log.format",
  ]
}

extension Program {
  /// The configuration that a command line asks for. Warnings are printed.
  func configuration(_ call: Invocation) throws -> ServerConfiguration {
    let configuration = try load(call)
    for warning in configuration.warnings { console.printError("muster: \(warning)") }
    return configuration
  }

  /// How a server with this command line writes its log, even where its configuration is refused.
  func logFormat(_ call: Invocation) -> LogFormat {
    if let configuration = try? load(call) { return configuration[Keys.logFormat] }
    let isJSON =
      call.value("log-format") == "json" || call.values("set").contains("log.format=json")
      || environment["MUSTER_LOG_FORMAT"] == "json"
    return isJSON ? .json : .text
  }

  private func load(_ call: Invocation) throws -> ServerConfiguration {
    var sources = Sources()
    sources.environment = environment
    sources.flags = try flags(call)
    if let path = configurationPath(call) { sources.file = (path, try readConfiguration(path)) }
    return try ServerConfiguration.load(keyTable, from: sources)
  }

  func configurationPath(_ call: Invocation) -> String? {
    call.value("config") ?? environment["MUSTER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func readConfiguration(_ path: String) throws -> [UInt8] {
    do {
      return try TextFile.read(path)
    } catch {
      throw Failure("\(error)", .configuration)
    }
  }

  private func flags(_ call: Invocation) throws(UsageError) -> [Sources.Flag] {
    var flags: [Sources.Flag] = []
    for word in call.values("set") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw UsageError("--set wants KEY=VALUE, not \(word)", path: call.path)
      }
      flags.append(Sources.Flag("--set", path: String(parts[0]), value: String(parts[1])))
    }
    for (name, path) in Flag.keys.sorted(by: { $0.key < $1.key }) {
      guard let value = call.value(name) else { continue }
      flags.append(Sources.Flag("--\(name)", path: path, value: value))
    }
    for name in ["demo", "echo"] where call.has(name) {
      flags.append(Sources.Flag("--\(name)", path: name, value: "true"))
    }
    let addresses = call.values("listen")
    if !addresses.isEmpty {
      let value = addresses.joined(separator: ",")
      flags.append(Sources.Flag("--listen", path: "listen", value: value))
    }
    return flags
  }
}
